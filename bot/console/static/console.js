// On a phone the menu begins closed; on a wide screen it is the bar itself.
(() => {
  const menu = document.querySelector("details.menu");
  const narrow = matchMedia("(max-width: 60rem)");
  const fit = () => { if (menu) menu.open = !narrow.matches; };
  fit();
  narrow.addEventListener("change", fit);
  // every request of htmx carries the login's own token
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('input[name="csrf"]');
    if (token) event.detail.headers["X-CSRF"] = token.value;
  });
})();
