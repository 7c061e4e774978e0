// SPDX-License-Identifier: BSD-3-Clause
// Numbers and times for people: short on the page, exact on hover. Relative times are told by the
// server's clock, not by the browser's.

const exactFormat = new Intl.NumberFormat("en-US", {maximumFractionDigits: 3});
const space = "\u00a0";
const prefixes = ["", "k", "M", "G", "T", "P", "E"];

function exact(value) {
  return exactFormat.format(value);
}

/// Three digits that count and an SI prefix: 1234567 is "1.23 M".
function short(value) {
  if (!Number.isFinite(value)) return "–";
  let size = Math.abs(value);
  if (size < 1000) return size !== 0 && size < 0.01 ? value.toExponential(0) : digits(value);
  let power = 0;
  while (size >= 999.5 && power < prefixes.length - 1) {
    size /= 1000;
    ++power;
  }
  return (value < 0 ? "−" : "") + digits(size) + space + prefixes[power];
}

function digits(value) {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return String(Math.round(value));
  return String(Number(value.toFixed(size >= 10 ? 1 : 2)));
}

/// With a unit behind the prefix: 1.23 Mbit/s, 12 bit/s.
function shortUnit(value, unit) {
  const text = short(value);
  return /[a-zA-Z]$/.test(text) && text.includes(space) ? text + unit : text + space + unit;
}

function bits(bytesPerSecond) {
  return shortUnit(bytesPerSecond * 8, "bit/s");
}

function perSecond(value) {
  return short(value) + "/s";
}

function share(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0" + space + "%";
  if (value < 0.0001) return "<" + space + "0.01" + space + "%";
  const percent = value * 100;
  const text = percent >= 99.995 ? "100"
      : percent > 99 ? percent.toFixed(2) : String(Number(percent.toPrecision(2)));
  return text + space + "%";
}

function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  const sign = seconds < 0 ? "−" : "";
  const size = Math.abs(seconds);
  if (size < 10 && !Number.isInteger(size)) return sign + digits(size) + space + "s";
  const whole = Math.round(size);
  const steps = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]];
  for (const [unit, name, smaller, smallerName] of steps) {
    if (whole < unit) continue;
    const rest = Math.floor((whole % unit) / smaller);
    return sign + Math.floor(whole / unit) + space + name +
        (rest ? " " + rest + space + smallerName : "");
  }
  return sign + whole + space + "s";
}

function ago(now, then) {
  if (!then) return "never";
  const seconds = now - then;
  if (seconds < 1.5) return "now";
  const [unit, name] = seconds < 60 ? [1, "s"] : seconds < 3600 ? [60, "min"]
      : seconds < 86400 ? [3600, "h"] : [86400, "d"];
  return Math.floor(seconds / unit) + space + name + " ago";
}

/// 2026-01-31 06:05:09 UTC, in the browser's time zone.
const absoluteFormat = new Intl.DateTimeFormat("sv-SE", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  second: "2-digit", timeZoneName: "short"});

function absolute(seconds) {
  return seconds ? absoluteFormat.format(new Date(seconds * 1000)) : "";
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("sv-SE");
}

/// A number's node: short text, the exact number in its title, and in data-exact for programs.
function numberNode(value, render = short, unit = "") {
  return setNumber(element("span", {class: "n"}), value, render, unit);
}

function setNumber(node, value, render = short, unit = "") {
  if (value === null || value === undefined) {
    setAttribute(node, "data-exact", null);
    setAttribute(node, "title", null);
    return setText(node, "–");
  }
  setAttribute(node, "data-exact", value);
  setAttribute(node, "title", exact(value) + (unit ? space + unit : ""));
  return setText(node, render(value));
}

function setAgo(node, now, then) {
  setAttribute(node, "title", absolute(then));
  setAttribute(node, "datetime", then ? new Date(then * 1000).toISOString() : null);
  return setText(node, ago(now, then));
}

function agoNode(now, then) {
  return setAgo(element("time"), now, then);
}

/// "12 exporters", "1 exporter"
function counted(count, one, many = one + "s") {
  return short(count) + " " + (count === 1 ? one : many);
}

/// Helps begin small in flowd's tables of counters.
function sentence(text) {
  return text ? text[0].toUpperCase() + text.slice(1) : "";
}

function words(name) {
  return name.replaceAll("_", " ");
}

function sumOf(counts) {
  return Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);
}
