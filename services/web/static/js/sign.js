// Sign-in pages: a password that can be looked at, and the code that stands after # in the link.

for (const button of document.querySelectorAll("[data-show]")) {
  const input = document.getElementById(button.dataset.show);
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    input.focus();
  });
}

const form = document.querySelector("[data-activate]");

// A keypad of digits has no dot on every phone, so the dots of a day set themselves; what is taken back stays so.
form?.elements.child_birth_date.addEventListener("input", ({ target, inputType }) => {
  const { value } = target;
  if (inputType?.startsWith("delete") || target.selectionStart !== value.length) return;
  if (/^(\d{2}\.)?(\d{2}\.)?\d+$/.test(value)) {
    const digits = value.replaceAll(".", "");
    target.value = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 8)].filter(Boolean).join(".");
  }
});

if (form && location.hash.length > 1) {
  // The code is taken out of the address at once, so that history and the next page's referrer never have it.
  form.elements.code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  form.elements.password.focus();
}
