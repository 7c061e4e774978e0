// SPDX-License-Identifier: BSD-3-Clause
// Numbers out of an exporter's index, so that every run makes the same ones.
#include "http/made_up.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace flowd::made_up {

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint32_t now = 1'800'000'000;
constexpr std::uint32_t started = now - 7'200;

flow::Address address_of(std::size_t index) {
    const auto octet = [index](unsigned shift) {
        return static_cast<std::uint8_t>(index >> shift & 0xff);
    };
    if (index % 5 == 4) {
        const std::array<std::uint8_t, 16> v6{
            0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, octet(16), octet(8), octet(0)};
        return flow::Address::from(v6);
    }
    const std::array<std::uint8_t, 4> v4{10, octet(16), octet(8), octet(0)};
    return flow::Address::from(v4);
}

Totals totals_of(std::size_t index) {
    Totals totals;
    totals.datagrams = 1'000 + index * 7;
    totals.payload_bytes = totals.datagrams * 1'312;
    totals.drops[static_cast<std::size_t>(flow::Error::unknown_template)] = index % 7 == 3 ? 40 : 0;
    totals.drops[static_cast<std::size_t>(flow::Error::bad_set_length)] = index % 11 == 5 ? 2 : 0;
    totals.parked = index % 7 == 3 ? 3 : 0;
    totals.decoded = totals.datagrams - totals.parked - totals.datagrams_dropped();
    totals.flows = totals.decoded * 27;
    totals.offered = totals.flows;
    totals.ring_full = index % 13 == 6 ? 54 : 0;
    totals.in_ring = 27;
    totals.in_flight = 10;
    totals.delivered = totals.flows - totals.ring_full - 37;
    totals.sets_parked = totals.parked;
    totals.sequence.lost = index % 7 == 3 ? 120 : 0;
    totals.sequence.late = index % 3;
    return totals;
}

Rates rates_of(std::size_t index) {
    const auto scale = static_cast<double>(index % 100 + 1);
    return {.datagrams = scale * 10,
            .payload_bytes = scale * 13'120,
            .flows = scale * 270.25,
            .delivered = scale * 270,
            .datagrams_dropped = index % 7 == 3 ? 0.5 : 0,
            .flows_dropped = 0,
            .sequence_lost = index % 7 == 3 ? 1.5 : 0};
}

std::uint8_t version_of(std::size_t index) {
    constexpr std::array<std::uint8_t, 4> versions{10, 9, 105, 5};
    return versions[index % versions.size()];
}

DomainView domain_of(std::size_t index, std::uint32_t id) {
    DomainView view;
    view.version = version_of(index);
    view.id = id;
    view.first_seen = started + 5;
    view.last_seen = now - static_cast<std::uint32_t>(index % 90);
    view.totals = totals_of(index);
    view.rates = rates_of(index);
    view.sampling_rate = index % 2 == 0 ? 1'000 : 0;
    view.sampling_source = index % 2 == 0 ? "options" : "none";
    if (index % 2 == 0) view.samplers = {{.sampler = 1, .rate = 1'000}};
    view.skew = {.known = view.version != 105,
                 .last_seconds = index % 7 == 3 ? 3'600.5 : 0.25,
                 .least_seconds = 0.125,
                 .most_seconds = index % 7 == 3 ? 3'601 : 0.5};
    view.template_count = view.version >= 9 && view.version != 105 ? 2 : 0;
    return view;
}

std::vector<Finding> findings_of(std::size_t index) {
    std::vector<Finding> findings;
    if (index % 7 == 3) {
        findings.push_back({Severity::error, "clock_ahead",
                            "Its clock is 3600 seconds ahead: a wrong time zone.",
                            "Set its clock by NTP, in UTC."});
        findings.push_back({Severity::warning, "sequence_lost",
                            "1.5 flows a second are lost between it and flowd.",
                            "Look at the path: drops at its egress, a full queue."});
    }
    if (index % 10 == 1) {
        findings.push_back({Severity::note, "no_sampling", "It \"says\" nothing about sampling.",
                            "Nothing, if it does not."});
    }
    return findings;
}

ExporterView exporter_of(std::size_t index) {
    ExporterView view;
    view.address = address_of(index);
    view.domains = {domain_of(index, 0)};
    view.first_seen = view.domains[0].first_seen;
    view.last_seen = view.domains[0].last_seen;
    view.totals = view.domains[0].totals;
    view.rates = view.domains[0].rates;
    view.skew = view.domains[0].skew;
    view.template_count = view.domains[0].template_count;
    view.payload_size_max = 1'420;
    view.reassembled = index % 9;
    view.findings = findings_of(index);
    view.xray.payload_size_max = view.payload_size_max;
    view.xray.reassembled = view.reassembled;
    if (index % 2 == 0) {
        view.xray.active_timeout_seconds = 60;
        view.xray.inactive_timeout_seconds = 15.5;
        view.xray.flow_seconds = {.samples = 100, .median = 4.5, .most = 60.25};
        view.xray.template_refresh_seconds = 60.5;
        view.xray.restarts = 1;
        view.xray.deviations = {{"header_count", 7, "The count in its headers is wrong."}};
    }
    return view;
}

TemplateView template_of(std::size_t index, std::uint16_t id) {
    TemplateView view;
    view.layout.key = {.exporter = address_of(index), .version = version_of(index)};
    view.layout.id = id;
    view.layout.options = id % 2 == 1;
    if (view.layout.options) {
        const std::uint16_t scope = view.layout.key.version == 9 ? 1 : 144;
        view.layout.scope_count = 1;
        view.layout.fields = {
            {.id = scope, .length = 4}, {.id = 305, .length = 4}, {.id = 306, .length = 4}};
    } else {
        view.layout.fields = {{.id = 8, .length = 4},
                              {.id = 12, .length = 4},
                              {.id = 1, .length = 8},
                              {.id = 371, .length = flow::variable_length},
                              {.id = 33, .length = 2, .enterprise = 29'305}};
    }
    view.first_seen = started + 5;
    view.last_seen = now - 20;
    view.announcements = 120;
    view.refresh_seconds = index % 3 == 0 ? 60.5 : 0;
    view.used = !view.layout.options;
    return view;
}

void add(Totals& sum, const Totals& part) {
    sum.datagrams += part.datagrams;
    sum.payload_bytes += part.payload_bytes;
    sum.decoded += part.decoded;
    sum.parked += part.parked;
    for (std::size_t i = 0; i < sum.drops.size(); ++i) sum.drops[i] += part.drops[i];
    sum.flows += part.flows;
    sum.offered += part.offered;
    sum.ring_full += part.ring_full;
    sum.delivered += part.delivered;
    sum.in_ring += part.in_ring;
    sum.in_flight += part.in_flight;
    sum.sets_parked += part.sets_parked;
    sum.sequence.lost += part.sequence.lost;
    sum.sequence.late += part.sequence.late;
}

void add_machine(Observation& made) {
    for (int cpu = 0; cpu < 2; ++cpu) {
        made.rx.push_back({.busy = 0.25 + 0.5 * cpu,
                           .cpu = cpu == 0 ? -1 : 3,
                           .datagrams = made.box.datagrams / 2,
                           .flows = made.box.flows / 2,
                           .datagrams_per_second = made.rates.datagrams / 2,
                           .flows_per_second = made.rates.flows / 2,
                           .exporters = static_cast<std::uint32_t>(made.exporters.size() / 2)});
    }
    TransportView kafka;
    kafka.name = "main";
    kafka.kind = "kafka";
    kafka.state = "slow";
    kafka.offered = kafka.published = made.box.offered;
    kafka.ring_full = made.box.ring_full;
    kafka.delivered = made.box.delivered;
    kafka.bytes = made.box.delivered * 122;
    kafka.in_ring = made.box.in_ring;
    kafka.in_flight = made.box.in_flight;
    kafka.delivered_per_second = made.rates.delivered;
    kafka.rings = {{.rx = 0, .batches = 3, .capacity = 256},
                   {.rx = 1, .batches = 0, .capacity = 256}};
    kafka.statistics = {{"msg_cnt", 4'000}, {"brokers.\"b1\".rtt", 0.0031}};
    made.transports = {kafka};
    made.ports = {{.name = "0000:03:00.0",
                   .driver = "net_ixgbe",
                   .up = true,
                   .speed_mbps = 10'000,
                   .counters = {{"ipackets", 1e12}, {"imissed", 0}},
                   .xstats = {{"rx_q0_packets", 12'345'678'901.0}},
                   .answers = {{"arp", 12}}}};
    made.mempools = {{.name = "rx", .size = 16'383, .in_use = 512}};
    made.shard_moves = 2;
    made.problems = {{Severity::warning, "kafka_slow", "Kafka takes less than arrives.",
                      "Look at the brokers."}};
}

void add_history(Observation& made) {
    constexpr std::uint32_t points = 120;
    for (std::uint32_t i = 0; i < points; ++i) {
        Rates rates = made.rates;
        rates.flows *= 0.5 + static_cast<double>(i % 30) / 60;
        made.history.points.push_back(
            {.time = now - points + i, .rates = rates, .busy = 0.75F, .in_flight = 37});
    }
}

}  // namespace

Observation observation(std::size_t exporters, std::uint64_t serial) {
    Observation made;
    made.serial = serial;
    made.taken_at_ns = now * second_ns + 250'000'000;
    made.started_at_ns = started * second_ns;
    made.version = "0.1.0";
    made.ingress = "udp";
    made.health = Health::collecting;
    for (std::size_t i = 0; i < exporters; ++i) {
        made.exporters.push_back(exporter_of(i));
        add(made.box, made.exporters.back().totals);
        const Rates rates = rates_of(i);
        made.rates.datagrams += rates.datagrams;
        made.rates.payload_bytes += rates.payload_bytes;
        made.rates.flows += rates.flows;
        made.rates.delivered += rates.delivered;
        if (made.exporters.back().template_count == 0) continue;
        for (const std::uint16_t id : {256, 257}) made.templates.push_back(template_of(i, id));
    }
    add_machine(made);
    add_history(made);
    return made;
}

std::vector<http::SettingView> Actions::settings() const {
    return {{.key = "http.listen",
             .flag = "http.listen",
             .value_json = "\":9000\"",
             .default_json = "\":8080\"",
             .unit = "",
             .help = "Where to serve."},
            {.key = "batch.count",
             .flag = "batch.count",
             .value_json = "256",
             .default_json = "256",
             .unit = "",
             .help = "Batches."},
            {.key = "log.level",
             .flag = "loglevel",
             .value_json = "\"info\"",
             .default_json = "\"info\"",
             .unit = "",
             .help = "Least severe message that is logged.",
             .live = true}};
}

Outcome<config::Reload> Actions::reload() {
    return config::Reload{
        .changed = {"log.level"},
        .refused = {{"rx.workers", "rx.workers: 4 instead of 2 needs a restart"}}};
}

Outcome<std::string> Actions::set_log_level(std::string_view level) {
    if (level != "debug" && level != "info" && level != "warn" && level != "error") {
        return Failure{"there is no such level"};
    }
    const std::lock_guard lock{mutex_};
    return std::exchange(level_, std::string{level});
}

Outcome<http::Captured> Actions::capture(const http::CaptureOrder& order) {
    using namespace std::chrono_literals;
    for (std::uint64_t i = 0; i < order.seconds * 100 && !order.given_up(); ++i) {
        std::this_thread::sleep_for(10ms);
    }
    http::Captured captured{.pcapng = std::string{"\x0a\x0d\x0d\x0a\0\0", 6}, .datagrams = 3};
    const std::lock_guard lock{mutex_};
    if (state_.keeping) captured.kept_seconds = std::min(state_.seconds, order.seconds);
    return captured;
}

Failure Actions::keep(std::uint64_t seconds, std::uint64_t bytes) {
    const std::lock_guard lock{mutex_};
    state_ = {.keeping = seconds != 0, .seconds = seconds, .bytes = seconds != 0 ? bytes : 0};
    return {};
}

http::CaptureView Actions::capture_state() const {
    const std::lock_guard lock{mutex_};
    return state_;
}

}  // namespace flowd::made_up
