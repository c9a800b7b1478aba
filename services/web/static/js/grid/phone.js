// The journal on a phone: one lesson at a time, the last marks beside the names, a keypad under the thumb.

import { number } from "./paint.js";

export class Phone {
  constructor(grid, words) {
    this.grid = grid;
    this.words = words;
    for (const key of grid.querySelectorAll("[data-key]")) key.addEventListener("click", () => this.pad(key.dataset.key));
    this.narrow = matchMedia("(max-width: 700px)");
    this.narrow.addEventListener("change", () => this.turn());
    this.turn();
  }

  get on() { return this.narrow.matches; }

  turn() {
    this.grid.classList.toggle("phone", this.on);
    this.grid.querySelector(".phone-bar").hidden = !this.on;
    this.grid.querySelector(".keypad").hidden = !this.on || this.grid.readonly;
    if (this.on && this.grid.place !== undefined) this.showColumn(undefined, this.grid.place);
  }

  showColumn(from, to) {
    const lesson = this.grid.model.lesson(to);
    this.grid.rows.forEach((tr) => {
      tr.cells[(from ?? to) + 1]?.classList.remove("cur");
      tr.cells[to + 1].classList.add("cur");
    });
    const kind = this.grid.model.page.course.work_types.find((one) => one.code === this.grid.model.columns[to].type);
    const weekday = lesson ? this.words.days[(new Date(`${lesson.date}T12:00:00Z`).getUTCDay() + 6) % 7] : "";
    this.grid.querySelector("[data-lesson-title]").textContent = lesson ? `${this.grid.panel.date(lesson.date)}, ${weekday}` : "";
    this.grid.querySelector("[data-lesson-work]").textContent = kind?.title ?? "";
    this.lastMarks(to);
  }

  lastMarks(place = this.grid.place) {
    this.grid.rows.forEach((tr, row) => {
      tr.cells[0].querySelector(".last")?.remove();
      tr.cells[0].append(this.grid.panel.lastThree(this.grid.model, row, place));
    });
  }

  padStudent() {
    if (!this.on) return;
    this.grid.querySelector("[data-pad-student]").textContent = this.grid.model.page.students[this.grid.row].name;
    const value = number(this.grid.model.page.averages[this.grid.row], this.words);
    this.grid.querySelector("[data-pad-mean]").textContent = value ? `${this.words.mean} ${value}` : "";
  }

  pad(key) {
    if (key === "clear") this.grid.act({ clear: 0 });
    else this.grid.act(this.grid.symbols.includes(key) ? { mark: key } : { attendance: key });
  }
}
