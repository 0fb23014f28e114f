// Beside the conversation: larger letters, sharing an answer, closing the frame on a host page.
(() => {
  "use strict";

  // Larger letters: remembered in this browser, for this site.
  const large = document.getElementById("large");
  const root = document.documentElement;

  function enlarge(on) {
    root.classList.toggle("large", on);
    large.setAttribute("aria-pressed", String(on));
    document.getElementById("text").dispatchEvent(new Event("input")); // its height follows
  }

  function remembered() {
    try {
      return localStorage.getItem("hoidap.large") === "1";
    } catch (_) {
      return false; // storage is blocked: the switch works until the next reload
    }
  }

  large.hidden = false;
  enlarge(remembered());
  large.addEventListener("click", () => {
    const on = !root.classList.contains("large");
    enlarge(on);
    try {
      localStorage.setItem("hoidap.large", on ? "1" : "0");
    } catch (_) {
      // as above
    }
  });

  // Sharing: the phone's own sheet where there is one, else a copy; else the link just opens.
  async function share(link) {
    const url = link.href;
    if (navigator.share) {
      try {
        await navigator.share({ title: link.dataset.title, url });
        return "";
      } catch (error) {
        if (error.name === "AbortError") return ""; // closed by the citizen, who wants no copy
      }
    }
    await navigator.clipboard.writeText(url);
    return "Đã chép đường dẫn. Bạn dán vào tin nhắn để gửi.";
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a.share");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const told = link.parentElement.querySelector("[role=status]");
    try {
      told.textContent = await share(link);
    } catch (_) {
      window.open(link.href, "_blank", "noopener");
    }
  });

  // In a frame of another page: that page hears that the chat is there, and that Esc shall close
  // it. The messages say nothing else, so whoever hears them may.
  if (document.body.classList.contains("embedded") && parent !== window) {
    const field = document.getElementById("text");
    const toField = () => document.activeElement === document.body && field.focus({ preventScroll: true });
    // with a keyboard one writes at once; on a phone the screen's own keyboard would cover the rest
    if (matchMedia("(hover: hover)").matches) window.addEventListener("focus", () => setTimeout(toField));
    // not before the last script has run: from then on Enter sends
    document.addEventListener("DOMContentLoaded", () => parent.postMessage({ hoidap: "ready" }, "*"));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
      parent.postMessage({ hoidap: "close" }, "*");
    });
  }
})();
