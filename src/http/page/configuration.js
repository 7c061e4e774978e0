// SPDX-License-Identifier: BSD-3-Clause
// The settings as flowd runs with them; those that differ from their default stand out.

function valueText(value, unit) {
  const text = Array.isArray(value) || (value && typeof value === "object")
      ? JSON.stringify(value) : value === "" ? "(empty)" : String(value ?? "–");
  return unit && text !== "–" ? `${text}${space}${unit}` : text;
}

function isChanged(setting) {
  return JSON.stringify(setting.value) !== JSON.stringify(setting.default);
}

/// Some are flags only.
function settingName(row) {
  return row.key || `-${(row.flag ?? "").replace(/^-+/, "")}`;
}

function settingsTable() {
  return new FilledTable("Settings", [
    {label: "Key", head: true, fill: (node, row) => {
      setText(node, settingName(row));
      setAttribute(node, "title", row.flag ? `flag: -${row.flag.replace(/^-+/, "")}` : null);
    }},
    {label: "Value", class: "value", fill: (node, row) => {
      setText(node, valueText(row.value, row.unit));
      setAttribute(node, "title", isChanged(row) ? "differs from the default" : null);
    }},
    {label: "Default", class: "value quiet",
     fill: (node, row) => setText(node, isChanged(row) ? valueText(row.default, row.unit) : "")},
    {label: "Changes", fill: (node, row) => setText(
        node, row.lifetime === "live" ? "by reload" : "by restart")},
    {label: "What it does", class: "wide", fill: (node, row) => setText(node, sentence(row.help))},
  ], settingName, "settings");
}

class Configuration {
  title = "Configuration";

  open(root) {
    this.settings = [];
    this.search = element("input", {
      id: "search", type: "search", placeholder: "Key or meaning", autocomplete: "off",
      spellcheck: "false", "aria-label": "Search settings", "aria-keyshortcuts": "/",
      oninput: () => this.show()});
    this.onlyChanged = element("input", {type: "checkbox", id: "only-changed",
                                         onchange: () => this.show()});
    this.count = element("p", {class: "hint", role: "status", "aria-live": "polite"});
    this.table = settingsTable();
    append(root, [panel("Configuration", {}, element("div", {class: "tools"}, this.search,
        element("label", {for: "only-changed"}, this.onlyChanged, " only what was changed"),
        this.count), this.table.node)]);
  }

  /// Changes only by a reload, so it is asked for every ten seconds.
  async refresh(status) {
    if (this.askedAt && status.time - this.askedAt < 10) return;
    this.settings = (await ask("api/config")).settings;
    this.askedAt = status.time;
    this.show();
  }

  show() {
    const wanted = this.search.value.trim().toLowerCase();
    const rows = this.settings.filter((row) => (!this.onlyChanged.checked || isChanged(row)) &&
        `${row.key} ${row.flag} ${row.help}`.toLowerCase().includes(wanted));
    this.table.update(rows);
    for (const [index, row] of rows.entries()) {
      setClass(this.table.body.children[index], "changed", isChanged(row));
    }
    const changed = this.settings.filter(isChanged).length;
    setText(this.count, `${counted(rows.length, "setting")} shown, ${changed} of ` +
            `${this.settings.length} differ from their defaults.`);
  }

  close() {}
}
