// SPDX-License-Identifier: BSD-3-Clause
// Elements. What comes from the network becomes text nodes and attributes here, never markup: no
// file of this page touches innerHTML.

const svgSpace = "http://www.w3.org/2000/svg";

function decorate(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/// element("td", {class: "number"}, "12", otherNode)
function element(tag, attributes, ...children) {
  return decorate(document.createElement(tag), attributes, children);
}

function shape(tag, attributes, ...children) {
  return decorate(document.createElementNS(svgSpace, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

/// The setters write only what differs, so that an idle page costs no layout and a selection that
/// someone is about to copy survives the next second.
function setText(node, text) {
  const wanted = String(text);
  if (node.firstChild?.nodeType === Node.TEXT_NODE && !node.firstChild.nextSibling) {
    if (node.firstChild.data !== wanted) node.firstChild.data = wanted;
  } else if (node.textContent !== wanted || node.firstChild) {
    node.textContent = wanted;
  }
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, String(value));
  }
  return node;
}

function setClass(node, name, on) {
  if (node.classList.contains(name) !== Boolean(on)) node.classList.toggle(name, Boolean(on));
}

function show(node, visible) {
  if (node.hidden === Boolean(visible)) node.hidden = !visible;
}

/// Makes the children of `parent` those of `items`, in their order: known ones are updated in
/// place and moved, so focus and selection stay with them.
function keyed(parent, items, keyOf, create, update) {
  const known = parent.keyedNodes ?? (parent.keyedNodes = new Map());
  const seen = new Set();
  let place = parent.firstElementChild;
  for (const [index, item] of items.entries()) {
    const key = String(keyOf(item, index));
    if (seen.has(key)) continue;
    seen.add(key);
    let node = known.get(key);
    if (!node) {
      node = create(item, index);
      known.set(key, node);
    }
    update?.(node, item, index);
    if (node === place) place = place.nextElementSibling;
    else moveBefore(parent, node, place);
  }
  for (const [key, node] of known) {
    if (seen.has(key)) continue;
    node.remove();
    known.delete(key);
  }
}

/// Moving a node takes the focus from it; this gives it back.
function moveBefore(parent, node, place) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(node, place);
  focused?.focus({preventScroll: true});
}

/// A part of the page with its heading. `extra` stands to the right of the heading.
function panel(title, attributes, ...children) {
  const {extra, ...rest} = attributes ?? {};
  return element("section", {...rest, class: `panel ${rest.class ?? ""}`.trim(),
                             "aria-label": title},
                 element("div", {class: "panel-head"}, element("h2", {}, title), extra),
                 ...children);
}

/// What is wider than its place scrolls by itself, by finger, wheel and keyboard; what is not is no
/// stop for Tab.
function scroller(label, child) {
  const node = element("div", {class: "scroll", role: "region", "aria-label": label}, child);
  const observer = new ResizeObserver(() =>
    setAttribute(node, "tabindex", node.scrollWidth > node.clientWidth + 1 ? "0" : null));
  observer.observe(node);
  observer.observe(child);
  return node;
}

/// A table of fixed columns: [{label, class, title}]; returns the table and its body. The roles are
/// written out: style lays rows out as grids on a phone, and some browsers forget roles then.
function table(label, columns, className) {
  const body = element("tbody", {role: "rowgroup"});
  const heads = columns.map((column) => headCell(column, column.label));
  const node = element("table", {role: "table", class: className},
                       element("caption", {class: "unseen"}, label),
                       element("thead", {role: "rowgroup"}, element("tr", {role: "row"}, heads)),
                       body);
  return {node, body};
}

function headCell(column, content) {
  return element("th", {scope: "col", role: "columnheader", class: column.class,
                        title: column.title}, content);
}

/// A row with a cell for each column; a column's make() gives what its fill() will fill.
function rowOf(columns) {
  return element("tr", {role: "row"}, columns.map((column) => element(
      column.head ? "th" : "td", {class: column.class, scope: column.head ? "row" : null,
                                  role: column.head ? "rowheader" : "cell"}, column.make?.())));
}
