// SPDX-License-Identifier: BSD-3-Clause
// The keyboard: single keys where nobody types, `g` and a letter to go somewhere.

const places = {o: "#/", e: "#/exporters", d: "#/drops", t: "#/templates", c: "#/configuration"};
const keyHelp = [
  ["/", "search"], ["g o", "overview"], ["g e", "exporters"], ["g d", "drops"],
  ["g t", "templates"], ["g c", "configuration"], ["p", "pause, go on"], ["t", "dark or light"],
  ["↑ ↓", "in the table: choose an exporter"], ["Enter", "open it"],
  ["PgUp PgDn", "in the table: turn pages"], ["← →", "in a chart: move through time"],
  ["Esc", "leave the search, close this"], ["?", "this help"],
];

let goingUntil = 0;

function isTyping(target) {
  return target instanceof HTMLInputElement && target.type !== "checkbox" ||
      target instanceof HTMLTextAreaElement;
}

function focusSearch() {
  const search = byId("search");
  if (search) {
    search.focus();
    search.select();
  } else {
    searchNext = true;
    location.hash = "#/exporters";
  }
}

let searchNext = false;

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    if (event.key === "ArrowDown") document.querySelector("tbody a[tabindex='0']")?.focus();
    return;
  }
  if (byId("help").open) {
    if (event.key === "?") byId("help").close();
    return;
  }
  if (Date.now() < goingUntil && places[event.key]) {
    goingUntil = 0;
    location.hash = places[event.key];
  } else if (event.key === "g") {
    goingUntil = Date.now() + 1500;
  } else {
    const action = {"/": focusSearch, p: togglePause, t: toggleTheme,
                    "?": () => byId("help").showModal()}[event.key];
    if (!action) return;
    action();
  }
  event.preventDefault();
}

function startKeys() {
  document.addEventListener("keydown", onKey);
  const help = byId("help");
  byId("help-list").replaceChildren(...keyHelp.map(([key, meaning]) => element(
      "div", {}, element("dt", {}, key.split(" ").map((each) => [element("kbd", {}, each), " "])),
      element("dd", {}, meaning))));
  byId("help-open").addEventListener("click", () => help.showModal());
  byId("help-close").addEventListener("click", () => help.close());
}
