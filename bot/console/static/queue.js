// Keyboard for the review queue. Every key presses a button or a link that is on the page.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const page = document.getElementById("quyet");
  const list = document.getElementById("phim");
  const open = document.querySelector("[data-keys]");
  const acts = { a: "accept", d: "draft", i: "ignore", o: "out_of_scope" };
  let at = -1;
  let sent = false; // one key, one decision

  if (open && list) {
    open.hidden = false;
    open.addEventListener("click", () => list.showModal());
  }

  const go = (to) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("current");
    at = Math.min(Math.max(to, 0), rows.length - 1);
    rows[at].classList.add("current");
    rows[at].querySelector("[data-open]").focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  // wherever the focus is moved by Tab or a tap, the keys mean that row
  rows.forEach((row, number) => row.addEventListener("focusin", () => {
    rows[at]?.classList.remove("current");
    at = number;
    row.classList.add("current");
  }));

  const press = (act) => {
    const place = page || rows[at];
    const button = place?.querySelector(`button[name="act"][value="${act}"]`);
    if (!button || sent) return;
    sent = true;
    button.form.requestSubmit(button);
  };
  const undo = () => {
    const form = document.getElementById("hoan-tac");
    if (!form || sent) return;
    sent = true;
    form.requestSubmit();
  };
  window.addEventListener("pageshow", () => { sent = false; });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
    if (typing || document.querySelector("dialog[open]")) return;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "u") undo();
    else if (event.key === "?" && list) list.showModal();
    else if (acts[event.key]) press(acts[event.key]);
    else return;
    event.preventDefault();
  });
})();
