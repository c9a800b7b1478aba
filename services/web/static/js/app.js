// What every signed-in page has: the save state in the header, the sign-in dialog, leaving with unsent marks, printing.

import { outbox } from "./outbox.js";

const words = JSON.parse(document.getElementById("common-words").textContent);
const sprite = words.icons;

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

// --- the save state ---

class SaveState extends HTMLElement {
  connectedCallback() {
    outbox.addEventListener("change", () => this.show());
    this.addEventListener("click", () => {
      if (this.dataset.kind === "conflict") document.dispatchEvent(new Event("zhurnal:conflict"));
    });
    this.show();
  }

  show() {
    const [kind, sign, text] = this.say();
    // Painting the same words again would cost as much as a key.
    if (this._text === text) return;
    this._text = text;
    this.dataset.kind = kind;
    this.replaceChildren(...(text ? [icon(sign), text] : []));
  }

  say() {
    const undecided = outbox.count("conflict");
    const waiting = outbox.count("waiting");
    if (outbox.network === "offline" && waiting) return ["offline", "offline", `${words.offline} ${waiting}`];
    if (undecided) return ["conflict", "warn", `${words.conflicts} ${undecided}`];
    if (outbox.network === "offline" && navigator.onLine === false) return ["offline", "offline", words.noNetwork];
    if (waiting) return ["saving", "sync", words.saving];
    return document.querySelector("grade-grid") ? ["saved", "check", words.saved] : ["none", "check", ""];
  }
}
customElements.define("save-state", SaveState);

// --- the session ended while marks were waiting ---

function signInDialog() {
  let dialog = document.getElementById("sign-in-again");
  if (dialog) return dialog;
  const field = (name, label, type, autocomplete) => element("div", { className: "f" },
    element("label", { htmlFor: `again-${name}` }, label),
    element("input", { id: `again-${name}`, name, type, autocomplete, required: true }));
  const wrong = element("p", { className: "problem", role: "alert", hidden: true });
  const form = element("form", { method: "post", action: "/login" }, wrong,
    field("login", words.login, "text", "username"),
    field("password", words.password, "password", "current-password"),
    field("otp", words.code, "text", "one-time-code"),
    element("button", { className: "b main large" }, words.signIn));
  dialog = element("dialog", { id: "sign-in-again" },
    element("h2", { id: "again-title" }, words.sessionEnded),
    element("p", { className: "lead" }, words.sessionKept), form);
  dialog.setAttribute("aria-labelledby", "again-title");
  // The code is asked for after the password; what proves the password comes with it.
  let proof = "";
  const atStep = (proved) => {
    proof = proved;
    for (const input of [form.elements.login, form.elements.password, form.elements.otp]) {
      const shown = (input.name === "otp") === Boolean(proof);
      input.closest(".f").hidden = !shown;
      input.disabled = !shown;
    }
    form.elements[proof ? "otp" : "login"].focus();
  };
  atStep("");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    if (proof) body.set("proof", proof);
    const answer = await fetch(proof ? "/login/code" : "/login", {
      method: "POST", headers: { "Zhurnal-Module": "1" }, body,
    }).catch(() => null);
    if (!answer?.ok) {
      const said = await answer?.json().catch(() => null);
      const code = said?.type?.split(":").pop();
      wrong.hidden = code === "otp-required";
      wrong.textContent = answer?.status === 429 ? words.tooMany
        : code === "wrong-otp" ? words.wrongCode : words.wrongPassword;
      if (code === "otp-required") atStep(said.proof);
      if (code === "proof-expired") atStep("");
      return;
    }
    // Somebody else's marks are neither shown nor sent: the page is theirs from now on.
    if ((await answer.json()).person !== outbox.person) { location.reload(); return; }
    form.reset();
    atStep("");
    wrong.hidden = true;
    dialog.close();
    outbox.network = "up";
    outbox.flush();
  });
  document.body.append(dialog);
  return dialog;
}
outbox.addEventListener("signin", () => { const dialog = signInDialog(); if (!dialog.open) dialog.showModal(); });

// --- leaving ---

function asFile(records) {
  const lines = records.map((record) => [record.label, (record.next ?? record.sent).symbol ?? ""].join(";"));
  const link = element("a", {
    href: URL.createObjectURL(new Blob([`\ufeff${lines.join("\r\n")}`], { type: "text/csv" })), download: "zhurnal.csv",
  });
  link.click();
  URL.revokeObjectURL(link.href);
}

function leavingDialog(form) {
  const records = [...outbox.records.values()];
  const act = (text, work, kind = "") => {
    const button = element("button", { className: `b ${kind}`, type: "button" }, text);
    button.addEventListener("click", work);
    return button;
  };
  const leave = async () => { await outbox.purge(); form.submit(); };
  const dialog = element("dialog", {},
    element("h2", {}, `${words.unsent} ${records.length}`),
    element("p", { className: "lead" }, words.unsentWhat),
    element("div", { className: "row" },
      act(words.send, async () => {
        await outbox.flush();
        dialog.close();
        if (!outbox.records.size) leave();
      }),
      act(words.download, () => asFile(records)),
      act(words.discard, leave),
      act(words.stay, () => dialog.close(), "text")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

for (const form of document.querySelectorAll("[data-sign-out]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await outbox.ready;
    if (outbox.count("waiting") && !outbox.count("conflict")) await outbox.flush();
    if (outbox.records.size) leavingDialog(form);
    else form.submit();
  });
}

// --- small things ---

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const box of document.querySelectorAll("[data-check-all]")) {
  box.addEventListener("change", () => {
    for (const other of document.querySelectorAll(`input[name="${box.dataset.checkAll}"]`)) other.checked = box.checked;
  });
}
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.who[open], .bottom details[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.who[open], .bottom details[open]")) open.open = false;
});

// What another page left behind goes out from here.
outbox.ready.then(() => { if (outbox.count("waiting")) outbox.flush(); });
