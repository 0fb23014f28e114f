/* The entry editor's comforts: the draft that survives a closed tab, rows that can be added, and
   frames as high as what they hold. The pages work without any of it. */
(() => {
  "use strict";

  function fit(frame) {
    const page = frame.contentDocument;
    if (page && page.body) frame.style.height = `${page.body.scrollHeight + 4}px`;
  }
  function fitAll(root) {
    for (const frame of root.querySelectorAll("iframe.webcard")) {
      frame.addEventListener("load", () => fit(frame));
      if (frame.contentDocument && frame.contentDocument.readyState === "complete") fit(frame);
    }
  }
  fitAll(document);
  document.addEventListener("htmx:afterSwap", (event) => fitAll(event.target));
  document.addEventListener("change", (event) => {
    if (event.target.classList.contains("switch")) document.querySelectorAll("iframe.webcard").forEach(fit);
  });
  addEventListener("resize", () => document.querySelectorAll("iframe.webcard").forEach(fit));

  const form = document.querySelector("form.entryform");
  if (!form) return;

  // --- one more source
  const more = document.getElementById("more-sources");
  more.hidden = false;
  more.addEventListener("click", () => {
    const rows = form.querySelectorAll(".sourcerow");
    const row = rows[rows.length - 1].cloneNode(true);
    const number = rows.length + 1;
    row.setAttribute("aria-label", `Nguồn ${number}`);
    row.querySelectorAll(".findings").forEach((list) => { list.id = `at-sources-${number - 1}`; list.replaceChildren(); });
    for (const field of row.querySelectorAll("input")) {
      const label = row.querySelector(`label[for="${field.id}"]`);
      field.id = `${field.name}_${number}`;
      label.htmlFor = field.id;
      field.value = "";
    }
    rows[rows.length - 1].after(row);
    row.querySelector("input").focus();
  });

  // --- the draft in this browser
  const key = `hoidap:nhap:${location.pathname}`;
  const KEEP = 14 * 24 * 60 * 60 * 1000;
  const SKIPPED = new Set(["csrf", "opened", "nonce", "act"]);
  const nonce = form.elements.nonce.value;
  const saved = (document.cookie.split("; ").find((one) => one.startsWith("hoidap_da_luu=")) || "").slice(14);

  function values() {
    const all = {};
    for (const [name, value] of new FormData(form)) {
      if (!SKIPPED.has(name)) (all[name] = all[name] || []).push(value);
    }
    return all;
  }
  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      return kept && kept.fields && Date.now() - kept.at < KEEP ? kept : null;
    } catch { return null; }
  }
  function forget() {
    try { localStorage.removeItem(key); } catch { /* a browser that keeps nothing has nothing to forget */ }
  }
  function keep() {
    try {
      const opened = form.elements.opened.value; // what the fields were when this editor began
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), nonce, opened, fields: values() }));
    } catch { /* full, or not allowed: the form itself still holds everything */ }
  }
  function put(fields) {
    const wanted = (fields.source_document || []).length;
    while (form.querySelectorAll(".sourcerow").length < wanted) more.click();
    for (const [name, list] of Object.entries(fields)) {
      const found = [...form.elements].filter((field) => field.name === name);
      found.forEach((field, place) => { field.value = list[place] || ""; });
    }
    form.dispatchEvent(new Event("rows"));
  }

  const first = JSON.stringify(values());
  const box = document.getElementById("kept");
  const kept = read();
  if (kept && kept.nonce === saved) forget();
  else if (kept && !("posted" in form.dataset) && JSON.stringify(kept.fields) !== first) {
    const at = new Date(kept.at).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });
    box.querySelector("p").textContent = `Trình duyệt này còn giữ bản bạn gõ dở lúc ${at}. Bạn muốn lấy lại không?`;
    box.hidden = false;
    document.getElementById("take").addEventListener("click", () => {
      put(kept.fields);
      if (typeof kept.opened === "string") form.elements.opened.value = kept.opened;
      box.hidden = true;
      form.elements.title.focus();
    });
    document.getElementById("drop").addEventListener("click", () => {
      forget();
      box.hidden = true;
      form.elements.title.focus();
    });
  }
  if ("posted" in form.dataset) keep();
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 400);
  });
  form.addEventListener("submit", () => { clearTimeout(waiting); keep(); });
})();
