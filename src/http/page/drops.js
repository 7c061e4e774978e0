// SPDX-License-Identifier: BSD-3-Clause
// Every way to lose something, by name, with what it means; those that happened come first.

function dropsTable(kind) {
  return new FilledTable(`Drops of ${kind}`, [
    {label: "Name", head: true, class: "drop-name", fill: (node, row) => setText(node, row.name)},
    {...numberColumn("Count", "count", exact), class: "number drop-count"},
    numberColumn("Per second", (row) => feed.history.named[row.name] ?? 0),
    {label: "What it means", class: "wide", fill: (node, row) => setText(node, sentence(row.help))},
  ], (row) => row.name);
}

class Drops {
  title = "Drops";

  open(root) {
    this.search = element("input", {
      id: "search", type: "search", placeholder: "Name or meaning", autocomplete: "off",
      spellcheck: "false", "aria-label": "Search drops", "aria-keyshortcuts": "/",
      oninput: () => this.show()});
    this.onlyCounted = element("input", {type: "checkbox", id: "only-counted",
                                         onchange: () => this.show()});
    this.tables = {datagrams: dropsTable("datagrams"), flows: dropsTable("flows")};
    this.upstream = new Facts("Lost upstream");
    this.balance = element("p", {class: "hint"});
    append(root, [
      element("div", {class: "tools"}, this.search,
              element("label", {for: "only-counted"}, this.onlyCounted, " only what happened"),
              this.balance),
      panel("Datagrams", {}, this.tables.datagrams.node),
      panel("Flows", {}, this.tables.flows.node),
      panel("Lost upstream, by sequence numbers", {}, this.upstream.node)]);
  }

  async refresh(status) {
    this.answer = await ask("api/drops");
    this.upstream.update(sequenceFacts(this.answer.upstream));
    setText(this.balance, imbalanceText(status) || "The ledger is balanced.");
    setClass(this.balance, "bad", Boolean(imbalanceText(status)));
    this.show();
  }

  show() {
    const wanted = this.search.value.trim().toLowerCase();
    const isWanted = (row) => (!this.onlyCounted.checked || row.count > 0) &&
        `${row.name} ${words(row.name)} ${row.help}`.toLowerCase().includes(wanted);
    for (const kind of ["datagrams", "flows"]) {
      const rows = (this.answer?.[kind] ?? []).filter(isWanted)
          .sort((a, b) => (b.count > 0) - (a.count > 0) || b.count - a.count);
      this.tables[kind].update(rows);
      for (const [index, row] of rows.entries()) {
        setClass(this.tables[kind].body.children[index], "zero", row.count === 0);
      }
    }
  }

  close() {}
}
