// SPDX-License-Identifier: BSD-3-Clause
// A net of exporters that does not exist: numbers that grow every second and add up by
// construction, in the shapes of the API. What the page shows of it can be computed.

const flowsPerDatagram = 24;
const protocolNames = {5: "NetFlow v5", 9: "NetFlow v9", 10: "IPFIX", 105: "sFlow v5"};
const versions = [10, 9, 10, 5, 105];

/// Deterministic: the same number for the same seed.
function noise(seed) {
  const x = Math.sin(seed * 12.9898 + 78.233) * 43758.5453;
  return x - Math.floor(x);
}

/// The faults that exporters of the net may have, each with what flowd would say.
const faults = {
  loss: {severity: "warning", code: "sequence_loss",
         sentence: "3.1 % of its datagrams are lost between it and flowd, evenly over time.",
         action: "Look for drops on the export path, or raise the exporter's send buffer."},
  template: {severity: "error", code: "template_missing",
             sentence: "It sends data for template 261 but has never announced it.",
             action: "Set its template refresh to 60 s or less, or restart its export."},
  lengths: {severity: "error", code: "bad_set_length",
            sentence: "Its sets say lengths that their datagrams do not have.",
            action: "Update its firmware; keep a capture for the vendor: flowctl capture."},
  clock: {severity: "warning", code: "clock_ahead",
          sentence: "Its clock is 3600 s ahead: flows would be filed an hour too late.",
          action: "Point it to an NTP server, and check its time zone."},
  unit: {severity: "warning", code: "sequence_unit",
         sentence: "Its sequence numbers count datagrams where IPFIX counts data records.",
         action: "None is needed here; report it to the vendor."},
};
const faultNames = Object.keys(faults);

function address(index) {
  const hex = (number) => number.toString(16);
  if (index % 9 === 4) return `2001:db8:${hex(index >> 8)}:${hex(index & 255)}::1`;
  return `10.${(index >> 14) & 63}.${(index >> 6) & 255}.${(index & 63) + 1}`;
}

function pick(counts) {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

function sum(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function add(into, from) {
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === "boolean") continue;
    if (typeof value === "object") add(into[key] ??= {}, value);
    else into[key] = (into[key] ?? 0) + value;
  }
}

const emptyTotals = () => ({
  datagrams: 0, payload_bytes: 0, decoded: 0, parked: 0, flows: 0, offered: 0, delivered: 0,
  in_flight: {ring: 0, transport: 0, spool: 0}, restored: 0, drops: {datagrams: {}, flows: {}},
  datagrams_dropped: 0, flows_dropped: 0, sets: {parked: 0, unparked: 0, expired: 0},
  sequence: {lost: 0, late: 0, duplicates: 0, resets: 0, unchecked: 0},
  imbalance: {datagrams: 0, flows: 0}});
const emptyRates = () => ({datagrams: 0, payload_bytes: 0, flows: 0, delivered: 0,
                           datagrams_dropped: 0, flows_dropped: 0, sequence_lost: 0});

export class Net {
  /// options: count, losses (some exporters are ill, one ring is full), failing, imbalance
  constructor(options) {
    Object.assign(this, {count: 0, losses: false, failing: "", imbalance: 0, started:
                         1_790_000_000, clock: 0}, options);
  }

  /// The clock moves only when the net is told to, so two answers can be compared.
  get time() {
    return this.started + 4000 + this.clock;
  }

  get seconds() {
    return 4000 + this.clock;
  }

  faultOf(index) {
    if (!this.losses) return "";
    if (index < faultNames.length && this.count <= 10) return faultNames[index];
    return index % 97 === 5 ? faultNames[(index / 97 | 0) % faultNames.length] : "";
  }

  ratesOf(index) {
    const fault = this.faultOf(index);
    const size = 40 + 4000 * noise(index + 1) ** 6 * (this.count < 10 ? 200 : 1);
    const datagrams = Math.round(size);
    const lost = fault === "unit" ? datagrams * 4
        : fault === "loss" ? Math.round(datagrams * 0.032) + 1 : 0;
    const bad = fault === "lengths" ? 4 : 0;
    const ringFull = this.losses && index % 5 === 0 ? Math.round(datagrams / 40) : 0;
    const flows = (datagrams - bad) * flowsPerDatagram;
    return {datagrams, payload_bytes: datagrams * 1380, flows, delivered: flows - ringFull,
            datagrams_dropped: bad, flows_dropped: ringFull, sequence_lost: lost};
  }

  totalsOf(index) {
    const rates = this.ratesOf(index);
    const fault = this.faultOf(index);
    const seconds = this.seconds;
    const totals = emptyTotals();
    totals.datagrams = rates.datagrams * seconds;
    totals.payload_bytes = rates.payload_bytes * seconds;
    totals.parked = fault === "template" ? 7 : 0;
    totals.drops.datagrams = pick({bad_set_length: rates.datagrams_dropped * seconds,
                                   unknown_template: fault === "template" ? 3 * 400 : 0});
    totals.datagrams_dropped = sum(totals.drops.datagrams);
    totals.decoded = totals.datagrams - totals.datagrams_dropped - totals.parked;
    totals.flows = totals.offered = totals.decoded * flowsPerDatagram;
    totals.drops.flows = pick({ring_full: rates.flows_dropped * seconds});
    totals.flows_dropped = sum(totals.drops.flows);
    totals.in_flight = {ring: rates.flows % 400, transport: (rates.flows * 3) % 900, spool: 0};
    totals.delivered = totals.offered - totals.flows_dropped - sum(totals.in_flight);
    totals.sequence.lost = rates.sequence_lost * seconds;
    totals.sequence.late = fault === "loss" ? 12 : 0;
    totals.sequence.trusted = fault !== "unit";
    return totals;
  }

  exporter(index) {
    const fault = this.faultOf(index);
    const silent = this.losses && !fault && index % 501 === 17;
    const version = versions[index % versions.length];
    const totals = this.totalsOf(index);
    const rates = silent ? emptyRates() : this.ratesOf(index);
    const lost = totals.sequence.lost;
    const finding = faults[fault];
    return {
      address: address(index), port: 0, protocols: [protocolNames[version]],
      first_seen: this.started + 3, last_seen: this.time - (silent ? 400 : 0),
      state: finding ? finding.severity : silent ? "silent" : "ok", totals, rates,
      loss_share: totals.sequence.trusted ? lost / Math.max(1, lost + totals.datagrams) : null,
      skew: version === 105 ? null : fault === "clock"
          ? {last_seconds: 3600.2, least_seconds: 3599.1, most_seconds: 3601}
          : {last_seconds: 0.3, least_seconds: -0.2, most_seconds: 0.8},
      domains: 1, templates: version === 9 || version === 10 ? 3 : 0,
      payload_size_max: 1380, reassembled: 0,
      sampling: version === 5 ? {rate: 0, source: "none"} : {rate: 1000, source: "options"},
      diagnosis: finding?.sentence ?? (silent ? "Nothing has come from it for 6 min." : "healthy")};
  }

  exporters() {
    if (this.madeAt !== this.clock || !this.made) {
      this.made = Array.from({length: this.count}, (_, index) => this.exporter(index));
      this.madeAt = this.clock;
    }
    return this.made;
  }

  box() {
    if (this.boxAt === this.clock) return this.boxMade;
    const totals = emptyTotals();
    const rates = emptyRates();
    for (const exporter of this.exporters()) {
      add(totals, exporter.totals);
      add(rates, exporter.rates);
    }
    if (this.losses) {
      totals.datagrams += 42;
      totals.drops.datagrams.missed = 42;
      totals.datagrams_dropped += 42;
    }
    if (this.imbalance) {
      totals.delivered -= this.imbalance;
      totals.imbalance.flows = this.imbalance;
    }
    this.boxAt = this.clock;
    this.boxMade = {totals, rates};
    return this.boxMade;
  }

  findingsOf(index) {
    const finding = faults[this.faultOf(index)];
    return finding ? [finding, {
      severity: "note", code: "template_refresh",
      sentence: "It announces its templates every 30 min.",
      action: "Set its template refresh to 60 s, so that a restart of flowd loses nothing."}] : [];
  }

  problems() {
    const problems = [];
    if (this.failing) {
      problems.push({severity: "error", code: "transport_down", sentence: this.failing,
                     action: "Start a broker or correct transport.kafka.brokers, then reload."});
    }
    if (this.losses) {
      problems.push({severity: "warning", code: "ring_full",
                     sentence: "Flows are dropped because the ring to transport \"kafka\" is full.",
                     action: "Add TX workers (tx.workers), or see why the brokers are slow."});
    }
    return problems;
  }
}

export {add, address, emptyRates, emptyTotals, faults, noise, protocolNames, sum, versions};
