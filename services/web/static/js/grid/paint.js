// Cells and tables as elements. The same shapes as pages/journal/grid.py; a browser test compares the two.

export const NOTE = 1; // the flag of a cell with a comment

const TONES = { 5: "g", 4: "g", 3: "y", 2: "r", 1: "r" };

export function tone(symbol) { return TONES[symbol] ?? (/^\p{L}/u.test(symbol) ? "l" : "n"); }

export function tile(symbols) {
  const made = document.createElement("span");
  if (symbols.length === 1) {
    made.className = `m ${tone(symbols[0])}`;
    made.textContent = symbols[0];
    return made;
  }
  made.className = "m two";
  for (const symbol of symbols) {
    const half = document.createElement("i");
    half.className = tone(symbol);
    half.textContent = symbol;
    made.append(half);
  }
  return made;
}

export function spoken(symbols, words) { return symbols.map((symbol) => words.spoken[symbol] ?? symbol).join(", "); }

export function paintCell(td, cell, kind, words) {
  const classes = [];
  if (kind) classes.push(kind);
  if (cell.flags & NOTE && cell.symbols.length) classes.push("note");
  if (cell.other && cell.symbols.length) classes.push("other");
  if (cell.waiting) classes.push("wait");
  if (cell.undecided) classes.push(cell.undecided.state === "conflict" ? "conf" : "bad");
  for (const kept of ["cur", "sel", "half"]) if (td.classList.contains(kept)) classes.push(kept);
  const name = classes.join(" ");
  if (td.className !== name) {
    if (name) td.className = name;
    else td.removeAttribute("class");
  }
  const text = cell.symbols.join("\u0000");
  if ((td._text ?? textOf(td)) !== text) td.replaceChildren(...(cell.symbols.length ? [tile(cell.symbols)] : []));
  td._text = text;
  if (cell.attendance) td.setAttribute("aria-label", spoken(cell.symbols, words));
  else td.removeAttribute("aria-label");
}

function textOf(td) {
  const made = td.firstElementChild;
  if (!made) return "";
  return made.classList.contains("two") ? [...made.children].map((half) => half.textContent).join("\u0000") : made.textContent;
}

export function number(value, words) {
  if (value === null || value === undefined) return "";
  return words.comma ? value.replace(".", ",") : value;
}

function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function shortOf(column, page) {
  if (column.type === "answer") return "";
  return page.course.work_types.find((kind) => kind.code === column.type)?.short ?? "";
}

export function buildTable(model, words) {
  const { page, columns } = model;
  const kinds = columns.map((_, place) => model.kind(place));
  const table = make("table", {
    role: "grid", "aria-label": `${page.course.subject}, ${page.course.class}`,
    "aria-rowcount": page.students.length + 2, "aria-colcount": columns.length + 2,
  });
  table.append(make("colgroup", {}, make("col", { class: "name" }),
    ...kinds.map((kind) => make("col", { class: `c ${kind}` })), make("col", { class: "avg" })));
  const months = make("tr", {}, make("th", { scope: "col", rowspan: 2, class: "name" }, words.student));
  for (const run of runs(model)) {
    months.append(make("th", { scope: "colgroup", colspan: run.width, class: "month" },
      make("span", {}, words.months[run.month - 1])));
  }
  months.append(make("th", { scope: "col", rowspan: 2, class: "avg" }, words.average));
  const days = make("tr", {});
  columns.forEach((column, place) => {
    const lesson = model.lesson(place);
    const short = shortOf(column, page);
    const th = make("th", { scope: "col", class: column.day === model.today ? "d today" : "d" },
      make("span", {}, String(Number(column.day.slice(8)))));
    if (short || !lesson) th.append(make("b", {}, short || "•"));
    days.append(th);
  });
  table.append(make("thead", {}, months, days));
  const body = make("tbody", {});
  page.students.forEach((student, row) => {
    const tr = make("tr", {}, make("th", { scope: "row" },
      make("span", { class: "no" }, String(row + 1)), make("span", { class: "who" }, student.name)));
    if (student.to && student.to <= model.today) tr.className = "out";
    columns.forEach((_, place) => {
      const td = document.createElement("td");
      paintCell(td, model.cell(row, place), kinds[place], words);
      tr.append(td);
    });
    tr.append(make("td", { class: "avg" }, number(page.averages[row], words)));
    body.append(tr);
  });
  table.append(body);
  return table;
}

function runs(model) {
  const found = [];
  for (const { day } of model.columns) {
    const month = Number(day.slice(5, 7));
    const last = found.at(-1);
    if (last?.month === month) last.width += 1;
    else found.push({ month, width: 1 });
  }
  return found;
}
