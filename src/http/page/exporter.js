// SPDX-License-Identifier: BSD-3-Clause
// One exporter's X-ray: the diagnosis first, then what it was made from.

const exporterSeconds = 120;

function domainColumns() {
  return [
    {label: "Domain", head: true, fill: (node, row) => setText(node, row.id)},
    {label: "Protocol", fill: (node, row) => setText(node, row.protocol)},
    numberColumn("Flows/s", (row) => row.rates.flows),
    numberColumn("Datagrams/s", (row) => row.rates.datagrams),
    numberColumn("Lost", (row) => row.totals.sequence.lost),
    {label: "Dropped", class: "number", fill: (node, row) => {
      const dropped = row.totals.datagrams_dropped + row.totals.flows_dropped;
      setNumber(node, dropped);
      setClass(node, "bad", dropped > 0);
    }},
    {label: "Sampling", fill: (node, row) => {
      const sampling = row.sampling ?? {};
      setText(node, samplingText(sampling) === "–" ? "unknown"
          : `${samplingText(sampling)} (${sampling.source})`);
      setAttribute(node, "title", (sampling.samplers ?? []).map((each) =>
        `sampler ${each.id}: 1 in ${exact(each.rate)}`).join("\n") || null);
    }},
    {label: "Clock", fill: (node, row) => {
      setText(node, row.skew ? skewText(row.skew) : "–");
      setAttribute(node, "title", skewRange(row.skew) || null);
    }},
    numberColumn("Templates", "templates"),
    {label: "Last seen", class: "number", make: () => element("time"),
     fill: (node, row) => setAgo(node, exporters.now, row.last_seen)},
  ];
}

class Exporter {
  constructor([address, port]) {
    this.address = address;
    this.port = port;
    this.title = exporterAddress({address, port});
    this.points = [];
  }

  get path() {
    return `api/exporters/${encodeAddress(this.address)}` +
        (this.port ? `?port=${encodeURIComponent(this.port)}` : "");
  }

  open(root) {
    this.state = badge("");
    this.seen = element("p", {class: "hint"});
    this.gone = element("p", {class: "notice", role: "status", hidden: true});
    this.findings = element("ul", {class: "findings", "aria-label": "Diagnosis"});
    this.healthy = element("p", {class: "healthy"});
    this.facts = new Facts("What flowd observed");
    this.sequence = new Facts("Sequence numbers");
    this.ledger = new Ledger("exporter");
    this.domains = new FilledTable("Observation domains", domainColumns(),
                                   (row) => `${row.version}/${row.id}`);
    this.deviations = element("ul", {class: "deviations"});
    this.deviationsPanel = panel("Deviations from the standard", {}, this.deviations);
    this.templates = new TemplateList({withExporter: false});
    this.noTemplates = element("p", {class: "hint"},
                               "None: its protocol needs none, or none has been announced yet.");
    this.charts = this.makeCharts();
    this.body = element("div", {class: "body"}, this.parts());
    append(root, [
      element("p", {class: "back"}, element("a", {href: "#/exporters"}, "← All exporters")),
      element("div", {class: "title-line"}, element("h1", {class: "address"}, this.title),
              this.state, this.seen),
      this.gone, this.body]);
  }

  makeCharts() {
    const make = (title, unit, label, tone, value, whole) => new Chart(
        {title, unit, format: short, seconds: exporterSeconds, whole,
         series: [{label, tone, value}]});
    return [make("Flows", "flows/s", "decoded", "first", (point) => point.flows),
            make("Lost upstream", "units/s", "by sequence numbers", "loss",
                 (point) => point.sequence_lost, true),
            make("Drops", "per second", "all", "drop",
                 (point) => point.datagrams_dropped + point.flows_dropped, true)];
  }

  parts() {
    return [
      panel("Diagnosis", {class: "diagnosis"}, this.findings, this.healthy),
      element("div", {class: "columns"},
              panel("Observed", {}, this.facts.node),
              panel("Sequence numbers", {}, this.sequence.node)),
      panel("Rates since you opened this page", {class: "charts-panel"},
            element("div", {class: "charts"}, this.charts.map((chart) => chart.node))),
      panel("Ledger", {}, this.ledger.whole),
      panel("Observation domains", {}, this.domains.node),
      this.deviationsPanel,
      panel("Templates", {}, this.templates.node, this.noTemplates),
      element("p", {class: "hint"}, "To look at its datagrams: ",
              element("code", {}, `flowctl capture ${this.address} --seconds 10 --out ` +
                      "exporter.pcapng"))];
  }

  async refresh() {
    const answer = await ask(this.path);
    const {exporter} = answer;
    exporters.now = answer.time;
    show(this.gone, false);
    show(this.body, true);
    setBadge(this.state, exporter.state);
    this.fillSeen(answer);
    showFindings(this.findings, answer.findings ?? []);
    const healthy = (answer.findings ?? []).length === 0;
    show(this.healthy, healthy);
    setText(this.healthy, exporter.address === "other"
        ? "These are all senders that have no row of their own."
        : exporter.state === "silent"
        ? "Silent: it has sent nothing for longer than it usually does. Before, nothing was wrong."
        : "Healthy: flowd finds nothing wrong with what this exporter sends.");
    this.facts.update(xrayFacts(answer));
    this.sequence.update([
      exporter.loss_share === null
          ? ["Share lost", "not known", "its numbers cannot be trusted, see the diagnosis"]
          : ["Share lost", share(exporter.loss_share), "of all that it has numbered"],
      ...sequenceFacts(exporter.totals.sequence)]);
    this.ledger.update(exporter.totals);
    this.domains.update(answer.domains ?? []);
    this.fillDeviations(answer.xray?.deviations ?? []);
    this.templates.update(answer.templates ?? [], answer.time);
    show(this.noTemplates, !(answer.templates ?? []).length);
    this.addPoint(answer);
  }

  fillSeen({time, exporter}) {
    setText(this.seen, [(exporter.protocols ?? []).join(", "),
                        `last seen ${ago(time, exporter.last_seen)}`,
                        `known since ${absolute(exporter.first_seen)}`]
        .filter(Boolean).join(" · "));
    setAttribute(this.seen, "title", `last seen ${absolute(exporter.last_seen)}`);
  }

  fillDeviations(deviations) {
    show(this.deviationsPanel, deviations.length > 0);
    keyed(this.deviations, deviations, (row) => row.code,
          () => element("li", {}, element("span"), " ", element("b", {class: "n"})),
          (node, row) => {
            setText(node.firstElementChild, row.sentence);
            setNumber(node.lastElementChild, row.count, (count) => `${exact(count)}×`);
          });
  }

  addPoint({time, exporter}) {
    if (time <= (this.points.at(-1)?.time ?? 0)) return;
    this.points.push({time, ...exporter.rates});
    while (this.points[0].time < time - exporterSeconds) this.points.shift();
    for (const chart of this.charts) chart.update(this.points);
  }

  refused(error) {
    show(this.gone, true);
    show(this.body, false);
    setText(this.gone, error.code === 404
        ? `flowd does not know ${this.title}: it has sent nothing, or was forgotten to make room.`
        : error.message);
    setBadge(this.state, "");
    setText(this.seen, "");
  }

  close() {
    for (const chart of this.charts) chart.close();
  }
}
