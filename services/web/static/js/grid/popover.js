// The one floating thing: two values that differ, or the reason why one was not taken. It stands beside its cell,
// never over the next one.

import { Outbox, outbox } from "../outbox.js";
import { tile } from "./paint.js";

function make(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function button(text, work) {
  const made = make("button", "b", text);
  made.type = "button";
  made.addEventListener("click", work);
  return made;
}

export class Popover {
  constructor(grid, words) {
    this.grid = grid;
    this.words = words;
    this.box = grid.querySelector(".popover");
    this.follows = false; // the cursor: opened by its coming, closed by its going
    document.addEventListener("zhurnal:conflict", () => this.toConflict());
  }

  // The cell under the cursor says what is undecided about it.
  explain(row, place) {
    const { words } = this;
    const { undecided } = this.grid.model.cell(row, place);
    const td = this.grid.td(row, place);
    if (undecided) {
      td.setAttribute("aria-description", undecided.state === "conflict" ? words.conflict : words.problems[undecided.problem] ?? words.refusedAny);
      this.show(undecided, row, place);
    } else {
      td.removeAttribute("aria-description");
      if (this.record && (this.follows || !this.stillUndecided())) this.hide();
    }
    this.follows = Boolean(undecided);
  }

  stillUndecided() {
    const now = outbox.get(this.record.course, this.record.key);
    return now && now.state !== "waiting";
  }

  // The first disagreement opens by itself, without taking the cursor.
  showFirst() {
    if (!this.box.hidden) return;
    const record = outbox.of(this.grid.model.course).find((one) => one.state !== "waiting");
    if (!record) return;
    const [row, place] = this.grid.model.at(record);
    if (row !== undefined && place >= 0) this.show(record, row, place);
  }

  toConflict() {
    const record = outbox.of(this.grid.model.course).find((one) => one.state === "conflict");
    if (!record) return;
    const at = this.grid.model.at(record);
    this.grid.moveTo(...at);
    this.explain(...at);
  }

  show(record, row, place) {
    const { model } = this.grid;
    const lesson = model.lesson(place);
    const title = [model.page.students[row].name, lesson ? this.grid.panel.date(lesson.date) : ""].filter(Boolean).join(", ");
    const body = record.state === "conflict" ? this.conflict(record) : this.refusal(record);
    this.record = record;
    this.box.replaceChildren(make("h3", "", title), ...body);
    this.box.hidden = false;
    this.place(this.grid.td(row, place));
  }

  conflict(record) {
    const { words } = this;
    const { theirs } = record;
    const shown = (symbol) => (symbol ? tile([symbol]) : make("span", "muted", words.empty));
    const when = theirs.at ? new Date(theirs.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) : "";
    const mine = new Date(record.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const wanted = Outbox.wanted(record);
    const comments = wanted.comment || theirs.comment
      ? [make("span", "small", wanted.comment ?? ""), make("span", "small", theirs.comment ?? "")] : [];
    return [
      make("p", "small muted", words.changedElsewhere),
      make("div", "vs",
        make("div", "", words.yours, shown(wanted.symbol)),
        make("div", "", words.theirs, shown(theirs.symbol)),
        ...comments,
        make("span", "muted", mine),
        make("span", "muted", [theirs.author?.name ?? theirs.author, when].filter(Boolean).join(", "))),
      make("div", "acts",
        button(words.keepMine, () => this.decide("mine")), button(words.takeTheirs, () => this.decide("theirs"))),
    ];
  }

  refusal(record) {
    const { words } = this;
    const acts = [button(words.understood, () => this.decide("theirs"))];
    if (/absent/.test(record.problem ?? "") && Outbox.wanted(record).symbol && !record.target.lesson_id) {
      acts.unshift(button(words.madeUp, () => this.decide("made-up")));
    }
    return [
      make("p", "small muted", words.refusedTitle),
      make("p", "", words.problems[record.problem] ?? words.refusedAny),
      make("div", "acts", ...acts),
    ];
  }

  // A person has decided: "mine", "theirs", or "made-up", which is mine with a reason.
  decide(choice) {
    const { record } = this;
    const { model } = this.grid;
    const [row, place] = model.at(record);
    this.hide();
    if (choice === "mine") outbox.keepMine(record);
    else if (choice === "theirs") outbox.drop(record);
    else model.write(row, place, record.target.slot, Outbox.wanted(record).symbol, { made_up: true });
    this.grid.paint(row, place);
    this.grid.focusCell();
    this.showFirst();
    this.grid.live.ask();
  }

  hide() {
    this.box.hidden = true;
    this.record = null;
  }

  place(td) {
    const board = this.box.parentElement.getBoundingClientRect();
    const cell = td.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const right = cell.right - board.left + 10;
    const left = right + width < board.width - 8 ? right : Math.max(8, cell.left - board.left - width - 10);
    const top = Math.min(Math.max(8, cell.top - board.top - 14), board.height - height - 8);
    this.box.style.setProperty("left", `${left}px`);
    this.box.style.setProperty("top", `${top}px`);
  }
}
