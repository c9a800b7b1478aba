// The side panel: the lesson under the cursor and the pupil in its row. It explains; it never takes the keys.

import { NOTE, number, shortOf, tile, tone } from "./paint.js";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export class Panel {
  constructor(grid, words) {
    this.grid = grid;
    this.words = words;
    this.at = (name) => grid.querySelector(`[data-${name}]`);
    this.type = grid.querySelector("#work-type");
    this.comment = grid.querySelector("#comment");
    for (const name of ["of-lesson", "of-student"]) grid.querySelector(`.${name}`).hidden = false;
  }

  date(day, withYear = false) {
    const [year, month, number] = day.split("-").map(Number);
    const name = this.words.ofMonth[month - 1];
    const text = this.words.comma ? `${number} ${name}` : `${name} ${number}`;
    return withYear ? `${text} ${year}` : text;
  }

  show(model, row, place) {
    this.showLesson(model, place);
    this.showStudent(model, row, place);
  }

  showLesson(model, place) {
    const { words } = this;
    const lesson = model.lesson(place);
    const column = model.columns[place];
    const work = column.marks === null ? null : model.page.columns[column.marks];
    const kind = model.page.course.work_types.find((one) => one.code === column.type);
    this.type.value = column.type ?? "answer";
    this.type.disabled = model.kind(place) !== "" || this.grid.readonly;
    const weight = work?.weight ?? kind?.weight;
    this.at("weight").textContent = weight ? fill(words.weight, { weight: number(trim(weight), words) }) : "";
    if (!lesson) {
      this.at("lesson").textContent = work?.title || kind?.title || "";
      for (const name of ["date", "topic", "checked"]) this.at(name).textContent = "";
      this.at("letters").replaceChildren();
      return;
    }
    const weekday = words.days[(new Date(`${lesson.date}T12:00:00Z`).getUTCDay() + 6) % 7];
    this.at("lesson").textContent = lesson.number
      ? `${fill(words.lesson, { number: lesson.number })}, ${weekday}` : weekday.charAt(0).toUpperCase() + weekday.slice(1);
    this.at("date").textContent = this.date(lesson.date, true);
    const topic = this.at("topic");
    topic.textContent = lesson.topic || words.noTopic;
    topic.classList.toggle("muted", !lesson.topic);
    this.showAttendance(model, place, lesson);
  }

  showAttendance(model, place, lesson) {
    const home = model.columns.findIndex((one) => one.lessonId === lesson.id && one.attendance !== null);
    const counts = new Map();
    if (home >= 0) {
      model.page.students.forEach((_, row) => {
        const letter = model.value(row, home, "attendance");
        if (letter) counts.set(letter, (counts.get(letter) ?? 0) + 1);
      });
    }
    const checked = this.at("checked");
    checked.textContent = lesson.attendance_checked ? this.words.checked : this.words.notChecked;
    checked.className = lesson.attendance_checked ? "small good" : "small muted";
    const shown = [...counts].flatMap(([letter, count]) => [tile([letter]), String(count)]);
    if (counts.size && lesson.attendance_checked) shown.push(this.words.present);
    this.at("letters").replaceChildren(...shown);
  }

  showStudent(model, row, place) {
    const { words } = this;
    const student = model.page.students[row];
    const lesson = model.lesson(place);
    const cell = model.cell(row, place);
    this.at("student").textContent = student.name;
    const said = [lesson ? this.date(lesson.date) : "", cell.symbols.length ? "" : words.noMarkYet,
      cell.flags & NOTE ? words.comment : "", cell.waiting ? words.waiting : ""];
    this.at("cell").textContent = said.filter(Boolean).join(" · ");
    if (document.activeElement !== this.comment) this.comment.value = cell.comment;
    this.comment.closest(".comment").hidden = this.grid.readonly && !cell.comment;
    this.comment.disabled = this.grid.readonly || model.kind(place) !== "" || !model.value(row, place, 0);
    this.at("latest").replaceChildren(...this.latest(model, row, place));
  }

  // This pupil's other marks, newest first.
  latest(model, row, place) {
    const found = [];
    for (let index = model.columns.length - 1; index >= 0 && found.length < 4; index -= 1) {
      if (index === place) continue;
      const cell = model.cell(row, index);
      const lesson = model.lesson(index);
      if (!cell.marks.length || !lesson || lesson.date > model.today) continue;
      const column = model.columns[index];
      const item = document.createElement("li");
      const text = document.createElement("div");
      const when = document.createElement("b");
      when.textContent = this.date(lesson.date);
      text.append(when, `, ${shortOf(column, model.page) || this.words.answer.toLowerCase()}`);
      item.append(tile(cell.marks), text);
      found.push(item);
    }
    return found;
  }

  // On a phone: the last three marks stand beside the name.
  lastThree(model, row, place) {
    const made = document.createElement("span");
    made.className = "last";
    const symbols = [];
    for (let index = place - 1; index >= 0 && symbols.length < 3; index -= 1) {
      symbols.unshift(...model.cell(row, index).symbols.slice(0, 1));
    }
    for (const symbol of symbols) {
      const part = document.createElement("i");
      part.className = tone(symbol);
      part.textContent = symbol;
      made.append(part);
    }
    return made;
  }
}

function trim(decimal) { return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal; }
