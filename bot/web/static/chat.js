// The chat page: sends, shows, remembers. Without this file the plain form does the same work.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const form = byId("ask");
  const field = byId("text");
  const log = byId("log");
  const state = byId("state");
  const trouble = byId("trouble");
  const MOST_KEPT = 40;
  const PATIENCE = 20000; // ms until an answer is given up
  let busy = false;

  // What is remembered: in this tab only, and nowhere if the browser forbids it.
  const fallback = {};
  const memory = {
    read(name) {
      try {
        return sessionStorage.getItem(name);
      } catch (_) {
        return fallback[name] || null;
      }
    },
    write(name, value) {
      fallback[name] = value;
      try {
        sessionStorage.setItem(name, value);
      } catch (_) {
        // full or forbidden: this page still knows it
      }
    },
    clear() {
      try {
        sessionStorage.clear();
      } catch (_) {
        // nothing was kept
      }
    },
  };

  function makeSession() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function readHistory() {
    try {
      const list = JSON.parse(memory.read("history") || "[]");
      return Array.isArray(list) ? list : [];
    } catch (_) {
      return [];
    }
  }

  const session = memory.read("session") || makeSession();
  memory.write("session", session);
  const history = readHistory();

  function keep(...items) {
    history.push(...items);
    history.splice(0, history.length - MOST_KEPT);
    memory.write("history", JSON.stringify(history));
  }

  // What is shown. The card's HTML was escaped by the server; a question is always plain text.
  function message(kind, who) {
    const box = document.createElement("div");
    box.className = kind;
    const name = document.createElement("span");
    name.className = "who";
    name.textContent = who;
    box.append(name);
    document.body.classList.add("talking");
    return box;
  }

  function showQuestion(text) {
    const box = message("message mine", "Bạn:");
    const said = document.createElement("div");
    said.className = "said";
    said.textContent = text;
    box.append(said);
    log.append(box);
    return box;
  }

  function showAnswer(item) {
    const box = message("message", "Trợ lý:");
    box.insertAdjacentHTML("beforeend", item.html);
    log.append(box);
    if (item.rated) markRated(box, item.rated);
  }

  function markRated(box, rated) {
    for (const button of box.querySelectorAll(".feedback button")) {
      button.setAttribute("aria-pressed", String(button.name === rated));
    }
    box.querySelector(".thanks").textContent =
      rated === "up" ? "Cảm ơn bạn!" : "Cảm ơn bạn. Người biên soạn sẽ xem lại câu này.";
  }

  function complain(text, retry) {
    trouble.textContent = "";
    const sentence = document.createElement("p");
    sentence.textContent = text;
    trouble.append(sentence);
    if (!retry) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Gửi lại";
    button.addEventListener("click", retry);
    trouble.append(button);
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }

  function fill(text) {
    field.value = text;
    grow();
  }

  async function post(path, data) {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE);
    let response;
    try {
      response = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(Object.assign({ session }, data)),
        signal: giveUp.signal,
      });
    } catch (_) {
      throw new Error("Chưa gửi được. Bạn kiểm tra kết nối mạng rồi bấm “Gửi lại”.");
    } finally {
      clearTimeout(timer);
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok && answer) return answer;
    throw new Error((answer && answer.error) || "Máy chủ đang bận. Bạn chờ một lát rồi bấm “Gửi lại”.");
  }

  async function send(data, label) {
    if (busy) return;
    busy = true;
    trouble.textContent = "";
    const question = showQuestion(label);
    question.scrollIntoView({ block: "start" });
    const slow = setTimeout(() => {
      state.textContent = "Đang trả lời…";
    }, 300);
    try {
      const answer = await post("/chat/api/messages", data);
      const items = [answer, ...answer.following].map((one) => ({ html: one.html, turn: one.turn }));
      items.forEach(showAnswer);
      keep({ text: label }, ...items);
      question.scrollIntoView({ block: "start" });
    } catch (error) {
      question.remove();
      if (data.text && !field.value) fill(data.text);
      complain(error.message, () => {
        if (field.value === data.text) fill("");
        send(data, label);
      });
    } finally {
      clearTimeout(slow);
      state.textContent = "";
      busy = false;
    }
  }

  async function rate(button) {
    const turn = Number(button.value);
    const box = button.closest(".message");
    try {
      const answer = await post("/chat/api/feedback", { turn, useful: button.name === "up" });
      if (!answer.ok) throw new Error();
      markRated(box, button.name);
      for (const item of history) if (item.turn === turn) item.rated = button.name;
      keep();
    } catch (_) {
      box.querySelector(".thanks").textContent = "Chưa ghi được góp ý. Bạn bấm lại giúp mình.";
    }
  }

  function ask() {
    const text = field.value.trim();
    if (!text || busy) return;
    fill("");
    send({ text }, text);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
    field.focus();
  });

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || event.keyCode === 229) return; // Telex and VNI are still composing
    event.preventDefault();
    ask();
  });

  field.addEventListener("input", grow);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[form]");
    if (!button) return;
    event.preventDefault();
    if (button.name === "choice") send({ choice: button.value }, button.textContent.trim());
    else rate(button);
  });

  byId("fresh").addEventListener("click", () => memory.clear());

  // After a reload: show what was said, without having a screen reader read all of it again.
  if (history.length) {
    log.setAttribute("aria-live", "off");
    let question = null;
    for (const item of history) {
      if (item.html) showAnswer(item);
      else question = showQuestion(item.text);
    }
    if (question) question.scrollIntoView({ block: "start" });
    requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
  }
  if (matchMedia("(hover: hover)").matches) field.focus({ preventScroll: true });
  grow();
})();
