// SPDX-License-Identifier: BSD-3-Clause
// Templates: what exporters say that their records hold. A template's fields are built when
// somebody opens it: there may be tens of thousands.

const templatesAtOnce = 200;
const templatesUnasked = 2000;

function templateKey(template) {
  return [template.exporter, template.port, template.version, template.domain, template.id]
      .join("/");
}

function fieldName(field) {
  return field.name || (field.enterprise ? `enterprise ${field.enterprise}` : "unknown");
}

function fieldsTable(template) {
  const {node, body} = table(`Fields of template ${template.id}`, [
    {label: "#", class: "number"}, {label: "Field"}, {label: "Id", class: "number"},
    {label: "Enterprise", class: "number"}, {label: "Length", class: "number"}]);
  (template.fields ?? []).forEach((field, index) => {
    const isScope = index < (template.scope_count ?? 0);
    body.append(element("tr", {},
        element("td", {class: "number quiet"}, index + 1),
        element("td", {class: field.name ? null : "quiet"}, fieldName(field),
                isScope ? element("span", {class: "tag"}, "scope") : null),
        element("td", {class: "number"}, field.id),
        element("td", {class: "number quiet"}, field.enterprise || "–"),
        element("td", {class: "number"}, field.length === 65535 ? "variable" : field.length)));
  });
  return node;
}

class TemplateList {
  constructor({withExporter}) {
    this.withExporter = withExporter;
    this.node = element("div", {class: "templates"});
  }

  update(templates, now) {
    keyed(this.node, templates, templateKey, (template) => this.create(template),
          (node, template) => this.fill(node, template, now));
  }

  create(template) {
    const summary = element("summary", {}, element("span", {class: "template-id n"}),
                            element("span", {class: "template-where"}),
                            element("span", {class: "template-what hint"}));
    const place = element("div", {class: "scroll"});
    const node = element("details", {"data-template": template.id}, summary, place);
    node.addEventListener("toggle", () => this.showFields(node));
    return node;
  }

  fill(node, template, now) {
    node.template = template;
    const [id, where, what] = node.firstElementChild.children;
    setText(id, template.id);
    setText(where, [this.withExporter ? exporterAddress({address: template.exporter,
                                                         port: template.port}) : "",
                    template.protocol, `domain ${template.domain}`,
                    template.kind === "options" ? "options" : ""].filter(Boolean).join(" · "));
    setText(what, [counted(template.fields?.length ?? 0, "field"),
                   `announced ${ago(now, template.last_seen)}`,
                   template.refresh_seconds ? `every ${duration(template.refresh_seconds)}` : "",
                   template.changes ? `changed ${counted(template.changes, "time")}` : "",
                   template.used ? "" : "no data yet"].filter(Boolean).join(", "));
    setAttribute(what, "title", `${exact(template.announcements ?? 0)} announcements, first ` +
                 absolute(template.first_seen));
    if (node.open) this.showFields(node);
  }

  showFields(node) {
    const shown = JSON.stringify(node.template.fields);
    if (!node.open || node.shownFields === shown) return;
    node.shownFields = shown;
    node.lastElementChild.replaceChildren(fieldsTable(node.template));
  }
}

function templateText(template) {
  return [template.exporter, template.protocol, template.domain, template.id, template.kind,
          ...(template.fields ?? []).map((field) => field.name)].join(" ").toLowerCase();
}

class Templates {
  title = "Templates";

  open(root) {
    this.search = element("input", {
      id: "search", type: "search", placeholder: "Exporter, id, or field's name",
      autocomplete: "off", spellcheck: "false", "aria-label": "Search templates",
      "aria-keyshortcuts": "/", oninput: () => this.show()});
    this.count = element("p", {class: "hint", role: "status", "aria-live": "polite"});
    this.list = new TemplateList({withExporter: true});
    append(root, [panel("Templates", {}, element("div", {class: "tools"}, this.search, this.count),
                        this.list.node)]);
    this.templates = [];
    this.asked = "";
  }

  /// Templates change rarely and are many: asked for every ten seconds. Where there are too many
  /// for one answer, only those of the exporter that was typed.
  async refresh(status) {
    this.total = status.templates ?? 0;
    const typed = this.search.value.trim();
    const query = this.total > templatesUnasked ? typed : "";
    if (this.total > templatesUnasked && !/^[0-9a-f.:]{3,}$/i.test(typed)) {
      this.templates = [];
      this.needsAddress = true;
      this.show();
      return;
    }
    this.needsAddress = false;
    if (this.asked === `?${query}` && status.time - this.askedAt < 10) return;
    this.asked = `?${query}`;
    this.askedAt = status.time;
    const path = query ? `api/templates?exporter=${encodeAddress(query)}` : "api/templates";
    const answer = await ask(path);
    this.now = answer.time;
    this.templates = answer.templates;
    this.show();
  }

  show() {
    const wanted = this.search.value.trim().toLowerCase();
    const found = wanted && !this.needsAddress && this.total <= templatesUnasked
        ? this.templates.filter((template) => templateText(template).includes(wanted))
        : this.templates;
    this.list.update(found.slice(0, templatesAtOnce), this.now ?? 0);
    setText(this.count, this.needsAddress
        ? `${exact(this.total)} templates: type an exporter's address to see its own.`
        : found.length > templatesAtOnce
        ? `The first ${templatesAtOnce} of ${exact(found.length)}; search to see others.`
        : found.length === 0 && !this.templates.length ? "No template has been announced yet."
        : counted(found.length, "template"));
  }

  refused() {
    this.templates = [];
    this.show();
    setText(this.count, "flowd knows no templates of this exporter.");
  }

  close() {}
}
