// SPDX-License-Identifier: BSD-3-Clause
// The first thing that an operator sees: what is wrong, the last ten minutes, the ledger, the
// exporters that need somebody, the machine.

const attentionRows = 8;
const dropTones = ["drop", "loss", "violet", "second"];

function boxCharts() {
  const value = (field) => (point) => point[field];
  return {
    flows: new Chart({title: "Flows", unit: "flows/s", format: short,
                      series: [{label: "decoded", value: value("flows"), tone: "first"},
                               {label: "delivered", value: value("delivered"), tone: "second"}]}),
    datagrams: new Chart({title: "Datagrams", unit: "datagrams/s", format: short,
                          series: [{label: "arrived", value: value("datagrams"), tone: "first"}]}),
    bits: new Chart({title: "Payload", unit: "bit/s", format: short,
                     series: [{label: "received", value: (point) => point.payload_bytes * 8,
                               tone: "first"}]}),
    drops: new Chart({title: "Drops", unit: "per second", format: short, whole: true, series: []}),
    lost: new Chart({title: "Lost upstream", unit: "units/s", format: short,
                     whole: true,
                     series: [{label: "by sequence numbers", value: value("sequence_lost"),
                               tone: "loss"}]}),
    inFlight: new Chart({title: "In flight", unit: "flows", format: short, whole: true,
                         series: [{label: "in rings, transports, spools",
                                   value: value("in_flight"), tone: "violet"}]}),
  };
}

/// All drops, and the largest by name for as long as the page has been open.
function dropSeries(history) {
  const all = {label: "all", tone: "drop",
               value: (point) => point.datagrams_dropped + point.flows_dropped};
  const named = history.dropNames(dropTones.length - 1).map((name, index) => (
    {label: words(name), tone: dropTones[index + 1],
     value: (point) => point.named ? point.named[name] ?? 0 : undefined}));
  return [all, ...named];
}

function attentionTable() {
  return new FilledTable("Exporters that need attention", [
    {label: "Exporter", head: true, make: () => element("a", {class: "address"}),
     fill: (node, row) => fillExporterLink(node, row)},
    {label: "State", make: () => badge(""), fill: (node, row) => setBadge(node, row.state)},
    numberColumn("Flows/s", (row) => row.rates.flows),
    {label: "Diagnosis", class: "wide", fill: (node, row) => setText(node, row.diagnosis)},
  ], (row) => exporterKey(row), "stacks");
}

class Overview {
  title = "Overview";

  open(root) {
    this.problems = element("ul", {class: "findings", "aria-label": "Problems"});
    this.problemsPanel = panel("Problems", {class: "problems"}, this.problems);
    this.charts = boxCharts();
    this.ledger = new Ledger();
    this.attention = attentionTable();
    this.attentionHint = element("p", {class: "hint"});
    this.machine = new Machine();
    append(root, [
      this.problemsPanel,
      panel("Last ten minutes", {class: "charts-panel"}, element("div", {class: "charts"},
            Object.values(this.charts).map((chart) => chart.node))),
      panel("Ledger", {extra: element("a", {href: "#/drops"}, "All drops by name")},
            this.ledger.whole),
      panel("Exporters that need attention",
            {extra: element("a", {href: "#/exporters"}, "All exporters")},
            this.attention.node, this.attentionHint),
      this.machine.node,
    ]);
  }

  async refresh(status) {
    showFindings(this.problems, status.problems ?? []);
    show(this.problemsPanel, (status.problems ?? []).length > 0);
    for (const [name, chart] of Object.entries(this.charts)) {
      chart.update(feed.history.points,
                   name === "drops" ? dropSeries(feed.history) : chart.series);
    }
    this.ledger.update(status.totals);
    this.machine.update(status);
    await this.refreshAttention(status);
  }

  async refreshAttention(status) {
    const answer = await ask(`api/exporters?sort=findings&order=desc&limit=${attentionRows}`);
    const rows = answer.exporters.filter((row) => row.state !== "ok");
    this.attention.update(rows);
    show(this.attention.node, rows.length > 0);
    const ill = status.exporters?.with_findings ?? rows.length;
    const count = status.exporters?.count ?? answer.total;
    setText(this.attentionHint, count === 0
        ? "No exporter has sent anything yet."
        : rows.length === 0 ? `All ${exact(count)} exporters are healthy.`
        : `${exact(ill)} of ${counted(count, "exporter")} with findings, ` +
          `${exact(status.exporters?.silent ?? 0)} silent.`);
  }

  close() {
    for (const chart of Object.values(this.charts)) chart.close();
    this.machine.close();
  }
}
