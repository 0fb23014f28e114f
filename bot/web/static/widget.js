// The launcher for pages of others: a button, and the chat in a frame once it is pressed.
// <script src="https://…/widget.js" data-label="…" data-position="left" data-color="#0b4a94" defer>
// Everything is drawn inside a shadow tree: no style gets out or in, nothing is stored, no cookie.
(() => {
  "use strict";

  const script = document.currentScript;
  if (!script || document.querySelector("hoidap-chat")) return;
  const chat = new URL("chat/?embed=1", script.src);
  const PATIENCE = 8000; // ms until it is said that the chat does not come
  const TITLE = "Hỏi đáp dịch vụ công số";
  const label = (script.dataset.label || "").trim().slice(0, 40) || "Hỏi đáp dịch vụ công";
  const side = script.dataset.position === "left" ? "left" : "right";
  const wanted = script.dataset.color || "";
  const color = /^#[0-9a-f]{6}$/i.test(wanted) ? wanted : "#0b4a94";

  // Black or white, whichever is easier to read on the colour (WCAG's relative luminance).
  function readableOn(background) {
    const parts = [1, 3, 5].map((at) => parseInt(background.slice(at, at + 2), 16) / 255);
    const linear = parts.map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    const light = linear[0] * 0.2126 + linear[1] * 0.7152 + linear[2] * 0.0722;
    return light > 0.179 ? "#000" : "#fff";
  }

  const STYLE = `
    :host { all: initial !important; position: fixed !important; z-index: 2147483000 !important;
      inset: auto 16px 16px auto !important; display: block !important; }
    :host([data-side="left"]) { inset: auto auto 16px 16px !important; }
    * { box-sizing: border-box; }
    button, .bar a { font: 600 16px/1.3 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      cursor: pointer; }
    :focus-visible { outline: 3px solid #fff; outline-offset: -5px; box-shadow: 0 0 0 3px #000; }
    .launcher { display: flex; align-items: center; gap: 10px; min-height: 56px; padding: 8px 20px 8px 16px;
      border: 0; border-radius: 28px; background: ${color}; color: ${readableOn(color)};
      box-shadow: 0 2px 10px #0006; text-align: left; }
    svg { flex: none; width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 2;
      stroke-linecap: round; stroke-linejoin: round; }
    .panel { position: fixed; right: 16px; bottom: 84px; display: flex; flex-direction: column;
      width: 400px; max-width: calc(100vw - 32px); height: 640px; max-height: calc(100vh - 100px);
      max-height: calc(100dvh - 100px); overflow: hidden; border-radius: 14px; background: #fff;
      box-shadow: 0 0 0 1px #0003, 0 8px 36px #0006; }
    :host([data-side="left"]) .panel { right: auto; left: 16px; }
    .panel[hidden] { display: none; }
    .bar { display: flex; align-items: center; gap: 4px; padding: 4px 4px 4px 16px; background: ${color};
      color: ${readableOn(color)}; font: 600 16px/1.3 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    .bar span { flex: 1; min-width: 0; font-size: 15px; }
    .bar a { font-weight: 400; white-space: nowrap; }
    .late { margin: 0; padding: 12px 16px; background: #fff6e5; color: #16202b;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    .bar a, .bar button { flex: none; display: flex; align-items: center; justify-content: center; min-width: 44px; min-height: 44px;
      padding: 4px 10px; border: 0; border-radius: 10px; background: transparent; color: inherit;
      font-size: 15px; text-underline-offset: 3px; }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: #f4f6f9; }
    @media (max-width: 480px), (max-height: 480px) {
      :host([data-open]) .launcher { visibility: hidden; }
      .panel, :host([data-side="left"]) .panel { inset: 0; width: auto; max-width: none; height: auto;
        max-height: none; border-radius: 0; }
    }
    @media (forced-colors: active) { .launcher, .panel { border: 2px solid; } }
    @media print { :host { display: none !important; } }
  `;

  function dressed(root) {
    try {
      const sheet = new CSSStyleSheet(); // a strict policy of the host page does not forbid this
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } catch (_) {
      const style = document.createElement("style"); // browsers from before 2023
      style.textContent = STYLE;
      root.append(style);
    }
  }

  function drawing(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function start() {
    const host = document.createElement("hoidap-chat");
    const root = host.attachShadow({ mode: "open" });
    host.dataset.side = side;
    host.lang = "vi";
    dressed(root);

    const launcher = element(
      "button",
      { type: "button", className: "launcher" },
      drawing("M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM8.5 10.5l2.5 2.5 4.5-4.5"),
      element("span", { textContent: label })
    );
    launcher.setAttribute("aria-expanded", "false");
    launcher.setAttribute("aria-controls", "panel");

    const alone = element("a", { href: new URL("./", script.src).href, target: "_blank", rel: "noopener",
      textContent: "Mở trang riêng" });
    const away = element("button", { type: "button" }, drawing("M6 6l12 12M18 6L6 18"));
    away.setAttribute("aria-label", "Đóng hỏi đáp");
    const bar = element("div", { className: "bar" }, element("span", { textContent: TITLE }), alone, away);
    const panel = element("div", { id: "panel", className: "panel", hidden: true }, bar);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", TITLE);
    const region = element("section", {}, launcher, panel);
    region.setAttribute("aria-label", "Hỏi đáp");
    root.append(region);
    document.body.append(host);

    let frame = null;
    const late = element("p", { className: "late", hidden: true });
    late.setAttribute("role", "status");
    panel.append(late);

    // A server that is down, or a page that is not on its list: the browser shows an empty frame.
    function waitForChat() {
      const timer = setTimeout(() => {
        late.textContent = `Chưa mở được hỏi đáp ở đây. Bạn bấm “${alone.textContent}” ở trên.`;
        late.hidden = false;
      }, PATIENCE);
      return () => {
        clearTimeout(timer);
        late.hidden = true;
      };
    }
    let arrived = () => {};
    let there = false;

    function open() {
      panel.hidden = false;
      host.dataset.open = "";
      launcher.setAttribute("aria-expanded", "true");
      if (there) return frame.focus();
      arrived();
      if (frame) frame.remove(); // it did not come when the panel was open last: it is asked for anew
      frame = element("iframe", { title: "Trò chuyện hỏi đáp dịch vụ công", referrerPolicy: "no-referrer",
        allow: `microphone; clipboard-write${navigator.share ? "; web-share" : ""}`, src: chat.href });
      arrived = waitForChat();
      panel.append(frame);
      away.focus(); // until the chat is there
    }

    function close() {
      panel.hidden = true;
      delete host.dataset.open;
      launcher.setAttribute("aria-expanded", "false");
      launcher.focus();
    }

    launcher.addEventListener("click", () => (panel.hidden ? open() : close()));
    away.addEventListener("click", close);
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden) close();
    });
    window.addEventListener("message", (event) => {
      if (!frame || event.source !== frame.contentWindow || event.origin !== chat.origin) return;
      const said = event.data && event.data.hoidap;
      if (said === "ready") {
        arrived();
        there = true;
        if (root.activeElement) frame.focus(); // not if the reader has gone on to something else
      }
      if (said === "close" && !panel.hidden) close();
    });
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
