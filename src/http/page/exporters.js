// SPDX-License-Identifier: BSD-3-Clause
// All exporters. flowd sorts, searches and cuts; the page shows a hundred at a time, so that ten
// thousand cost no more than a hundred.

const rowsPerPage = 100;

function exporterKey(row) {
  return row.port ? `${row.address}/${row.port}` : row.address;
}

function exporterAddress(row) {
  if (!row.port) return row.address;
  return row.address.includes(":") ? `[${row.address}]:${row.port}` : `${row.address}:${row.port}`;
}

/// Colons may stay in a path and in a fragment, and IPv6 is read with them.
function encodeAddress(address) {
  return encodeURIComponent(address).replaceAll("%3A", ":");
}

function exporterHash(row) {
  return `#/exporter/${encodeAddress(row.address)}${row.port ? `/${row.port}` : ""}`;
}

function fillExporterLink(node, row) {
  setAttribute(node, "href", exporterHash(row));
  return setText(node, exporterAddress(row));
}

function samplingText(sampling) {
  if (!sampling || sampling.source === "none" || !sampling.rate) return "–";
  return sampling.rate === 1 ? "every" : `1 : ${exact(sampling.rate)}`;
}

/// sort: flowd's name of the key; down: what a first click means.
const exporterColumns = [
  {label: "Exporter", sort: "address", first: "asc", class: "address-cell",
   fill: (node, row) => fillExporterLink(node, row), head: true,
   make: () => element("a", {class: "address", tabindex: "-1"})},
  {label: "State", sort: "findings", make: () => badge(""),
   fill: (node, row) => setBadge(node, row.state)},
  {label: "Protocols", sort: "protocols", first: "asc", class: "minor",
   fill: (node, row) => setText(node, (row.protocols ?? []).join(", "))},
  {...numberColumn("Flows/s", (row) => row.rates.flows), sort: "flows"},
  {...numberColumn("Datagrams/s", (row) => row.rates.datagrams), sort: "datagrams",
   class: "number minor rare"},
  {label: "Payload", sort: "bytes", class: "number minor",
   fill: (node, row) => setNumber(node, row.rates.payload_bytes * 8,
                                  (value) => shortUnit(value, "bit/s"), "bit/s")},
  {label: "Lost", sort: "lost", class: "number", title: "Upstream, by sequence numbers",
   fill: (node, row) => {
     setNumber(node, row.loss_share, share);
     setAttribute(node, "title", row.loss_share === null
         ? "not known: its sequence numbers cannot be trusted"
         : `${exact(row.totals.sequence.lost)} lost, ` +
           `${exact(row.rates.sequence_lost)} per second`);
     setClass(node, "loss", row.loss_share >= 0.0001);
   }},
  {label: "Dropped/s", sort: "dropped", class: "number minor",
   fill: (node, row) => {
     const rate = row.rates.datagrams_dropped + row.rates.flows_dropped;
     setNumber(node, rate);
     setClass(node, "bad", rate > 0);
   }},
  {label: "Sampling", sort: "sampling", class: "number minor rare",
   fill: (node, row) => {
     setText(node, samplingText(row.sampling));
     setAttribute(node, "title", row.sampling ? `from: ${row.sampling.source}` : null);
   }},
  {label: "Last seen", sort: "last_seen", class: "number minor rare", make: () => element("time"),
   fill: (node, row) => setAgo(node, exporters.now, row.last_seen)},
  {label: "Diagnosis", sort: "findings", class: "wide",
   fill: (node, row) => {
     setText(node, row.diagnosis);
     setClass(node, "quiet", row.diagnosis === "healthy");
   }},
];

const exporters = {now: 0, sort: "flows", order: "desc", search: "", offset: 0};

class Exporters {
  title = "Exporters";

  open(root) {
    this.asked = null;
    this.sequence = 0;
    this.search = element("input", {
      id: "search", type: "search", placeholder: "Address, protocol or finding",
      autocomplete: "off", spellcheck: "false", "aria-label": "Search exporters",
      "aria-keyshortcuts": "/",
      value: exporters.search, oninput: () => this.searched()});
    this.count = element("p", {class: "hint", role: "status", "aria-live": "polite"});
    this.head = element("tr", {role: "row"});
    this.body = element("tbody", {role: "rowgroup", onkeydown: (event) => this.onKey(event),
                                  onclick: (event) => this.onClick(event)});
    this.foot = element("tfoot", {role: "rowgroup"});
    this.table = element("table", {role: "table", class: "exporters stacks",
                                   "aria-describedby": "table-keys"},
                         element("caption", {class: "unseen"}, "Exporters"),
                         element("thead", {role: "rowgroup"}, this.head), this.body, this.foot);
    this.previous = element("button", {type: "button", onclick: () => this.turn(-1)}, "Previous");
    this.next = element("button", {type: "button", onclick: () => this.turn(1)}, "Next");
    this.pager = element("nav", {class: "pager", "aria-label": "Pages"}, this.previous, this.next);
    append(root, [panel("Exporters", {class: "fills"},
        element("div", {class: "tools"}, this.search, this.count, this.pager),
        scroller("Exporters", this.table),
        element("p", {class: "hint", id: "table-keys"},
                "In the table: ↑ ↓ choose, Enter opens, Page Up and Page Down turn pages."))]);
    this.buildHead();
  }

  buildHead() {
    this.head.replaceChildren(...exporterColumns.map((column) => headCell(column, column.sort
        ? element("button", {type: "button", class: "sort", "data-sort": column.sort,
                             onclick: () => this.sortBy(column)}, column.label)
        : column.label)));
    this.showOrder();
  }

  showOrder() {
    exporterColumns.forEach((column, index) => {
      const sorted = column.sort && column.sort === exporters.sort;
      setAttribute(this.head.children[index], "aria-sort", !column.sort ? null : !sorted ? "none"
          : exporters.order === "asc" ? "ascending" : "descending");
    });
  }

  sortBy(column) {
    if (exporters.sort === column.sort) {
      exporters.order = exporters.order === "asc" ? "desc" : "asc";
    } else {
      exporters.sort = column.sort;
      exporters.order = column.first ?? "desc";
    }
    exporters.offset = 0;
    this.showOrder();
    this.load().catch(pollNow);
  }

  searched() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      exporters.search = this.search.value.trim();
      exporters.offset = 0;
      this.load().catch(pollNow);
    }, 60);
  }

  turn(pages) {
    const offset = exporters.offset + pages * rowsPerPage;
    if (offset < 0 || offset >= this.matching) return;
    exporters.offset = offset;
    this.load().then(() => this.focusRow(0, false)).catch(pollNow);
  }

  refresh() {
    return this.load();
  }

  /// Only the newest question counts; an older answer that comes late is thrown away.
  async load() {
    const sequence = ++this.sequence;
    this.asked?.abort();
    this.asked = new AbortController();
    const query = new URLSearchParams({sort: exporters.sort, order: exporters.order,
                                       limit: rowsPerPage, offset: exporters.offset});
    if (exporters.search) query.set("search", exporters.search);
    let answer;
    try {
      answer = await ask(`api/exporters?${query}`, this.asked.signal);
    } catch (error) {
      if (sequence !== this.sequence) return;
      throw error;
    }
    if (sequence === this.sequence) this.fill(answer);
  }

  fill(answer) {
    exporters.now = answer.time;
    this.matching = answer.count;
    if (exporters.offset >= answer.count && exporters.offset > 0) {
      exporters.offset = Math.max(0, Math.ceil(answer.count / rowsPerPage) - 1) * rowsPerPage;
      pollNow();
    }
    keyed(this.body, answer.exporters, exporterKey, () => rowOf(exporterColumns), (node, row) =>
      this.fillRow(node, row));
    const other = answer.other?.totals?.datagrams && !exporters.search ? [answer.other] : [];
    keyed(this.foot, other, () => "other", () => rowOf(exporterColumns), (node, row) =>
      this.fillRow(node, row));
    this.fillCount(answer);
    this.keepOneStop();
  }

  fillRow(node, row) {
    setAttribute(node, "data-address", exporterKey(row));
    exporterColumns.forEach((column, index) => {
      const place = node.children[index];
      if (row.address === "other" && column.head) {
        setText(place, "All others");
        setAttribute(place, "title", "Exporters that have no row of their own any more");
      } else if (column.fill) {
        column.fill(column.make ? place.firstElementChild : place, row);
      }
    });
  }

  fillCount(answer) {
    const from = answer.exporters.length ? exporters.offset + 1 : 0;
    const to = exporters.offset + answer.exporters.length;
    setText(this.count, answer.total === 0 ? "No exporter has sent anything yet."
        : answer.count === 0 ? `None of ${exact(answer.total)} matches.`
        : `${exact(from)}–${exact(to)} of ${exact(answer.count)}` +
          (answer.count === answer.total ? "" : `, of ${exact(answer.total)} in all`));
    this.previous.disabled = exporters.offset === 0;
    this.next.disabled = to >= answer.count;
    show(this.pager, answer.count > rowsPerPage);
  }

  /// One row can be reached by Tab, the arrows go on from there.
  keepOneStop() {
    const links = [...this.body.querySelectorAll("a.address")];
    const current = links.find((link) => link === document.activeElement) ??
        links.find((link) => link.tabIndex === 0) ?? links[0];
    for (const link of links) link.tabIndex = link === current ? 0 : -1;
  }

  focusRow(index, focus = true) {
    const links = [...this.body.querySelectorAll("a.address")];
    const link = links[Math.min(links.length - 1, Math.max(0, index))];
    if (!link) return;
    for (const each of links) each.tabIndex = each === link ? 0 : -1;
    if (focus) link.focus();
  }

  /// A row opens like its link, unless somebody is selecting text.
  onClick(event) {
    if (event.target.closest("a") || getSelection().type === "Range") return;
    event.target.closest("tr")?.querySelector("a.address")?.click();
  }

  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const rows = [...this.body.children];
    const index = rows.findIndex((row) => row.contains(document.activeElement));
    const move = {ArrowDown: index + 1, j: index + 1, ArrowUp: index - 1, k: index - 1, Home: 0,
                  End: rows.length - 1}[event.key];
    if (move !== undefined) this.focusRow(move);
    else if (event.key === "PageDown") this.turn(1);
    else if (event.key === "PageUp") this.turn(-1);
    else return;
    event.preventDefault();
  }

  close() {
    ++this.sequence;
    this.asked?.abort();
    clearTimeout(this.typing);
  }
}
