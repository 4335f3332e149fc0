// What has to be known before the first paint. Keep in step with web/src/lib/theme.ts and web/src/lib/language.ts.
(function () {
  var page = document.documentElement;

  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      // Storage can be switched off; the system's choice then stands.
      return null;
    }
  }

  var theme = stored("galley.theme");
  var dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  page.classList.toggle("dark", dark);

  // Of each language but English the build writes here where its catalogue is.
  var catalogues = document.currentScript.dataset;
  var wanted = [stored("galley.language")].concat(navigator.languages).filter(Boolean);
  for (var tag of wanted) {
    var language = tag.split("-")[0].toLowerCase();
    if (language !== "en" && !(language in catalogues)) continue;
    page.lang = language;
    break;
  }
  // Beside the dashboard itself, not after it: its first words wait for them.
  var catalogue = catalogues[page.lang];
  if (!catalogue) return;
  var link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = catalogue;
  document.head.append(link);
})();
