// The chat page: sends and shows. Without this file the plain form does the same work.
// What is remembered is in memory.js; tools.js and speech.js hear of new answers by events.
(() => {
  "use strict";

  const memory = window.hoidap;
  const byId = (id) => document.getElementById(id);
  const form = byId("ask");
  const field = byId("text");
  const log = byId("log");
  const state = byId("state");
  const trouble = byId("trouble");
  const PATIENCE = 20000; // ms until an answer is given up
  const OFFLINE = "Máy đang không có mạng. Bạn cứ viết: câu hỏi được giữ lại để gửi sau.";
  let busy = false;

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
    if (item.rated) markRated(box, item.rated);
    document.dispatchEvent(new CustomEvent("hoidap:answer", { detail: box }));
    log.append(box);
  }

  function markRated(box, rated) {
    const thanks = box.querySelector(".thanks");
    if (!thanks) return;
    for (const button of box.querySelectorAll(".thumbs button")) {
      button.setAttribute("aria-pressed", String(button.name === rated));
    }
    thanks.textContent =
      rated === "up" ? "Cảm ơn bạn!" : "Cảm ơn bạn. Người biên soạn sẽ xem lại câu này.";
    const why = box.querySelector(".why");
    if (why) why.hidden = rated !== "down";
  }

  function complain(text, retry) {
    trouble.textContent = "";
    const sentence = document.createElement("p");
    sentence.textContent = text;
    trouble.append(sentence);
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
    let answer;
    try {
      response = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(Object.assign({ session: memory.session }, data)),
        signal: giveUp.signal,
      });
      answer = await response.json().catch(() => null);
    } catch (_) {
      throw new Error(
        navigator.onLine === false
          ? "Máy đang không có mạng. Câu hỏi được giữ lại: có mạng thì bạn bấm “Gửi lại”."
          : "Chưa gửi được. Bạn kiểm tra kết nối mạng rồi bấm “Gửi lại”."
      );
    } finally {
      clearTimeout(timer);
    }
    if (response.ok && answer) return answer;
    const error = new Error((answer && answer.error) || "Máy chủ đang bận. Bạn chờ một lát rồi bấm “Gửi lại”.");
    error.final = response.status === 403; // to ask again would not help
    throw error;
  }

  // A question keeps its id until it is answered: sent again, it is the same message to the server.
  function asked(label, what) {
    return Object.assign({ label, message: memory.newId() }, what);
  }

  async function send(question) {
    if (busy) return;
    busy = true;
    memory.unsent = question;
    trouble.textContent = "";
    document.dispatchEvent(new CustomEvent("hoidap:ask"));
    const box = showQuestion(question.label);
    box.scrollIntoView({ block: "start" });
    const slow = setTimeout(() => {
      state.textContent = "Đang trả lời…";
    }, 300);
    try {
      const { label, ...data } = question;
      const answer = await post("/chat/api/messages", data);
      const items = [answer, ...answer.following].map((one) => ({ html: one.html, turn: one.turn }));
      if (answer.status === "erase:done") {
        memory.forgetHistory(); // nor is anything left in this browser, or on the screen
        while (log.firstChild !== box) log.firstChild.remove();
      }
      items.forEach(showAnswer);
      memory.unsent = null;
      memory.keep({ text: label }, ...items);
      box.scrollIntoView({ block: "start" });
    } catch (error) {
      box.remove();
      offerAgain(question, error.message);
    } finally {
      clearTimeout(slow);
      state.textContent = "";
      busy = false;
    }
  }

  function offerAgain(question, why) {
    if (question.text && !field.value) fill(question.text);
    complain(why, () => {
      if (field.value === question.text) fill("");
      send(question);
      field.focus();
    });
  }

  async function rate(button) {
    const [number, reason] = button.value.split(":");
    const turn = Number(number);
    const box = button.closest(".message");
    try {
      const answer = await post("/chat/api/feedback", { turn, useful: button.name === "up", reason });
      if (!answer.ok) throw new Error();
      markRated(box, button.name);
      for (const other of box.querySelectorAll(".why button")) {
        other.setAttribute("aria-pressed", String(Boolean(reason) && other === button));
      }
      for (const item of memory.history) if (item.turn === turn) item.rated = button.name;
      memory.keep();
    } catch (error) {
      const thanks = box.querySelector(".thanks");
      thanks.textContent = error.final ? error.message : "Chưa ghi được góp ý. Bạn bấm lại giúp mình.";
    }
  }

  function ask() {
    const text = field.value.trim();
    if (!text || busy) return;
    fill("");
    const unsent = memory.unsent;
    send(unsent && unsent.text === text ? unsent : asked(text, { text }));
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
    if (button.name !== "choice") rate(button);
    else send(asked(button.textContent.trim(), { choice: button.value }));
  });

  byId("fresh").addEventListener("click", () => memory.forget());

  window.addEventListener("offline", () => {
    state.textContent = OFFLINE;
  });
  window.addEventListener("online", () => {
    state.textContent = "Đã có mạng trở lại.";
    if (memory.unsent && !busy) {
      offerAgain(memory.unsent, `“${memory.unsent.label}” chưa được gửi. Bạn bấm “Gửi lại”.`);
    }
  });

  // After the plain form: what the server drew is the first that this browser remembers.
  const drawn = log.querySelector(".mine .said");
  if (drawn) {
    const cards = [...log.querySelectorAll(".card")];
    memory.keep(
      { text: drawn.textContent },
      ...cards.map((card) => {
        const thumb = card.querySelector(".thumbs button");
        return { html: card.outerHTML, turn: thumb ? Number(thumb.value) : 0 };
      })
    );
    log.textContent = "";
    window.history.replaceState(null, "", form.getAttribute("action")); // a reload asks nothing twice
  }

  // After a reload: what was said stands there again before the region becomes a log, so that no
  // screen reader reads all of it aloud.
  if (memory.history.length) {
    const role = log.getAttribute("role");
    log.removeAttribute("role");
    log.removeAttribute("aria-live");
    let question = null;
    for (const item of memory.history) {
      if (item.html) showAnswer(item);
      else question = showQuestion(item.text);
    }
    if (question) question.scrollIntoView({ block: "start" });
    requestAnimationFrame(() => {
      log.setAttribute("role", role);
      log.setAttribute("aria-live", "polite");
    });
  }
  if (memory.unsent) {
    offerAgain(memory.unsent, `“${memory.unsent.label}” chưa có trả lời. Bạn bấm “Gửi lại”.`);
  }
  if (navigator.onLine === false) state.textContent = OFFLINE;
  if (matchMedia("(hover: hover)").matches) field.focus({ preventScroll: true });
  grow();
  // Enter while this script was still on its way was meant to send, but only broke the line.
  if (field.value !== field.defaultValue && field.value.endsWith("\n")) ask();
})();
