// What a key means in the grid. Letters count by letter and by physical key, so that nobody switches layouts.

const LETTERS = { "н": "Н", "о": "ОП", "с": "ОСВ" };
const PHYSICAL = { KeyY: "Н", KeyJ: "ОП", KeyC: "ОСВ" };

const PLAIN = {
  ArrowUp: { go: [-1, 0] }, ArrowDown: { go: [1, 0] }, ArrowLeft: { go: [0, -1] }, ArrowRight: { go: [0, 1] },
  PageUp: { go: [-10, 0] }, PageDown: { go: [10, 0] }, Home: { edge: "first" }, End: { edge: "last" },
  Enter: { step: 1 }, " ": { step: 1 }, Backspace: { clear: -1 }, Delete: { clear: 0 }, Escape: { escape: true },
};

export function meaning(event, symbols) {
  const { key, code, shiftKey } = event;
  if (event.altKey) {
    if (key === "ArrowLeft") return { lesson: -1 };
    if (key === "ArrowRight") return { lesson: 1 };
    return null;
  }
  if (event.ctrlKey || event.metaKey) {
    if (code === "KeyZ") return shiftKey ? { redo: true } : { undo: true };
    if (code === "KeyY") return { redo: true };
    if (code === "KeyM") return { comment: true };
    if (key === "Home") return { corner: "first" };
    if (key === "End") return { corner: "last" };
    return null; // copying and pasting come as events of their own
  }
  if (key === "?" || (code === "Slash" && shiftKey)) return { sheet: true };
  if (key === "/" || code === "Slash" || code === "NumpadDivide") return { second: true };
  if (key === "Enter" && shiftKey) return { step: -1 };
  if (PLAIN[key]) return { ...PLAIN[key], extend: shiftKey };
  if (symbols.includes(key)) return { mark: key };
  const letter = LETTERS[key.toLowerCase()] ?? (key.length === 1 && !/\p{Script=Cyrillic}/u.test(key) ? PHYSICAL[code] : undefined);
  if (letter) return { attendance: letter };
  return null;
}

// What a pasted piece of text says: marks and a letter; null for what is neither.
export function parsed(text, symbols) {
  const found = { marks: [], attendance: null };
  for (const piece of text.trim().split(/[\s/|,;]+/)) {
    const upper = piece.toUpperCase();
    if (symbols.includes(piece)) found.marks.push(piece);
    else if (["Н", "ОП", "ОСВ"].includes(upper) && !found.attendance) found.attendance = upper;
    else return null;
  }
  return found.marks.length > 2 ? null : found;
}
