// SPDX-License-Identifier: BSD-3-Clause
// The API's answers for a Net.

import {noise, sum, versions} from "./net.js";

const fieldNames = [[8, "sourceIPv4Address", 4], [12, "destinationIPv4Address", 4],
                    [7, "sourceTransportPort", 2], [11, "destinationTransportPort", 2],
                    [4, "protocolIdentifier", 1], [1, "octetDeltaCount", 8],
                    [2, "packetDeltaCount", 8], [152, "flowStartMilliseconds", 8],
                    [153, "flowEndMilliseconds", 8], [96, "applicationName", 65535]];

export function history(net, points) {
  const {rates, totals} = net.box();
  const columns = {step_seconds: 1, time: [], datagrams: [], payload_bytes: [], flows: [],
                   delivered: [], datagrams_dropped: [], flows_dropped: [], sequence_lost: [],
                   busy: [], in_flight: []};
  const count = Math.min(points, 600);
  for (let back = count - 1; back >= 0; --back) {
    const time = net.time - back;
    const wave = back === 0 ? 1 : 0.85 + 0.1 * Math.sin(time / 47) + 0.12 * noise(time);
    columns.time.push(time);
    for (const [name, rate] of Object.entries(rates)) columns[name].push(rate * wave);
    columns.busy.push((net.losses ? 0.93 : 0.42) * wave);
    columns.in_flight.push(Math.round(sum(totals.in_flight) * wave));
  }
  return columns;
}

function rx(net) {
  const {totals, rates} = net.box();
  return [0, 1].map((worker) => ({
    worker, cpu: worker + 2, busy: worker ? 0.31 : net.losses ? 0.93 : 0.42,
    datagrams: Math.floor(totals.datagrams / 2), flows: Math.floor(totals.flows / 2),
    datagrams_per_second: rates.datagrams / 2, flows_per_second: rates.flows / 2,
    missed: net.losses && !worker ? 42 : 0, forwarded: 0, held: 0, fragments: 0, reassembled: 0,
    checksums_bad: 0, exporters: Math.ceil(net.count / 2), domains: Math.ceil(net.count / 2),
    templates: net.count, exporters_evicted: 0, domains_evicted: 0, templates_evicted: 0}));
}

function transports(net) {
  const {totals, rates} = net.box();
  return [{
    name: "kafka", kind: "kafka", state: net.failing ? "dropping" : net.losses ? "slow" : "up",
    offered: totals.offered, delivered: totals.delivered, bytes: totals.delivered * 122,
    delivered_per_second: rates.delivered, drops: totals.drops.flows,
    in_ring: totals.in_flight.ring, in_flight: totals.in_flight.transport, spooled: 0, restored: 0,
    rings: [{rx: 0, batches: net.losses ? 58 : 3, capacity: 64},
            {rx: 1, batches: 2, capacity: 64}],
    statistics: net.count ? {msg_cnt: 1200, msg_max: 100000, txmsgs: totals.delivered,
                             "broker.rtt.p99_us": 5400} : {}}];
}

function ports(net) {
  const {totals} = net.box();
  return [{name: "0000:3b:00.0", driver: "net_ixgbe", up: true, speed_mbps: 10000,
           counters: {ipackets: totals.datagrams, ibytes: totals.payload_bytes, imissed:
                      net.losses ? 42 : 0, ierrors: 0, rx_nombuf: 0},
           xstats: {rx_good_packets: totals.datagrams, rx_q0_packets: totals.datagrams},
           answers: {arp: 12, echo: 3}}];
}

export function status(net, points) {
  const {totals, rates} = net.box();
  const rows = net.exporters();
  return {
    version: "1.9.0", serial: net.clock, time: net.time, started: net.started,
    uptime_seconds: net.seconds, ingress: "dpdk",
    health: {state: net.failing ? "failing" : "collecting", reason: net.failing}, totals, rates,
    imbalance: totals.imbalance, rx: rx(net), transports: transports(net), ports: ports(net),
    mempools: [{name: "rx-0", size: 65535, in_use: 8211}], shard: {moves: 2, splits: 0},
    exporters: {count: rows.length, forgotten: 0,
                silent: rows.filter((row) => row.state === "silent").length,
                with_findings: rows.filter((row) => /error|warning/.test(row.state)).length},
    templates: rows.reduce((count, row) => count + row.templates, 0), problems: net.problems(),
    ...(points ? {history: history(net, points)} : {})};
}

const worst = {error: 3, warning: 2, silent: 1, ok: 0};
const keys = {
  address: (row) => row.address, flows: (row) => row.rates.flows,
  datagrams: (row) => row.rates.datagrams, bytes: (row) => row.rates.payload_bytes,
  lost: (row) => row.totals.sequence.trusted ? row.rates.sequence_lost : 0,
  last_seen: (row) => row.last_seen,
  dropped: (row) => row.rates.datagrams_dropped + row.rates.flows_dropped,
  findings: (row) => worst[row.state] * 1e12 + row.rates.flows, state: (row) => worst[row.state],
  protocols: (row) => row.protocols.join(), sampling: (row) => row.sampling?.rate ?? 0};

export function exporters(net, query) {
  const key = keys[query.get("sort") ?? "flows"];
  if (!key) return null;
  const turn = query.get("order") === "asc" ? 1 : -1;
  const wanted = (query.get("search") ?? "").toLowerCase();
  const found = net.exporters().filter((row) =>
    `${row.address} ${row.protocols} ${row.diagnosis}`.toLowerCase().includes(wanted));
  found.sort((a, b) => key(a) < key(b) ? -turn : key(a) > key(b) ? turn : 0);
  const offset = Number(query.get("offset") ?? 0);
  return {time: net.time, serial: net.clock, count: found.length, total: net.count,
          exporters: found.slice(offset, offset + Number(query.get("limit") ?? 100)),
          other: {...net.exporter(0), address: "other", totals: {...net.exporter(0).totals,
                                                                 datagrams: 0}}};
}

function templatesOf(net, index) {
  const row = net.exporters()[index];
  return Array.from({length: row.templates}, (_, each) => ({
    exporter: row.address, port: 0, protocol: row.protocols[0], version: 10, domain: 256,
    id: 256 + each, kind: each === 2 ? "options" : "data", scope_count: each === 2 ? 1 : 0,
    fields: [...fieldNames.map(([id, name, length]) => ({id, enterprise: 0, length, name})),
             {id: 12, enterprise: 29305, length: 8, name: ""}],
    first_seen: row.first_seen, last_seen: net.time - 20, announcements: 130,
    changes: each === 1 ? 2 : 0, refresh_seconds: 30, used: each !== 1}));
}

export function exporter(net, wanted) {
  const index = net.exporters().findIndex((row) => row.address === wanted);
  if (index < 0) return null;
  const row = net.exporters()[index];
  const version = versions[index % versions.length];
  return {
    time: net.time, serial: net.clock, exporter: row, findings: net.findingsOf(index),
    domains: [{protocol: row.protocols[0], version, id: 256, first_seen: row.first_seen,
               last_seen: row.last_seen, totals: row.totals, rates: row.rates, skew: row.skew,
               sampling: {...row.sampling, samplers: [{id: 1, rate: 1000}]},
               templates: row.templates}],
    templates: templatesOf(net, index),
    xray: {active_timeout_seconds: 60, inactive_timeout_seconds: version === 105 ? null : 15,
           flow_seconds: {samples: 12345, median: 4.2, most: 61},
           template_refresh_seconds: row.templates ? 30 : null, payload_size_max: 1380,
           reassembled: 0, impossible_times: index % 3,
           deviations: net.faultOf(index) ? [{code: "padding", count: 12, sentence:
             "Its sets end with 5 bytes of padding, more than RFC 7011 allows."}] : []}};
}

export function templates(net, wanted) {
  const rows = net.exporters();
  const list = [];
  for (let index = 0; index < rows.length; ++index) {
    if (!wanted || rows[index].address === wanted) list.push(...templatesOf(net, index));
  }
  return {time: net.time, count: list.length, templates: list};
}

const helps = {
  datagrams: {missed: "The NIC or the socket had no room: flowd was too slow or its buffers small.",
              truncated: "Ends before what its own header or counts announce.",
              unknown_template: "A data set whose template has not been seen.",
              bad_set_length: "A set shorter than its header, or longer than its datagram."},
  flows: {too_large: "A message that does not fit into a batch.",
          ring_full: "The transport did not keep up: its ring was full.",
          transport_failed: "The destination refused them."}};

export function drops(net) {
  const {totals} = net.box();
  const rows = (kind) => Object.entries(helps[kind]).map(([name, help]) => (
    {name, count: totals.drops[kind][name] ?? 0, help}));
  return {time: net.time, datagrams: rows("datagrams"), flows: rows("flows"),
          upstream: totals.sequence, imbalance: totals.imbalance};
}

export function config() {
  return {settings: [
    {key: "rx.cores", flag: "workers", value: 2, default: 1, unit: "", lifetime: "sealed",
     help: "How many RX workers decode, one core each."},
    {key: "batch.max_age_ms", flag: "batch.max-age-ms", value: 100, default: 100, unit: "ms",
     help: "A batch that is older goes out though it is not full.", lifetime: "live"},
    {key: "http.token", flag: "http.token", value: "***", default: "", unit: "",
     help: "Who presents it may read and change from anywhere.", lifetime: "sealed"},
    {key: "", flag: "check", value: false, default: false, unit: "", lifetime: "sealed",
     help: "only reads the settings"},
    {key: "", flag: "replay", value: "", default: "", unit: "", lifetime: "sealed",
     help: "a capture instead of a network"},
    {key: "transport.kafka.brokers", flag: "transport.kafka.brokers", default: "127.0.0.1:9092",
     value: "kafka-1.example.net:9093,kafka-2.example.net:9093,kafka-3.example.net:9093", unit: "",
     help: "Where to begin: host:port, separated by commas.", lifetime: "sealed"}]};
}
