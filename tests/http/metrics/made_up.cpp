// SPDX-License-Identifier: BSD-3-Clause
// Numbers without a meaning, but for the equations.
#include "http/metrics/made_up.hpp"

#include <array>

#include "flow/base/bytes.hpp"
#include "metrics/totals.hpp"

namespace flowd::test {

namespace {

constexpr std::uint64_t now_ns = 1'800'000'000'250'000'000;
constexpr std::uint32_t now = 1'800'000'000;

Totals made_up_totals(std::uint64_t seed) {
    using flow::Error;
    Totals totals;
    totals.decoded = 100 + seed;
    totals.parked = seed % 3;
    totals.drops[static_cast<std::size_t>(Error::truncated)] = seed % 5;
    totals.drops[static_cast<std::size_t>(Error::unknown_template)] = 1;
    totals.datagrams = totals.decoded + totals.parked + totals.datagrams_dropped();
    totals.payload_bytes = totals.datagrams * 1400;
    totals.delivered = 3000 + seed;
    totals.ring_full = seed % 7;
    totals.lost[static_cast<std::size_t>(Loss::timed_out)] = 2;
    totals.in_ring = 40;
    totals.in_flight = 50;
    totals.spooled = 60;
    totals.offered = totals.delivered + totals.flows_dropped() + 150;
    totals.flows = totals.offered;
    totals.sets_parked = 9;
    totals.sets_unparked = 5;
    totals.sets_expired = 1;
    totals.sets = {4, 2, 30, 3};
    totals.set_records = {5, 2, 600, 6};
    totals.sequence = {.lost = 12 + seed, .late = 2, .duplicates = 3, .resets = 1, .unchecked = 4};
    return totals;
}

DomainView made_up_domain(std::uint8_t version, std::uint32_t id, std::uint64_t seed) {
    DomainView domain;
    domain.version = version;
    domain.id = id;
    domain.first_seen = now - 3600;
    domain.last_seen = now - 1;
    domain.totals = made_up_totals(seed);
    domain.rates.flows = static_cast<double>(seed);
    domain.sampling_rate = 1000;
    domain.sampling_source = "options";
    domain.template_count = 2;
    domain.local_port = 2055;
    return domain;
}

TransportView made_up_transport(const Totals& totals) {
    TransportView transport;
    transport.name = "kafka \"main\"";
    transport.kind = "kafka";
    transport.state = "slow";
    transport.restored = 7;
    transport.offered = totals.offered;
    transport.ring_full = totals.ring_full;
    transport.lost = totals.lost;
    transport.delivered = totals.delivered + transport.restored;
    transport.in_ring = totals.in_ring;
    transport.in_flight = totals.in_flight;
    transport.spooled = totals.spooled;
    transport.bytes = totals.delivered * 120;
    transport.rings = {{.rx = 0, .batches = 3, .capacity = 64}};
    double count = 5;
    for (const char* name :
         {"msg_cnt", "msg_size", "msg_limit", "txmsgs", "txmsg_bytes", "tx", "tx_bytes", "txerrs",
          "txretries", "rxerrs", "req_timeouts", "outbuf_msg_cnt", "waitresp_msg_cnt", "connects",
          "disconnects", "throttle_avg_ms_max", "brokers_up", "rtt_p99_us_max", "replyq"}) {
        transport.statistics.emplace_back(name, count++);
    }
    transport.statistics.emplace_back("rtt_avg_us_max", 2500);
    return transport;
}

PortView made_up_port() {
    PortView port;
    port.name = "0000:01:00.0";
    port.driver = "net_ixgbe";
    port.up = true;
    port.speed_mbps = 10'000;
    port.counters = {{"ipackets", 1000}, {"ibytes", 1'400'000}, {"imissed", 3},
                     {"ierrors", 1},     {"rx_nombuf", 2},      {"opackets", 4}};
    port.xstats = {{"rx_q0_packets", 1000}};
    port.answers = {{"arp", 2}};
    return port;
}

}  // namespace

flow::Address ipv4(std::uint32_t number) {
    const std::array<std::uint8_t, 4> octets{
        static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
        static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    return flow::Address::from(octets);
}

ExporterView made_up_exporter(std::uint32_t address, std::uint32_t seed) {
    ExporterView exporter;
    exporter.address = ipv4(address);
    exporter.first_seen = now - 3600;
    exporter.last_seen = now - 1;
    exporter.domains = {made_up_domain(9, 256, seed)};
    if (seed % 4 == 3) exporter.domains.push_back(made_up_domain(10, 1, seed + 1));
    for (const DomainView& domain : exporter.domains) {
        add(exporter.totals, domain.totals);
        exporter.rates.flows += domain.rates.flows;
        exporter.template_count += domain.template_count;
    }
    exporter.skew = {.known = true, .last_seconds = -0.25, .least_seconds = -1, .most_seconds = 0};
    exporter.payload_size_max = 1400;
    if (seed % 4 == 1) {
        exporter.findings = {{Severity::warning, "clock_ahead", "Its clock is ahead.", "Set it."}};
    }
    return exporter;
}

Observation made_up(std::uint32_t exporter_count) {
    Observation seen;
    seen.serial = 42;
    seen.taken_at_ns = now_ns;
    seen.started_at_ns = now_ns - 3'600'000'000'000;
    seen.version = "0.1.0";
    seen.ingress = "udp";
    seen.health = Health::collecting;
    for (std::uint32_t i = 0; i < exporter_count; ++i) {
        seen.exporters.push_back(made_up_exporter(0x0a000000 + i, i));
        add(seen.box, seen.exporters.back().totals);
    }
    seen.other.totals = made_up_totals(5);
    add(seen.box, seen.other.totals);
    seen.exporters_forgotten = 1;

    seen.transports = {made_up_transport(seen.box)};
    seen.box.restored = seen.transports[0].restored;
    seen.box.delivered = seen.transports[0].delivered;
    seen.box.missed = 11;
    seen.box.datagrams += seen.box.missed;

    RxView rx;
    rx.busy = 0.375;
    rx.cpu = 2;
    rx.datagrams = seen.box.datagrams;
    rx.flows = seen.box.flows;
    rx.missed = seen.box.missed;
    rx.exporters = exporter_count;
    seen.rx = {rx};
    seen.ports = {made_up_port()};
    seen.mempools = {{"mbufs", 8192, 100}};
    seen.samples_counter = 17;
    seen.problems = {{Severity::error, "no_hugepages", "There are no hugepages.", "Reserve some."}};
    return seen;
}

}  // namespace flowd::test
