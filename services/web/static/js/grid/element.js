// <grade-grid>: a keyboard over the table that the server has drawn. It writes at once, saves in the background.

import { outbox } from "../outbox.js";
import { Blocks } from "./blocks.js";
import { meaning } from "./keys.js";
import { watch } from "./live.js";
import { Model } from "./model.js";
import { buildTable, number, paintCell } from "./paint.js";
import { Panel } from "./panel.js";
import { Phone } from "./phone.js";
import { Popover } from "./popover.js";

const words = JSON.parse(document.getElementById("grid-words").textContent);
const PANEL_PAUSE = 60; // the panel follows the cursor when the hand rests

class GradeGrid extends HTMLElement {
  connectedCallback() {
    const page = JSON.parse(document.getElementById("page-data").textContent);
    this.readonly = "readonly" in this.dataset;
    this.symbols = page.course.scale.symbols;
    this.model = new Model(page, this.dataset.course, this.dataset.today);
    this.scroller = this.querySelector(".grid-scroll");
    this.panel = new Panel(this, words);
    this.bubble = new Popover(this, words);
    this.history = [];
    this.future = [];
    this.aside = false;
    this.adopt();
    this.listen();
    this.cursorAtToday();
    outbox.ready.then(() => {
      if (this.model.recall()) this.rebuild();
      else this.paintWaiting();
    });
    this.live = watch({ course: this.dataset.course, etag: this.dataset.etag, outbox, take: (newer) => this.take(newer) });
  }

  listen() {
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.scroller.addEventListener("mousedown", (event) => {
      const at = this.whereIs(event.target);
      if (!at) return;
      event.preventDefault();
      this.moveTo(...at, event.shiftKey);
    });
    this.scroller.addEventListener("focusin", () => this.seen());
    outbox.addEventListener("settled", (event) => this.settled(event.detail));
    outbox.addEventListener("change", () => this.changed());
    this.panel.type.addEventListener("change", () => this.chooseWork(this.panel.type.value));
    this.panel.comment.addEventListener("keydown", (event) => this.commentKey(event));
    for (const step of this.querySelectorAll("[data-step]")) {
      step.addEventListener("click", () => this.toLesson(Number(step.dataset.step)));
    }
    this.querySelector("[data-sheet]").addEventListener("click", () => this.sheet());
    this.querySelector("[data-direction]")?.addEventListener("click", (event) => {
      this.aside = !this.aside;
      event.currentTarget.querySelector("b").textContent = this.aside ? words.aside : words.down;
      this.focusCell();
    });
    this.blocks = new Blocks(this, words);
    this.phone = new Phone(this, words);
  }

  // --- the table ---

  // Takes the table in the page as the view of the model.
  adopt() {
    this.table = this.scroller.querySelector("table");
    this.columns = [...this.table.querySelectorAll("col.c")];
    this.heads = [...this.table.querySelectorAll("th.d")];
    this.rows = [...this.table.tBodies[0].rows];
  }

  rebuild() {
    const { row = 0, place = 0 } = this;
    const kept = this.model.columns[place] ?? null;
    const had = this.scroller.contains(document.activeElement);
    this.scroller.replaceChildren(buildTable(this.model, words));
    this.adopt();
    this.row = this.place = undefined;
    const same = kept ? this.model.columns.findIndex((one) => one.lessonId === kept.lessonId && one.type === kept.type) : place;
    this.moveTo(Math.min(row, this.rows.length - 1), Math.max(0, same), false, had);
    if (this.phone.on) this.phone.lastMarks();
  }

  td(row, place) { return this.rows[row]?.cells[place + 1]; }

  whereIs(node) {
    const td = node.closest?.("td");
    const tr = td?.parentElement;
    if (!td || td.classList.contains("avg")) return null;
    return [this.rows.indexOf(tr), td.cellIndex - 1];
  }

  paint(row, place) {
    const td = this.td(row, place);
    if (td) paintCell(td, this.model.cell(row, place), this.model.kind(place), words);
  }

  paintWaiting() {
    for (const record of outbox.of(this.dataset.course)) {
      const [row, place] = this.model.at(record);
      if (row !== undefined && place >= 0) this.paint(row, place);
    }
  }

  // --- the cursor ---

  cursorAtToday() {
    const { columns } = this.model;
    const last = columns.findLastIndex((_, index) => (this.model.lesson(index)?.date ?? "9") <= this.model.today);
    const place = Math.max(0, last < 0 ? 0 : columns.findIndex((one) => one.lesson === columns[last].lesson));
    this.moveTo(0, place, false, true);
  }

  moveTo(row, place, extend = false, focus = true) {
    const last = this.rows.length - 1;
    const to = [Math.max(0, Math.min(last, row)), Math.max(0, Math.min(this.columns.length - 1, place))];
    if (extend) this.anchor ??= [this.row, this.place];
    else if (this.anchor) { this.anchor = null; this.blocks.select(); }
    this.half = false;
    const before = this.td(this.row, this.place);
    if (before) { before.removeAttribute("tabindex"); before.classList.remove("half"); }
    if (this.row !== to[0]) {
      this.rows[this.row]?.classList.remove("on");
      this.rows[to[0]].classList.add("on");
    }
    if (this.place !== to[1]) this.markColumn(this.place, to[1]);
    [this.row, this.place] = to;
    const td = this.td(...to);
    td.tabIndex = 0;
    if (focus) this.focusCell();
    if (this.anchor) this.blocks.select();
    this.explainSoon();
  }

  focusCell() {
    const td = this.td(this.row, this.place);
    const readonly = this.readonly || this.model.kind(this.place) !== "";
    if (readonly) td.setAttribute("aria-readonly", "true");
    td.focus({ preventScroll: true });
    td.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  markColumn(from, to) {
    this.columns[from]?.classList.remove("on");
    this.heads[from]?.classList.remove("on");
    this.columns[to].classList.add("on");
    this.heads[to].classList.add("on");
    if (this.phone.on) this.phone.showColumn(from, to);
  }

  seen() {
    if (this.model.others.delete(this.model.name(this.row, this.place))) this.paint(this.row, this.place);
  }

  // The panel and the popover follow when the hand rests.
  explainSoon() {
    clearTimeout(this._explain);
    this._explain = setTimeout(() => this.explain(), PANEL_PAUSE);
  }

  explain() {
    if (this.row === undefined) return;
    this.panel.show(this.model, this.row, this.place);
    this.phone.padStudent();
    this.bubble.explain(this.row, this.place);
  }

  say(text) { this.querySelector("[data-said]").textContent = text; }

  // --- keys ---

  key(event) {
    if (event.target.closest("td") === null) return;
    const act = meaning(event, this.symbols);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    this.act(act);
  }

  act(act) {
    if (act.go) this.moveTo(this.row + act.go[0], this.place + act.go[1], act.extend);
    else if (act.edge) this.moveTo(this.row, act.edge === "first" ? 0 : this.columns.length - 1, act.extend);
    else if (act.corner) this.moveTo(act.corner === "first" ? 0 : this.rows.length, act.corner === "first" ? 0 : this.columns.length);
    else if (act.step) this.advance(act.step);
    else if (act.lesson) this.toLesson(act.lesson);
    else if (act.mark) this.mark(act.mark);
    else if (act.attendance) this.attend(act.attendance);
    else if (act.second) this.second();
    else if ("clear" in act) this.clear(act.clear);
    else if (act.undo) this.replay(this.history, this.future, "before");
    else if (act.redo) this.replay(this.future, this.history, "after");
    else if (act.comment) this.panel.comment.disabled || this.panel.comment.focus();
    else if (act.sheet) this.sheet();
    else if (act.escape) { this.bubble.hide(); this.moveTo(this.row, this.place); }
  }

  advance(step) {
    if (this.aside) this.moveTo(this.row, this.place + step);
    else this.moveTo(this.row + step, this.place);
  }

  sheet() { this.querySelector(".sheet-keys").showModal(); }

  // --- writing ---

  writable(place = this.place) {
    const kind = this.model.kind(place);
    if (!this.readonly && kind === "") return true;
    this.say(kind === "later" ? words.later : words.closed);
    return false;
  }

  // Writes values of one cell: {0: "5", 1: null, attendance: "Н"}; what was there before goes on the undo list.
  write(changes, row = this.row, place = this.place, entry = null) {
    const column = this.model.columns[place];
    const made = entry ?? [];
    for (const [name, symbol] of Object.entries(changes)) {
      const slot = name === "attendance" ? name : Number(name);
      if (slot === "attendance" && !column.lessonId) continue;
      const before = this.model.value(row, place, slot);
      if (!this.model.write(row, place, slot, symbol)) continue;
      made.push({ student: this.model.page.students[row].id, lessonId: column.lessonId, type: column.type, item: column.item, slot, before, after: symbol });
    }
    if (!entry && made.length) { this.history.push(made); this.future.length = 0; }
    this.paint(row, place);
    return made.length > 0;
  }

  mark(symbol) {
    if (!this.writable()) return;
    if (this.half) this.write({ 1: symbol });
    else this.write(this.model.value(this.row, this.place, 1) ? { 0: symbol, 1: null } : { 0: symbol });
    this.lastWritten = [this.row, this.place];
    this.advance(1);
  }

  attend(letter) {
    const home = this.homeOf(this.place);
    if (home < 0 || !this.writable()) return;
    this.write({ attendance: letter }, this.row, home);
    this.advance(1);
  }

  // The column of the same lesson that shows attendance.
  homeOf(place) {
    const { lessonId } = this.model.columns[place];
    return lessonId ? this.model.columns.findIndex((one) => one.lessonId === lessonId && one.attendance !== null) : -1;
  }

  // The next digit is a second mark: of this cell, or of the one just written and left.
  second() {
    if (!this.writable()) return;
    if (!this.model.value(this.row, this.place, 0) && this.lastWritten) this.moveTo(...this.lastWritten);
    if (!this.model.value(this.row, this.place, 0)) return;
    this.half = true;
    this.td(this.row, this.place).classList.add("half");
  }

  clear(step) {
    if (!this.writable()) return;
    const [[top, bottom], [left, right]] = this.blocks.range();
    const entry = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let place = left; place <= right; place += 1) {
        if (this.model.kind(place) !== "") continue;
        const filled = this.model.slots(place).filter((slot) => this.model.value(row, place, slot) !== null);
        this.write(Object.fromEntries(filled.map((slot) => [slot, null])), row, place, entry);
      }
    }
    if (entry.length) { this.history.push(entry); this.future.length = 0; }
    if (step) this.advance(step);
    else this.explainSoon();
  }

  replay(from, to, side) {
    const entry = from.pop();
    if (!entry) { this.say(words.undoEmpty); return; }
    let last = null;
    for (const one of side === "before" ? [...entry].reverse() : entry) {
      const row = this.model.rows.get(one.student);
      const place = this.model.columns.findIndex((column) => column.lessonId === one.lessonId
        && (column.lessonId ? column.type === one.type : column.item === one.item)
        && (one.slot !== "attendance" || column.attendance !== null));
      if (row === undefined || place < 0) continue;
      this.model.write(row, place, one.slot, one[side]);
      this.paint(row, place);
      last = [row, place];
    }
    to.push(entry);
    if (last) this.moveTo(...last);
  }

  commentKey(event) {
    if (event.key === "Escape") { event.preventDefault(); this.focusCell(); }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const { row, place } = this;
    this.model.write(row, place, 0, this.model.value(row, place, 0), { comment: event.target.value.trim() || null });
    this.paint(row, place);
    this.focusCell();
  }

  // Another kind of work: the lesson's column of that kind, or a new one beside it.
  chooseWork(type) {
    const { lessonId } = this.model.columns[this.place];
    if (!lessonId) return;
    const { row } = this;
    this.model.choose(this.place, type);
    this.rebuild();
    const place = this.model.columns.findIndex((one) => one.lessonId === lessonId && one.type === type);
    this.moveTo(row, place);
  }

  // --- the server's word ---

  settled({ course, applied, averages, made }) {
    if (course !== this.dataset.course) return;
    for (const one of applied) {
      const at = this.model.applied(one);
      if (at) this.paint(...at);
    }
    for (const record of outbox.of(course)) if (record.state === "conflict") this.model.theirs(record);
    this.paintWaiting();
    for (const [student, value] of Object.entries(averages)) {
      const row = this.model.rows.get(student);
      if (row === undefined) continue;
      this.model.page.averages[row] = value;
      this.rows[row].cells[this.columns.length + 1].textContent = number(value, words);
    }
    if (applied.length > 1) this.say(words.saved.replace("{count}", String(applied.length)));
    this.bubble.showFirst();
    this.explainSoon();
    if (made || applied.length) this.live.ask();
  }

  changed() {
    if (this._changing) return;
    this._changing = requestAnimationFrame(() => {
      this._changing = 0;
      if (!outbox.sending) return;
      this.paintWaiting();
    });
  }

  take(page) {
    const changed = this.model.take(page);
    if (changed === null) { this.rebuild(); return; }
    for (const [row, place] of changed) this.paint(row, place);
    page.averages.forEach((value, row) => {
      const td = this.rows[row].cells[this.columns.length + 1];
      const text = number(value, words);
      if (td.textContent !== text) td.textContent = text;
    });
    if (changed.length) this.explainSoon();
  }

  // --- lessons ---

  toLesson(step) {
    const { lesson } = this.model.columns[this.place];
    let place = this.place;
    do place += step; while (this.model.columns[place] && this.model.columns[place].lesson === lesson);
    if (this.model.columns[place]) this.moveTo(this.row, place, false, !this.phone.on);
  }
}

customElements.define("grade-grid", GradeGrid);
