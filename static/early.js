// Before anything is painted: the colours that were chosen, and what of the first view does not hold here.
(() => {
  "use strict";
  const root = document.documentElement;
  // The address asks for another view than the one that this page carries.
  if (location.hash.length > 1) root.dataset.elsewhere = "";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const guide = localStorage.getItem("guide");
    if (guide === "folded") root.dataset.guide = guide;
  } catch {
    // A browser that keeps nothing for the page.
  }
})();
