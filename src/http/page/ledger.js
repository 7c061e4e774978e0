// SPDX-License-Identifier: BSD-3-Clause
// The ledger as a flow: arrived → decoded → delivered, and between them everything that left the
// way by name. The page adds up for itself what flowd says; a sum that is off is shown in red.

/// What left between two stations, as rows of {name, count, kind}.
function datagramExits(totals) {
  return namedDrops(totals.drops?.datagrams).concat(totals.parked
      ? [{name: "waiting for a template", count: totals.parked, kind: "flight"}] : []);
}

/// The largest first.
function namedDrops(counts) {
  return Object.entries(counts ?? {}).map(([name, count]) => ({name, count, kind: "drop"}))
      .sort((a, b) => b.count - a.count);
}

function flowExits(totals) {
  const exits = namedDrops(totals.drops?.flows);
  const places = [["ring", "in rings"], ["transport", "in transports"], ["spool", "in spools"]];
  for (const [key, name] of places) {
    const count = totals.in_flight?.[key] ?? 0;
    if (count) exits.push({name, count, kind: "flight"});
  }
  return exits;
}

class Ledger {
  /// scope: "box" or "exporter"; only of the box the page knows how fast each name grows.
  constructor(scope = "box") {
    this.scope = scope;
    this.stations = {};
    this.exits = {};
    this.node = element("div", {class: "ledger"},
        this.station("arrived", "Arrived"), this.exit("datagrams", "Left before decoding"),
        this.station("decoded", "Decoded"), this.exit("flows", "Left before delivery"),
        this.station("delivered", "Delivered"));
    this.upstream = element("span", {class: "n"});
    this.upstreamLine = element("p", {class: "loss upstream", title: "By sequence numbers, in " +
                                      "the units of each protocol: datagrams or flows"},
                                this.upstream, " lost upstream");
    this.stations.arrived.after(this.upstreamLine);
    this.sums = element("ul", {class: "sums", "aria-label": "Do the sums add up?"});
    this.whole = element("div", {}, this.node, this.sums);
  }

  station(name, title) {
    const lines = element("div", {class: "station-lines"});
    this.stations[name] = lines;
    return element("div", {class: "station"}, element("h3", {}, title), lines);
  }

  exit(name, title) {
    const list = element("ul", {"aria-label": title});
    const total = element("p", {class: "exit-total"});
    this.exits[name] = {list, total};
    return element("div", {class: "exit"}, element("span", {class: "arrow", "aria-hidden": "true"}),
                   list, total);
  }

  update(totals) {
    this.fill("arrived", [[totals.datagrams, "datagrams"], [totals.payload_bytes, "bytes"]]);
    const lost = totals.sequence?.lost ?? 0;
    show(this.upstreamLine, lost > 0);
    setNumber(this.upstream, lost, exact);
    const decoded = [[totals.decoded, "datagrams"], [totals.flows, "flows"]];
    if (totals.offered !== totals.flows) decoded.push([totals.offered, "offered to transports"]);
    if (totals.restored) decoded.push([totals.restored, "restored from spools"]);
    this.fill("decoded", decoded);
    this.fill("delivered", [[totals.delivered, "flows"]]);
    this.leave("datagrams", datagramExits(totals), totals.datagrams);
    this.leave("flows", flowExits(totals), totals.offered + (totals.restored ?? 0));
    this.addUp(totals);
  }

  fill(name, lines) {
    keyed(this.stations[name], lines, ([, unit]) => unit,
          ([, unit]) => element("p", {}, element("b", {class: "n"}), " ",
                                element("span", {class: "label"}, unit)),
          (node, [count, unit]) => {
            const big = unit === "bytes" ? (value) => shortUnit(value, "B") : exact;
            setNumber(node.firstElementChild, count, big, unit);
            show(node.lastElementChild, unit !== "bytes");
          });
  }

  leave(name, exits, of) {
    const {list, total} = this.exits[name];
    keyed(list, exits, (row) => row.name,
          (row) => element("li", {class: row.kind, "data-name": row.name},
                           element("span", {class: "label"}, words(row.name)), " ",
                           element("span", {class: "rate n"}), element("b", {class: "n"})),
          (node, row) => {
            const rate = this.scope === "box" ? feed.history.named[row.name] ?? 0 : 0;
            setText(node.children[1], rate > 0 ? perSecond(rate) : "");
            setNumber(node.lastElementChild, row.count, exact);
          });
    const left = exits.reduce((sum, row) => sum + row.count, 0);
    const dropped = exits.filter((row) => row.kind === "drop")
        .reduce((sum, row) => sum + row.count, 0);
    setText(total, left === 0 ? "nothing dropped"
        : dropped === 0 ? "nothing dropped" : `${share(dropped / Math.max(1, of))} dropped`);
    setClass(total, "bad", dropped > 0);
  }

  addUp(totals) {
    const datagrams = this.equation("arrived", totals.datagrams,
        [[totals.decoded, "decoded"], [sumOf(totals.drops?.datagrams), "dropped"],
         [totals.parked, "waiting"]]);
    const restored = totals.restored ?? 0;
    const flows = this.equation(restored ? "offered and restored" : "offered",
        totals.offered + restored,
        [[totals.delivered, "delivered"], [sumOf(totals.drops?.flows), "dropped"],
         [sumOf(totals.in_flight), "in flight"]]);
    keyed(this.sums, [{...datagrams, unit: "Datagrams"}, {...flows, unit: "Flows"}],
          (sum) => sum.unit,
          (sum) => element("li", {}, element("span", {class: "label"}, sum.unit + ": "),
                           element("span", {class: "n"}), " ", element("b")),
          (node, sum) => {
            setText(node.children[1], sum.text);
            setText(node.lastElementChild,
                    sum.lack === 0 ? "✓ adds up" : `✗ ${exact(Math.abs(sum.lack))} ` +
                    (sum.lack > 0 ? "unaccounted for" : "too many"));
            setClass(node, "bad", sum.lack !== 0);
          });
  }

  equation(name, whole, parts) {
    const lack = parts.reduce((rest, [count]) => rest - count, whole);
    const text = `${exact(whole)} ${name} = ` +
        parts.map(([count, part]) => `${exact(count)} ${part}`).join(" + ");
    return {lack, text};
  }
}
