// Keep in step with web/src/lib/theme.ts.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("galley.theme");
  } catch {
    // Storage can be switched off; the system's choice then stands.
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
