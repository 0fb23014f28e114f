// Answers read aloud, and questions spoken, where the browser itself can do it in Vietnamese.
(() => {
  "use strict";

  const VIETNAMESE = "vi-VN";
  const MOST_LETTERS = 180; // some browsers fall silent within longer pieces
  const field = document.getElementById("text");
  const state = document.getElementById("state");
  const trouble = document.getElementById("trouble");
  const icons = document.querySelector("#send use").getAttribute("href").split("#")[0];

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${icons}#${name}`);
    svg.append(use);
    return svg;
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  // Reading aloud.
  const speech = window.speechSynthesis;
  let voice = null;
  let reading = null; // the button whose answer is being read
  let queue = []; // kept until they are said: a browser may drop what nobody holds

  function findVoice() {
    const voices = speech.getVoices().filter((one) => /^vi\b/i.test(one.lang.replace("_", "-")));
    voice = voices.find((one) => one.localService) || voices[0] || null;
    if (voice) document.querySelectorAll(".message").forEach(offerReading);
  }

  function offerReading(box) {
    const tools = voice && box.querySelector(".tools");
    if (!tools || tools.querySelector(".aloud")) return;
    const made = button("Đọc to", () => (reading === made ? stop() : read(made, box)));
    made.className = "aloud";
    made.prepend(icon("aloud"));
    tools.prepend(made);
  }

  function* lines(box) {
    for (const part of box.querySelectorAll(".caution, .lead, .part")) {
      const steps = part.matches(".part-steps") ? [...part.querySelectorAll("dd > ol > li")] : [];
      if (!steps.length) yield* part.innerText.split("\n");
      else yield part.querySelector("dt").innerText;
      for (const [index, step] of steps.entries()) yield `Bước ${index + 1}: ${step.innerText}`;
    }
  }

  function pieces(line) {
    const sentence = /[^.;:!?]+[.;:!?]*\s*/g;
    const cut = [];
    for (const part of line.length > MOST_LETTERS ? line.match(sentence) || [] : [line]) {
      const last = cut.length - 1;
      if (last >= 0 && cut[last].length + part.length <= MOST_LETTERS) cut[last] += part;
      else cut.push(part);
    }
    return cut;
  }

  function name(made, text) {
    made.lastChild.textContent = text;
  }

  function stop() {
    if (!reading) return;
    name(reading, "Đọc to");
    reading = null;
    queue = [];
    speech.cancel();
  }

  function read(made, box) {
    stop();
    const said = [...lines(box)].map((line) => line.trim()).filter(Boolean).flatMap(pieces);
    reading = made;
    name(made, "Dừng đọc");
    queue = said.map((text) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = VIETNAMESE;
      utterance.voice = voice;
      return utterance;
    });
    const last = queue[queue.length - 1];
    last.onend = last.onerror = () => {
      if (queue.includes(last)) stop();
    };
    queue.forEach((utterance) => speech.speak(utterance));
  }

  if (speech && window.SpeechSynthesisUtterance) {
    document.addEventListener("hoidap:answer", (event) => offerReading(event.detail));
    document.addEventListener("hoidap:ask", stop);
    window.addEventListener("pagehide", stop);
    speech.onvoiceschanged = findVoice; // most browsers know their voices only a little later
    findVoice();
  }

  // Speaking a question. The words appear in the field; sending them is left to the citizen.
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  const speak = document.getElementById("speak");
  const NOTE =
    "Giọng nói của bạn được gửi tới hãng làm ra trình duyệt (như Google, Apple, Microsoft) để " +
    "chuyển thành chữ; trang này không thu âm. Đừng đọc số căn cước, mật khẩu hay mã OTP.";
  const TROUBLE = {
    "not-allowed": "Trình duyệt chưa cho dùng micrô. Bạn cho phép trong cài đặt, hoặc gõ câu hỏi.",
    "service-not-allowed": "Trình duyệt này không chuyển được giọng nói thành chữ. Bạn gõ câu hỏi nhé.",
    "audio-capture": "Không tìm thấy micrô. Bạn gõ câu hỏi nhé.",
    "no-speech": "Mình chưa nghe thấy gì. Bạn bấm micrô rồi nói lại, hoặc gõ câu hỏi.",
    network: "Chưa chuyển được giọng nói thành chữ vì mạng. Bạn thử lại, hoặc gõ câu hỏi.",
  };
  let agreed = false;
  let hearing = null;

  function askFirst() {
    const note = document.createElement("div");
    const sentence = document.createElement("p");
    note.id = "hearing";
    note.setAttribute("role", "group");
    note.setAttribute("aria-labelledby", "hearing-note");
    sentence.id = "hearing-note";
    sentence.textContent = NOTE;
    const close = () => {
      note.remove();
      speak.focus();
    };
    const agree = button("Đồng ý và nói", () => {
      agreed = true;
      close();
      listen();
    });
    const refuse = button("Thôi, tôi gõ", () => {
      note.remove();
      field.focus();
    });
    note.append(sentence, agree, refuse);
    state.after(note);
    agree.focus();
  }

  function listen() {
    const before = field.value.trim();
    hearing = new Recognition();
    hearing.lang = VIETNAMESE;
    hearing.interimResults = true;
    hearing.onresult = (event) => {
      const heard = Array.from(event.results, (result) => result[0].transcript).join("");
      field.value = `${before} ${heard}`.trim();
      field.dispatchEvent(new Event("input"));
    };
    hearing.onerror = (event) => {
      if (event.error === "aborted") return;
      trouble.textContent = TROUBLE[event.error] || TROUBLE["service-not-allowed"];
    };
    hearing.onend = () => {
      hearing = null;
      speak.setAttribute("aria-pressed", "false");
      state.textContent = "";
      if (field.value.trim()) field.focus();
    };
    trouble.textContent = "";
    state.textContent = "Đang nghe… Bạn nói câu hỏi.";
    speak.setAttribute("aria-pressed", "true");
    hearing.start();
  }

  if (Recognition) {
    speak.hidden = false;
    document.addEventListener("hoidap:ask", () => {
      const note = document.getElementById("hearing");
      if (note) note.remove(); // who sends a question by other means has no use for it
      if (hearing) hearing.abort();
    });
    speak.addEventListener("click", () => {
      if (hearing) hearing.stop();
      else if (agreed) listen();
      else if (!document.getElementById("hearing")) askFirst();
    });
  }
})();
