// The journal page as the server last said it, with what this person typed over it.

import { Outbox, outbox } from "../outbox.js";
import { NOTE } from "./paint.js";

// Shown columns of a page, in the answer's order: a lesson's works one beside the other, attendance in the first.
// The same rule as `columns_of` in pages/journal/grid.py; works asked for here stand behind their lesson's others.
export function columnsOf(page, asked = []) {
  const found = [];
  const column = (lesson, attendance, marks, type) => {
    const work = marks === null ? null : page.columns[marks];
    return {
      lesson, attendance, marks,
      lessonId: lesson === null ? null : page.lessons[lesson].id,
      day: lesson === null ? work.date : page.lessons[lesson].date,
      item: work?.line_item_id ?? null,
      type: work?.work_type ?? type,
    };
  };
  page.columns.forEach((one, index) => {
    const last = found.at(-1);
    if (one.kind === "attendance") found.push(column(one.lesson, index, null, "answer"));
    else if (one.lesson !== null && last?.lesson === one.lesson && last.marks === null) {
      found[found.length - 1] = column(one.lesson, last.attendance, index);
    } else found.push(column(one.lesson, null, index));
  });
  for (const { lessonId, type } of asked) {
    const place = found.findLastIndex((one) => one.lessonId === lessonId);
    if (place < 0 || found.some((one) => one.lessonId === lessonId && one.type === type && (one.marks !== null || one.asked))) continue;
    const last = found[place];
    // A work asked for in a lesson without any takes the lesson's empty column.
    if (last.marks === null && !last.asked) found[place] = { ...last, type, asked: true };
    else found.splice(place + 1, 0, { ...column(last.lesson, null, null, type), asked: true });
  }
  return found;
}

// The comment that a cell has after a change; a field left out stays as it was.
function commentAfter(held, change) { return ("comment" in change ? change.comment : held?.comment) ?? ""; }

export class Model {
  constructor(page, course, today) {
    this.course = course;
    this.today = today;
    this.asked = [];    // works chosen in the panel that have no mark yet: {lessonId, type}
    this.workIds = new Map();
    for (const record of outbox.of(course)) this._remember(record);
    this.others = new Set();
    this.take(page);
  }

  _remember({ work }) {
    if (!work) return;
    this.workIds.set(`${work.lesson_id}:${work.work_type}`, work.op_id);
    this.ask(work.lesson_id, work.work_type);
  }

  ask(lessonId, type) {
    if (!this.asked.some((one) => one.lessonId === lessonId && one.type === type)) this.asked.push({ lessonId, type });
  }

  // Works asked for by what waited from an earlier page; true when columns came of it.
  recall() {
    const before = this.asked.length;
    for (const record of outbox.of(this.course)) this._remember(record);
    if (this.asked.length === before) return false;
    this.arrange();
    return true;
  }

  // Another kind of work for a lesson: an empty column changes its kind, a filled one gets a neighbour.
  choose(place, type) {
    const { lessonId, type: present, marks } = this.columns[place];
    const used = marks !== null || this.page.students.some((_, row) => this.value(row, place, 0) !== null);
    if (used && marks === null) this.ask(lessonId, present);
    else if (!used) this.asked = this.asked.filter((one) => one.lessonId !== lessonId || one.type !== present);
    this.ask(lessonId, type);
    this.arrange();
  }

  arrange() { this.columns = columnsOf(this.page, this.asked); }

  // A newer page; the cells that somebody else changed, or null when rows or columns are others than before.
  take(page) {
    const before = this.page && this._named(this.made);
    const same = this.page && this._shape(page) === this._shape(this.page);
    this.page = page;
    this.columns = columnsOf(page, this.asked);
    this.rows = new Map(page.students.map((student, index) => [student.id, index]));
    this.cells = new Map();
    for (const [student, column, slot, symbol, version, flags] of page.cells) {
      this.cells.set(`${student}:${column}:${slot}`, { symbol, version, flags: flags & ~NOTE, comment: "" });
    }
    for (const [student, column, slot, comment] of page.comments) this.cells.get(`${student}:${column}:${slot}`).comment = comment;
    if (!before) return null;
    const after = this._named();
    const changed = [];
    for (const [name, { at, symbol, flags, comment }] of after) {
      const was = before.get(name);
      if ((was?.symbol ?? null) !== (symbol ?? null) || (was?.flags ?? 0) !== (flags ?? 0) || (was?.comment ?? "") !== comment) changed.push(at);
    }
    if (same) for (const [name, { at }] of before) if (at && !after.has(name)) changed.push(at);
    for (const at of changed) this.others.add(this.name(...at));
    return same ? changed : null;
  }

  // What the journal holds by names that outlive a new column: as the outbox calls cells of works that have none yet.
  _named(made = new Map()) {
    const named = new Map([...made].map(([name, { symbol, flags, comment }]) => [name, { symbol, flags, comment }]));
    const placeOf = new Map(this.columns.flatMap((one, place) => [[one.marks, place], [one.attendance, place]]));
    for (const [key, { symbol, flags, comment }] of this.cells) {
      const [row, column, slot] = key.split(":").map(Number);
      const place = placeOf.get(column);
      const { lessonId } = this.columns[place];
      const student = this.page.students[row].id;
      const name = this.columns[place].attendance === column ? `a:${student}:${lessonId}` : `${this.name(row, place)}:${slot}`;
      named.set(name, { symbol, flags, comment, at: [row, place] });
    }
    return named;
  }

  // A cell's name; of several works of one kind in a lesson the first is the one that the lesson names.
  name(row, place) {
    const { lessonId, type, item } = this.columns[place];
    const first = this.columns.findIndex((one) => one.lessonId === lessonId && one.type === type) === place;
    const student = this.page.students[row].id;
    return lessonId !== null && first ? `w:${student}:${lessonId}:${type}` : `m:${student}:${item}`;
  }

  _shape(page) {
    return JSON.stringify([page.students.map((one) => [one.id, one.to]), page.columns,
      page.lessons.map((one) => [one.id, one.date, one.editable]), page.period]);
  }

  lesson(place) {
    const { lesson } = this.columns[place];
    return lesson === null ? null : this.page.lessons[lesson];
  }

  // "" open, x closed, later not yet.
  kind(place) {
    const lesson = this.lesson(place);
    if (!lesson) return this.page.period?.closed_at ? "x" : "";
    if (lesson.editable) return "";
    return lesson.date > this.today ? "later" : "x";
  }

  // Where a value goes: its key in the outbox, the fields that name the cell, what the server has there.
  part(row, place, slot) {
    const column = this.columns[place];
    const student = this.page.students[row];
    if (slot === "attendance") {
      return {
        key: `a:${student.id}:${column.lessonId}`,
        target: { student_id: student.id, lesson_id: column.lessonId },
        held: column.attendance === null ? undefined : this.cells.get(`${row}:${column.attendance}:0`),
        at: [row, column.attendance, 0],
      };
    }
    const asked = `w:${student.id}:${column.lessonId}:${column.type}:${slot}`;
    if (column.marks !== null && !outbox.get(this.course, asked)) {
      return {
        key: `m:${student.id}:${column.item}:${slot}`,
        target: { student_id: student.id, line_item_id: column.item, slot },
        held: this.cells.get(`${row}:${column.marks}:${slot}`),
        at: [row, column.marks, slot],
      };
    }
    const name = `${column.lessonId}:${column.type}`;
    if (!this.workIds.has(name)) this.workIds.set(name, crypto.randomUUID());
    const work = { op_id: this.workIds.get(name), lesson_id: column.lessonId, work_type: column.type, ordinal: 0 };
    return {
      key: asked, work,
      target: { student_id: student.id, line_item_op: work.op_id, slot },
      held: column.marks === null ? this.made?.get(asked) : this.cells.get(`${row}:${column.marks}:${slot}`),
      at: column.marks === null ? null : [row, column.marks, slot],
    };
  }

  slots(place) { return this.columns[place].attendance === null ? [0, 1] : [0, 1, "attendance"]; }

  // What the cell shows: symbols, the comment to its first mark, what the outbox says about it, flags.
  cell(row, place) {
    const shown = { marks: [], attendance: "", comment: "", flags: 0, waiting: false, records: [] };
    for (const slot of this.slots(place)) {
      const { key, held } = this.part(row, place, slot);
      const record = outbox.get(this.course, key);
      const wanted = record ? Outbox.wanted(record) : {};
      const symbol = record ? wanted.symbol : held?.symbol;
      if (record) {
        shown.records.push(record);
        if (record.state === "waiting") shown.waiting = true;
      }
      const comment = symbol ? commentAfter(held, wanted) : "";
      if (comment) shown.flags |= NOTE;
      if (slot === 0) shown.comment = comment;
      if (held?.symbol) shown.flags |= held.flags;
      if (!symbol) continue;
      if (slot === "attendance") shown.attendance = symbol;
      else shown.marks.push(symbol);
    }
    shown.symbols = shown.attendance ? [...shown.marks, shown.attendance] : shown.marks;
    shown.other = this.others.has(this.name(row, place)) || Boolean(shown.flags & 8);
    shown.undecided = shown.records.find((record) => record.state !== "waiting") ?? null;
    return shown;
  }

  value(row, place, slot) {
    const { key, held } = this.part(row, place, slot);
    const record = outbox.get(this.course, key);
    return (record ? Outbox.wanted(record).symbol : held?.symbol) ?? null;
  }

  // Writes one value; false when it is there already.
  write(row, place, slot, symbol, more = {}) {
    if (this.value(row, place, slot) === symbol && !("comment" in more) && !("made_up" in more)) return false;
    const { key, target, work, held } = this.part(row, place, slot);
    const lesson = this.lesson(place);
    const unsent = outbox.get(this.course, key);
    if (unsent && !unsent.sent && unsent.state === "waiting" && symbol === (held?.symbol ?? null) && !("comment" in unsent.next)) {
      outbox.drop(unsent); // back to what the journal holds, before anything went out
      return true;
    }
    outbox.put(this.course, key, {
      target, work,
      label: `${this.page.students[row].name};${lesson?.date ?? ""}`,
      change: { symbol, base_version: held?.version ?? null, ...more },
    });
    return true;
  }

  // The server took a value: from now on that is what it holds.
  applied({ record, version, value }) {
    const [row, place] = this.at(record);
    if (row === undefined || place < 0) return null;
    const slot = record.target.lesson_id ? "attendance" : record.target.slot;
    const { at, held } = this.part(row, place, slot);
    const comment = value.symbol ? commentAfter(held, value) : "";
    const now = { symbol: value.symbol, version, flags: 0, comment };
    if (at) this.cells.set(at.join(":"), now);
    else (this.made ??= new Map()).set(record.key, now);
    return [row, place];
  }

  // The journal holds another value: a conflict says which.
  theirs(record) {
    const [row, place] = this.at(record);
    if (row === undefined || place < 0) return;
    const { at } = this.part(row, place, record.target.lesson_id ? "attendance" : record.target.slot);
    const { symbol, version, comment } = record.theirs;
    if (at) this.cells.set(at.join(":"), { symbol, version, comment: comment ?? "", flags: 0 });
  }

  // Row and place of the cell of a record; undefined and -1 where the page has none.
  at(record) { return [this.rows.get(record.target.student_id), this._placeOf(record)]; }

  _placeOf({ target, work }) {
    if (target.line_item_id) return this.columns.findIndex((one) => one.item === target.line_item_id);
    if (target.lesson_id) return this.columns.findIndex((one) => one.lessonId === target.lesson_id && one.attendance !== null);
    return this.columns.findIndex((one) => one.lessonId === work.lesson_id && one.type === work.work_type);
  }
}
