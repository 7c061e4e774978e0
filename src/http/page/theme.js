// SPDX-License-Identifier: BSD-3-Clause
// Dark or light: as the system says until somebody chooses; the choice is remembered.

const themeKey = "flowd-theme";

/// Storage may be forbidden; then a choice lasts as long as the page.
function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The page works without.
  }
}

function currentTheme() {
  return document.documentElement.dataset.theme ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function showTheme() {
  const other = currentTheme() === "dark" ? "light" : "dark";
  const button = byId("theme");
  setText(button, other === "dark" ? "Dark" : "Light");
  setAttribute(button, "aria-label", `Use the ${other} theme`);
}

function toggleTheme() {
  const theme = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  remember(themeKey, theme);
  showTheme();
}

function startTheme() {
  const chosen = remembered(themeKey);
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
  byId("theme").addEventListener("click", toggleTheme);
  showTheme();
}
