// SPDX-License-Identifier: BSD-3-Clause
// A small line chart of the last minutes. All charts share one cursor: pointing at a moment in one
// (by mouse, finger or arrow keys) shows that moment's numbers in all of them.

const chartHeight = 112;
const chartMargin = {top: 8, right: 8, bottom: 18, left: 46};
const charts = new Set();
let cursorTime = null;

function setCursor(time) {
  if (cursorTime === time) return;
  cursorTime = time;
  for (const chart of charts) chart.showCursor();
}

/// The next of 1, 2, 2.5, 5, 10, … that is no less: ticks that people can read.
function niceCeiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

let chartCount = 0;

class Chart {
  /// options: {title, unit, format, series: [{label, value(point), tone}], whole}
  /// tone names a colour of page.css; whole: numbers without a fraction.
  constructor(options) {
    Object.assign(this, {seconds: historySeconds, ...options});
    this.points = [];
    this.id = `chart-${++chartCount}`;
    this.width = 0;
    this.readout = element("div", {class: "readout"});
    this.moment = element("span", {class: "moment"});
    this.description = shape("desc", {id: `${this.id}-desc`});
    this.grid = shape("g", {class: "grid"});
    this.lines = shape("g", {class: "lines"});
    this.mark = shape("g", {class: "mark"});
    this.svg = shape("svg", {role: "img", height: chartHeight, "aria-labelledby":
                             `${this.id}-title ${this.id}-desc`},
                     shape("title", {id: `${this.id}-title`}, `${this.title}, ${this.unit}`),
                     this.description, this.grid, this.lines, this.mark);
    this.plot = element("div", {class: "plot", tabindex: "0", role: "slider",
                                "aria-label": `${this.title}: a moment of the last minutes`,
                                "aria-describedby": `${this.id}-desc`,
                                "aria-orientation": "horizontal"}, this.svg);
    this.node = element("figure", {class: "chart", "aria-labelledby": `${this.id}-title`},
                        element("figcaption", {}, element("h3", {}, this.title),
                                element("span", {class: "unit"}, this.unit), this.moment),
                        this.readout, this.plot);
    this.listen();
  }

  listen() {
    const point = (event) => setCursor(this.timeAt(event.clientX));
    this.plot.addEventListener("pointermove", point);
    this.plot.addEventListener("pointerdown", point);
    this.plot.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") setCursor(null);
    });
    this.plot.addEventListener("blur", () => setCursor(null));
    this.plot.addEventListener("keydown", (event) => this.onKey(event));
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plot);
    charts.add(this);
  }

  close() {
    this.observer.disconnect();
    charts.delete(this);
  }

  resize() {
    const width = Math.floor(this.plot.clientWidth);
    if (width === this.width || width === 0) return;
    this.width = width;
    setAttribute(this.svg, "viewBox", `0 0 ${width} ${chartHeight}`);
    setAttribute(this.svg, "width", width);
    this.draw();
  }

  onKey(event) {
    if (!this.points.length || event.ctrlKey || event.altKey || event.metaKey) return;
    const index = cursorTime === null ? this.points.length - 1 : this.indexAt(cursorTime);
    const step = event.shiftKey ? 10 : 1;
    const target = {ArrowLeft: index - step, ArrowRight: index + step, PageUp: index + 60,
                    PageDown: index - 60, Home: 0, End: this.points.length - 1}[event.key];
    if (target !== undefined) {
      setCursor(this.points[Math.min(this.points.length - 1, Math.max(0, target))].time);
    } else if (event.key === "Escape" && cursorTime !== null) {
      setCursor(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  update(points, series = this.series) {
    this.points = points;
    this.series = series;
    if (this.width) this.draw();
    else this.resize();
  }

  get newest() {
    return this.points.at(-1)?.time ?? 0;
  }

  x(time) {
    const inner = this.width - chartMargin.left - chartMargin.right;
    return chartMargin.left + inner * (1 - (this.newest - time) / this.seconds);
  }

  y(value) {
    const inner = chartHeight - chartMargin.top - chartMargin.bottom;
    return chartMargin.top + inner * (1 - value / this.top);
  }

  timeAt(clientX) {
    if (!this.points.length) return null;
    const inner = this.width - chartMargin.left - chartMargin.right;
    const part = (clientX - this.plot.getBoundingClientRect().left - chartMargin.left) / inner;
    const wanted = this.newest - this.seconds * (1 - Math.min(1, Math.max(0, part)));
    return this.points[this.indexAt(wanted)].time;
  }

  indexAt(time) {
    let low = 0;
    let high = this.points.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.points[middle].time < time) low = middle + 1;
      else high = middle;
    }
    const before = this.points[low - 1];
    return before && time - before.time < this.points[low].time - time ? low - 1 : low;
  }

  draw() {
    let most = 0;
    for (const point of this.points) {
      for (const {value} of this.series) most = Math.max(most, value(point) ?? 0);
    }
    this.most = most;
    this.top = this.fixedTop ?? niceCeiling(this.whole ? Math.max(most, 4) : most);
    this.drawGrid();
    this.drawLines();
    this.describe();
    this.showCursor();
  }

  drawGrid() {
    const ticks = [0, this.top / 2, this.top];
    keyed(this.grid, [...ticks.map((value, index) => ({key: `y${index}`, value})),
                      ...this.timeTicks()], (tick) => tick.key,
          () => shape("g", {}, shape("line"), shape("text")),
          (node, tick) => this.placeTick(node, tick));
  }

  timeTicks() {
    const step = this.seconds / (this.width < 440 ? 2 : this.seconds >= 600 ? 5 : 4);
    const ticks = [];
    for (let back = 0; back <= this.seconds; back += step) ticks.push({key: `x${back}`, back});
    return ticks;
  }

  placeTick(node, tick) {
    const [line, text] = node.children;
    const isTime = tick.back !== undefined;
    const x = isTime ? this.x(this.newest - tick.back) : 0;
    const y = isTime ? 0 : this.y(tick.value);
    const bottom = chartHeight - chartMargin.bottom;
    const place = isTime ? {x1: x, x2: x, y1: chartMargin.top, y2: bottom}
        : {x1: chartMargin.left, x2: this.width - chartMargin.right, y1: y, y2: y};
    for (const [name, value] of Object.entries(place)) setAttribute(line, name, value.toFixed(1));
    const last = isTime && tick.back === 0;
    const first = isTime && tick.back === this.seconds;
    setAttribute(text, "x", isTime ? x.toFixed(1) : chartMargin.left - 6);
    setAttribute(text, "y", isTime ? chartHeight - 4 : (y + 3.5).toFixed(1));
    setAttribute(text, "text-anchor", isTime ? (first ? "start" : last ? "end" : "middle") : "end");
    setText(text, isTime ? (last ? "now" : `−${duration(tick.back)}`) : this.format(tick.value));
  }

  drawLines() {
    const paths = this.series.map((series, index) => ({...series, area: index === 0}));
    keyed(this.lines, paths, (series) => series.label,
          () => shape("g", {}, shape("path", {class: "area"}), shape("path", {class: "line"})),
          (node, series) => {
            setAttribute(node, "class", `tone-${series.tone}`);
            const {line, area} = this.path(series.value);
            setAttribute(node.children[0], "d", series.area ? area : "");
            setAttribute(node.children[1], "d", line);
          });
  }

  /// A line is broken where flowd, or the page, did not look.
  path(value) {
    let line = "";
    let area = "";
    let before = null;
    let start = 0;
    const base = this.y(0).toFixed(1);
    const finish = () => {
      if (before) area += `L${this.x(before.time).toFixed(1)} ${base}L${start} ${base}Z`;
      before = null;
    };
    for (const point of this.points) {
      const number = value(point);
      if (number === undefined || number === null) {
        finish();
        continue;
      }
      if (before && point.time - before.time > 3) finish();
      const place = `${this.x(point.time).toFixed(1)} ${this.y(number).toFixed(1)}`;
      if (!before) start = this.x(point.time).toFixed(1);
      line += (before ? "L" : "M") + place;
      area += (before ? "L" : "M") + place;
      before = point;
    }
    finish();
    return {line, area};
  }

  describe() {
    const point = this.points.at(-1);
    const now = point ? this.series.map(({label, value}) =>
      `${label} ${this.format(value(point) ?? 0)}`).join(", ") : "no numbers yet";
    setText(this.description, `Now: ${now}. Most in ${duration(this.seconds)}: ` +
            `${this.format(this.most)} ${this.unit}.`);
  }

  showCursor() {
    const last = this.points.length - 1;
    const index = cursorTime === null ? last : this.indexAt(cursorTime);
    const point = this.points[index];
    setText(this.moment, cursorTime !== null && point
        ? `${clock(point.time)}` : "");
    keyed(this.readout, this.series, (series) => series.label, (series) => element(
        "span", {}, element("i", {class: "swatch"}), element("b", {class: "n"}),
        element("span", {class: "label"}, series.label)),
          (node, series) => {
            setAttribute(node, "class", `tone-${series.tone}`);
            setNumber(node.children[1], point ? series.value(point) ?? 0 : null, this.format,
                      this.unit);
          });
    this.showMark(cursorTime === null ? null : point);
    setAttribute(this.plot, "aria-valuemin", 0);
    setAttribute(this.plot, "aria-valuemax", Math.max(0, last));
    setAttribute(this.plot, "aria-valuenow", Math.max(0, index));
    setAttribute(this.plot, "aria-valuetext", point ? `${clock(point.time)}: ` +
        this.series.map(({label, value}) => `${label} ${this.format(value(point) ?? 0)}`)
            .join(", ") : "no numbers yet");
  }

  showMark(point) {
    const marks = point ? [{key: "line"}, ...this.series.map((series) => ({key: series.label,
                                                                          series}))] : [];
    keyed(this.mark, marks, (mark) => mark.key,
          (mark) => shape(mark.series ? "circle" : "line", mark.series ? {r: 3} : {}),
          (node, mark) => {
            const x = this.x(point.time).toFixed(1);
            if (!mark.series) {
              for (const [name, value] of [["x1", x], ["x2", x], ["y1", chartMargin.top],
                                           ["y2", chartHeight - chartMargin.bottom]]) {
                setAttribute(node, name, value);
              }
              return;
            }
            const value = mark.series.value(point);
            setAttribute(node, "class", `tone-${mark.series.tone}`);
            setAttribute(node, "visibility", value === undefined ? "hidden" : null);
            setAttribute(node, "cx", x);
            setAttribute(node, "cy", this.y(value ?? 0).toFixed(1));
          });
  }
}
