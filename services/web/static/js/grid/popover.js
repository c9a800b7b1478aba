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
  constructor(box, words, done) {
    this.box = box;
    this.words = words;
    this.done = done; // (record, "mine" | "theirs" | "made-up") after a decision
  }

  show(record, title, td) {
    this.record = record;
    const body = record.state === "conflict" ? this.conflict(record) : this.refusal(record);
    this.box.replaceChildren(make("h3", "", title), ...body);
    this.box.hidden = false;
    this.place(td);
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

  decide(choice) {
    const { record } = this;
    this.hide();
    if (choice === "mine") outbox.keepMine(record);
    else if (choice === "theirs") outbox.drop(record);
    this.done(record, choice);
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
