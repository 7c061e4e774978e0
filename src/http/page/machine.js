// SPDX-License-Identifier: BSD-3-Clause
// The machine: RX workers and how busy they are, transports and what waits for them, ports and
// memory. Each part is built once and filled once a second.

/// A table whose cells are described by columns: {label, class, title, make(), fill(node, row)};
/// one with ifAny(row) is there only when it is true of some row.
class FilledTable {
  constructor(label, columns, keyOf, className) {
    this.columns = columns;
    this.keyOf = keyOf;
    const {node, body} = table(label, columns, className);
    this.body = body;
    this.heads = node.tHead.rows[0].children;
    this.node = scroller(label, node);
  }

  update(rows) {
    const unused = this.columns.map((column) => column.ifAny && !rows.some(column.ifAny));
    unused.forEach((isUnused, index) => show(this.heads[index], !isUnused));
    keyed(this.body, rows, this.keyOf,
          () => rowOf(this.columns),
          (node, row) => this.columns.forEach((column, index) => {
            const place = node.children[index];
            show(place, !unused[index]);
            column.fill(column.make ? place.firstElementChild : place, row);
          }));
  }
}

function numberColumn(label, field, render = short, title = undefined) {
  const value = typeof field === "function" ? field : (row) => row[field];
  return {label, title, class: "number", fill: (node, row) => setNumber(node, value(row), render)};
}

function barColumn(label, part, text, limits) {
  return {label, class: "bar-cell",
          make: () => element("span", {class: "bar-and-number"}, bar(), element("span", {
            class: "n"})),
          fill: (node, row) => {
            setBar(node.firstElementChild, part(row), limits);
            text(node.lastElementChild, row);
          }};
}

function evicted(row) {
  return row.exporters_evicted + row.domains_evicted + row.templates_evicted;
}

function workersTable() {
  return new FilledTable("RX workers", [
    {label: "Worker", head: true, fill: (node, row) => setText(node, row.worker)},
    {label: "CPU", class: "number",
     fill: (node, row) => setText(node, row.cpu < 0 ? "any" : row.cpu)},
    barColumn("Busy", (row) => row.busy, (node, row) => setNumber(node, row.busy, share)),
    numberColumn("Datagrams/s", "datagrams_per_second"),
    numberColumn("Flows/s", "flows_per_second"),
    numberColumn("Missed", "missed", short, "Lost before flowd saw them"),
    numberColumn("Exporters", "exporters"),
    numberColumn("Templates", "templates"),
    {...numberColumn("Forwarded", "forwarded", short, "To the worker that owns their exporter"),
     ifAny: (row) => row.forwarded > 0},
    {...numberColumn("Fragments", "fragments", short, "Of datagrams that came in parts"),
     ifAny: (row) => row.fragments > 0},
    {...numberColumn("Bad checksums", "checksums_bad"), ifAny: (row) => row.checksums_bad > 0},
    {...numberColumn("Evicted", evicted, short,
                     "Exporters, domains and templates that made room for others"),
     ifAny: (row) => evicted(row) > 0},
  ], (row) => row.worker);
}

function fullestRing(transport) {
  return (transport.rings ?? []).reduce((worst, ring) =>
    ring.batches / Math.max(1, ring.capacity) > worst.batches / Math.max(1, worst.capacity)
        ? ring : worst, {batches: 0, capacity: 0, rx: 0});
}

function transportsTable() {
  return new FilledTable("Transports", [
    {label: "Transport", head: true,
     fill: (node, row) => setText(node, row.name === row.kind ? row.name
         : `${row.name} (${row.kind})`)},
    {label: "State", make: () => badge(""), fill: (node, row) => setBadge(node, row.state)},
    numberColumn("Delivered/s", "delivered_per_second"),
    barColumn("Fullest ring", (row) => {
      const ring = fullestRing(row);
      return ring.batches / Math.max(1, ring.capacity);
    }, (node, row) => {
      const ring = fullestRing(row);
      setText(node, `${short(ring.batches)} / ${short(ring.capacity)}`);
      setAttribute(node, "title", `batches, of RX worker ${ring.rx}`);
    }, [0.5, 0.85]),
    numberColumn("In rings", "in_ring"),
    numberColumn("In flight", "in_flight", short, "Taken, not yet acknowledged"),
    {...numberColumn("Spooled", "spooled", short, "On disk now"),
     ifAny: (row) => row.spooled > 0 || row.restored > 0},
    numberColumn("Bytes", "bytes", (value) => shortUnit(value, "B")),
    {label: "Dropped", class: "number", fill: (node, row) => {
      const drops = Object.entries(row.drops ?? {});
      setNumber(node, sumOf(row.drops));
      if (drops.length) {
        setAttribute(node, "title", drops.map(([name, count]) =>
          `${words(name)}: ${exact(count)}`).join("\n"));
      }
      setClass(node, "bad", drops.length > 0);
    }},
  ], (row) => row.name);
}

/// Numbers that somebody else named: a list that is closed until somebody asks for it.
class NumberList {
  constructor(title) {
    this.list = element("dl", {class: "numbers"});
    this.summary = element("summary", {});
    this.title = title;
    this.node = element("details", {}, this.summary, this.list);
  }

  update(numbers) {
    const rows = Object.entries(numbers ?? {}).filter(([, value]) => value !== 0);
    show(this.node, rows.length > 0);
    setText(this.summary, `${this.title} (${rows.length})`);
    if (!this.node.open) return;
    keyed(this.list, rows, ([name]) => name,
          ([name]) => element("div", {}, element("dt", {}, name), element("dd", {class: "n"})),
          (node, [, value]) => setNumber(node.lastElementChild, value));
  }
}

class NumberLists {
  constructor() {
    this.node = element("div", {class: "lists"});
    this.lists = new Map();
  }

  update(titled) {
    for (const [title, numbers] of titled) {
      if (!this.lists.has(title)) {
        const list = new NumberList(title);
        this.lists.set(title, list);
        this.node.append(list.node);
      }
      this.lists.get(title).update(numbers);
    }
  }
}

function portsTable() {
  const counter = (name) => (row) => row.counters?.[name] ?? null;
  return new FilledTable("Ports", [
    {label: "Port", head: true, fill: (node, row) => setText(node, row.name)},
    {label: "Driver", fill: (node, row) => setText(node, row.driver)},
    {label: "Link", make: () => badge(""),
     fill: (node, row) => setBadge(node, row.up ? "up" : "down")},
    {label: "Speed", class: "number", fill: (node, row) => setText(
        node, row.speed_mbps ? shortUnit(row.speed_mbps * 1e6, "bit/s") : "–")},
    numberColumn("Packets", counter("ipackets")),
    numberColumn("Bytes", counter("ibytes"), (value) => shortUnit(value, "B")),
    numberColumn("Missed", counter("imissed"), short, "The NIC had no free descriptor"),
    numberColumn("No buffer", counter("rx_nombuf"), short, "The mempool was empty"),
    numberColumn("Errors", counter("ierrors")),
  ], (row) => row.name);
}

function mempoolsTable() {
  return new FilledTable("Memory pools", [
    {label: "Pool", head: true, fill: (node, row) => setText(node, row.name)},
    barColumn("In use", (row) => row.in_use / Math.max(1, row.size),
              (node, row) => setNumber(node, row.in_use / Math.max(1, row.size), share)),
    numberColumn("Buffers", "in_use"),
    numberColumn("Of", "size"),
  ], (row) => row.name);
}

class Machine {
  constructor() {
    this.workers = workersTable();
    this.transports = transportsTable();
    this.ports = portsTable();
    this.mempools = mempoolsTable();
    this.statistics = new NumberLists();
    this.xstats = new NumberLists();
    this.shard = element("p", {class: "hint"});
    this.busiest = new Chart({title: "Busiest worker", unit: "of its time, last ten minutes",
                              format: share, fixedTop: 1,
                              series: [{label: "busy", tone: "first",
                                        value: (point) => point.busy}]});
    this.portsPanel = panel("Ports", {}, this.ports.node, this.xstats.node);
    this.mempoolsPanel = panel("Memory pools", {}, this.mempools.node);
    this.node = element("div", {class: "columns"},
        element("div", {class: "column"},
                panel("RX workers", {}, this.workers.node, this.shard,
                      element("div", {class: "below"}, this.busiest.node)), this.portsPanel),
        element("div", {class: "column"},
                panel("Transports", {}, this.transports.node, this.statistics.node),
                this.mempoolsPanel));
  }

  update(status) {
    this.workers.update(status.rx ?? []);
    this.busiest.update(feed.history.points);
    this.transports.update(status.transports ?? []);
    this.statistics.update((status.transports ?? []).map((each) =>
      [`${each.name}: statistics`, each.statistics]));
    const {moves = 0, splits = 0} = status.shard ?? {};
    show(this.shard, moves > 0 || splits > 0);
    setText(this.shard, `Rebalanced: ${counted(moves, "exporter")} moved, ` +
            `${counted(splits, "split")} between workers.`);
    show(this.portsPanel, (status.ports ?? []).length > 0);
    this.ports.update(status.ports ?? []);
    this.xstats.update((status.ports ?? []).flatMap((port) =>
      [[`${port.name}: all counters`, port.xstats], [`${port.name}: answered`, port.answers]]));
    show(this.mempoolsPanel, (status.mempools ?? []).length > 0);
    this.mempools.update(status.mempools ?? []);
  }

  close() {
    this.busiest.close();
  }
}
