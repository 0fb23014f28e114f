// What this tab remembers: its session, what was said, and a question that could not be sent.
// It stays in this browser; where the browser forbids even that, it lasts until the next reload.
(() => {
  "use strict";

  const MOST_KEPT = 40; // questions and answers
  const MOST_LETTERS = 400000; // well below what a browser keeps for one site
  const fallback = {};

  function read(name) {
    try {
      return sessionStorage.getItem(`hoidap.${name}`);
    } catch (_) {
      return fallback[name] || null;
    }
  }

  function write(name, value) {
    fallback[name] = value;
    try {
      sessionStorage.setItem(`hoidap.${name}`, value);
    } catch (_) {
      // full or forbidden: this page still knows it
    }
  }

  function forget() {
    for (const name of ["session", "history", "unsent"]) {
      delete fallback[name];
      try {
        sessionStorage.removeItem(`hoidap.${name}`);
      } catch (_) {
        // nothing was kept
      }
    }
  }

  function parse(text, otherwise) {
    try {
      return JSON.parse(text) || otherwise;
    } catch (_) {
      return otherwise;
    }
  }

  // What was said is forgotten; whoever goes on writing does so in the same session.
  function forgetHistory() {
    history.length = 0;
    write("history", "[]");
    write("unsent", "null");
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // Whoever came here by the plain form has a session already: the server wrote it into the page.
  const given = document.querySelector("input[name=session]").value;
  const known = given || read("session") || "";
  const session = /^[0-9a-f]{32}$/.test(known) ? known : newId();
  if (given && given !== read("session")) forget();
  write("session", session);

  const kept = parse(read("history"), []);
  const shown = (item) => item && (typeof item.text === "string" || typeof item.html === "string");
  const history = Array.isArray(kept) ? kept.filter(shown) : [];

  function keep(...items) {
    history.push(...items);
    let written = "";
    do {
      if (written || history.length > MOST_KEPT) history.shift();
      written = JSON.stringify(history);
    } while (history.length && (history.length > MOST_KEPT || written.length > MOST_LETTERS));
    write("history", written);
  }

  window.hoidap = {
    session,
    history,
    keep,
    forgetHistory,
    newId,
    get unsent() {
      const question = parse(read("unsent"), null);
      return question && typeof question.label === "string" ? question : null;
    },
    set unsent(question) {
      write("unsent", JSON.stringify(question));
    },
    forget() {
      history.length = 0;
      forget();
    },
  };
})();
