// SPDX-License-Identifier: BSD-3-Clause
// Findings: what is wrong, as a sentence, and what to do about it. Severity is a word, not only a
// colour.

const severityWords = {error: "Error", warning: "Warning", note: "Note"};

function findingNode() {
  return element("li", {class: "finding"}, element("span", {class: "severity"}),
                 element("div", {}, element("p", {class: "sentence"}),
                         element("p", {class: "action"})));
}

function fillFinding(node, finding) {
  setAttribute(node, "class", `finding ${finding.severity}`);
  setAttribute(node, "data-code", finding.code);
  setText(node.firstElementChild, severityWords[finding.severity] ?? finding.severity);
  const [cause, action] = node.lastElementChild.children;
  setText(cause, finding.sentence);
  setText(action, finding.action);
  show(action, Boolean(finding.action));
}

function showFindings(list, findings) {
  keyed(list, findings, (finding, index) => `${finding.code}/${index}`, findingNode, fillFinding);
}

/// A short word with a colour: the state of an exporter, a transport, flowd.
const stateTones = {ok: "good", healthy: "good", up: "good", collecting: "good", silent: "quiet",
                    closed: "quiet", starting: "warning", draining: "warning", slow: "warning",
                    spooling: "warning", warning: "warning", dropping: "error", error: "error",
                    failing: "error", down: "error", "no answer": "error",
                    "not allowed": "error"};

function badge(state) {
  return setBadge(element("span"), state);
}

function setBadge(node, state) {
  setAttribute(node, "class", `badge ${stateTones[state] ?? "quiet"}`);
  return setText(node, state);
}

/// A bar beside its number; the number is what counts, so the bar is hidden from readers.
function bar() {
  return element("span", {class: "bar", "aria-hidden": "true"}, element("span"));
}

function setBar(node, part, limits = [0.75, 0.9]) {
  const size = Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0;
  node.firstElementChild.style.width = `${(size * 100).toFixed(1)}%`;
  setAttribute(node, "class",
               `bar ${size >= limits[1] ? "error" : size >= limits[0] ? "warning" : ""}`.trim());
  return node;
}
