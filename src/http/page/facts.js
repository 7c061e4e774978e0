// SPDX-License-Identifier: BSD-3-Clause
// Facts: a name, a value, and what the value means, as a list that is filled again and again.

class Facts {
  constructor(label) {
    this.node = element("dl", {class: "facts", "aria-label": label});
  }

  /// rows: [name, text, hint, title]
  update(rows) {
    keyed(this.node, rows, ([name]) => name,
          ([name]) => element("div", {}, element("dt", {}, name), element("dd"),
                              element("dd", {class: "hint"})),
          (node, [, text, hint, title]) => {
            setText(node.children[1], text);
            setAttribute(node.children[1], "title", title);
            setText(node.children[2], hint ?? "");
            show(node.children[2], Boolean(hint));
          });
  }
}

function optionalDuration(seconds) {
  return seconds === null || seconds === undefined ? "not known yet" : duration(seconds);
}

function skewText(skew) {
  if (!skew) return "not told by this protocol";
  const size = Math.abs(skew.last_seconds);
  if (size < 1) return "in step";
  return `${duration(size)} ${skew.last_seconds > 0 ? "ahead" : "behind"}`;
}

function skewRange(skew) {
  return skew ? `${duration(skew.least_seconds)} to ${duration(skew.most_seconds)} so far` : "";
}

const samplingSources = {
  none: "it does not say; set it if it samples", options: "by its options records",
  configured: "as configured in flowd", header: "by the header of its datagrams",
  record: "by each flow record"};

/// One line where all domains agree; where they do not, the table of domains tells.
function samplingFact(domains) {
  const texts = new Set(domains.map(({sampling}) => samplingText(sampling)));
  const sources = new Set(domains.map(({sampling}) => sampling?.source ?? "none"));
  const [text = "–"] = texts;
  const [source = "none"] = sources;
  if (texts.size > 1) return ["Sampling", "differs between domains", "see its domains"];
  return ["Sampling", text === "–" ? "unknown" : text,
          sources.size > 1 ? "from several sources" : samplingSources[source] ?? source];
}

function xrayFacts(answer) {
  const {exporter, xray = {}} = answer;
  const flow = xray.flow_seconds ?? {};
  const samples = flow.samples ? `of ${counted(flow.samples, "flow")}` : "";
  return [
    samplingFact(answer.domains ?? []),
    ["Clock", skewText(exporter.skew), skewRange(exporter.skew),
     exporter.skew ? `${exact(exporter.skew.last_seconds)}${space}s` : null],
    ["Active timeout", optionalDuration(xray.active_timeout_seconds),
     "inferred from how long flows last"],
    ["Inactive timeout", optionalDuration(xray.inactive_timeout_seconds),
     "inferred from when idle flows are exported"],
    ["Flow length", flow.samples ? `median ${duration(flow.median)}` : "not known yet",
     flow.samples ? `longest ${duration(flow.most)}, ${samples}` : ""],
    ["Template refresh", optionalDuration(xray.template_refresh_seconds),
     "between two announcements"],
    ["Largest datagram", xray.payload_size_max
        ? `${exact(xray.payload_size_max)}${space}B` : "–", "UDP payload"],
    ["Fragments", xray.reassembled ? exact(xray.reassembled) : "none",
     xray.reassembled ? "datagrams came in fragments: lower the export MTU" : ""],
    ["Impossible times", xray.impossible_times ? exact(xray.impossible_times) : "none",
     xray.impossible_times ? "flows that end before they start, or in the future" : ""],
  ];
}

function sequenceFacts(sequence = {}) {
  const row = (name, count, hint) => [name, exact(count ?? 0), hint];
  return [
    row("Lost", sequence.lost, "numbers that never came"),
    row("Late", sequence.late, "came after their successors"),
    row("Duplicates", sequence.duplicates, "came twice"),
    row("Restarts", sequence.resets, "numbering began anew"),
    row("Unchecked", sequence.unchecked, "datagrams of streams that several workers share"),
  ];
}
