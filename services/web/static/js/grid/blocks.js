// A block of cells: chosen with Shift, copied to a spreadsheet and pasted from one.

import { parsed } from "./keys.js";

export class Blocks {
  constructor(grid, words) {
    this.grid = grid;
    this.words = words;
    grid.scroller.addEventListener("copy", (event) => this.copy(event));
    grid.scroller.addEventListener("paste", (event) => this.paste(event));
  }

  range() {
    const [row, place] = this.grid.anchor ?? [this.grid.row, this.grid.place];
    return [[Math.min(row, this.grid.row), Math.max(row, this.grid.row)], [Math.min(place, this.grid.place), Math.max(place, this.grid.place)]];
  }

  select() {
    for (const td of this.grid.table.querySelectorAll("td.sel")) td.classList.remove("sel");
    if (!this.grid.anchor) return;
    const [[top, bottom], [left, right]] = this.range();
    for (let row = top; row <= bottom; row += 1) {
      for (let place = left; place <= right; place += 1) this.grid.td(row, place).classList.add("sel");
    }
  }

  copy(event) {
    const [[top, bottom], [left, right]] = this.range();
    const lines = [];
    for (let row = top; row <= bottom; row += 1) {
      const line = [];
      for (let place = left; place <= right; place += 1) line.push(this.grid.model.cell(row, place).symbols.join("/"));
      lines.push(line.join("\t"));
    }
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
    this.grid.say(this.words.copied.replace("{count}", String((bottom - top + 1) * (right - left + 1))));
  }

  paste(event) {
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    const entry = [];
    let done = 0;
    let refused = 0;
    text.split(/\r?\n/).forEach((line, down) => line.split("\t").forEach((piece, right) => {
      if (!piece.trim()) return;
      const row = this.grid.row + down;
      const place = this.grid.place + right;
      const value = parsed(piece, this.grid.symbols);
      if (!value || row >= this.grid.rows.length || place >= this.grid.columns.length || this.grid.readonly || this.grid.model.kind(place) !== "") {
        refused += 1;
        return;
      }
      const changes = { 0: value.marks[0] ?? null, 1: value.marks[1] ?? null };
      if (this.grid.model.columns[place].attendance !== null) changes.attendance = value.attendance;
      this.grid.write(changes, row, place, entry);
      done += 1;
    }));
    if (entry.length) { this.grid.history.push(entry); this.grid.future.length = 0; }
    this.grid.say(this.words.pasted.replace("{done}", String(done)).replace("{refused}", String(refused)));
    this.grid.explainSoon();
  }
}
