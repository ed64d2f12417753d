// Before anything is painted: the theme chosen last, else that of the system.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("sonic-theme"); } catch { /* a page from disk may keep nothing */ }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen ?? (dark ? "dark" : "light");
})();
