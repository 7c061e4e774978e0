// SPDX-License-Identifier: BSD-3-Clause
// The last ten minutes: flowd's own history when the page opens, then only what is new. Rates of
// the named drops are not in flowd's history; the page derives them from one answer to the next.

const historySeconds = 600;
const historyFields = ["datagrams", "payload_bytes", "flows", "delivered", "datagrams_dropped",
                       "flows_dropped", "sequence_lost", "busy", "in_flight"];

class History {
  constructor() {
    this.points = [];   // {time, …fields, named: {name: rate} | undefined}
    this.before = null; // the totals of the answer before, with their time
    this.named = {};    // name: per second, newest
    this.askedAt = 0;
  }

  /// How many points to ask for: all at first, then those since the last answer and a few more.
  wanted(now) {
    const passed = this.askedAt ? Math.ceil((now - this.askedAt) / 1000) + 5 : historySeconds;
    return Math.min(historySeconds, passed);
  }

  add(status) {
    const history = status.history;
    if (history?.time) {
      const newest = this.points.at(-1)?.time ?? -Infinity;
      history.time.forEach((time, index) => {
        if (time <= newest) return;
        const point = {time};
        for (const field of historyFields) point[field] = history[field]?.[index] ?? 0;
        this.points.push(point);
      });
      const least = (this.points.at(-1)?.time ?? 0) - historySeconds;
      while (this.points.length && this.points[0].time < least) this.points.shift();
      this.askedAt = Date.now();
    }
    this.addNamed(status);
  }

  addNamed(status) {
    const counts = {};
    for (const kind of ["datagrams", "flows"]) {
      for (const [name, count] of Object.entries(status.totals.drops?.[kind] ?? {})) {
        counts[name] = (counts[name] ?? 0) + count;
      }
    }
    const seconds = this.before ? status.time - this.before.time : 0;
    if (this.before && seconds <= 0) return;
    if (this.before) {
      const rates = {};
      for (const [name, count] of Object.entries(counts)) {
        const rate = (count - (this.before.counts[name] ?? 0)) / seconds;
        rates[name] = Math.max(0, rate);
      }
      this.named = rates;
      for (let index = this.points.length - 1; index >= 0; --index) {
        if (this.points[index].time <= this.before.time) break;
        this.points[index].named = rates;
      }
    }
    this.before = {time: status.time, counts};
  }

  /// The named drops that happened in the points we have, the largest first.
  dropNames(most) {
    const sums = {};
    for (const point of this.points) {
      for (const [name, rate] of Object.entries(point.named ?? {})) {
        if (rate > 0) sums[name] = (sums[name] ?? 0) + rate;
      }
    }
    return Object.keys(sums).sort((a, b) => sums[b] - sums[a]).slice(0, most);
  }
}
