// SPDX-License-Identifier: BSD-3-Clause
// Rows as flowd's; the checks that concern several of them.
#include "tools/gen/options.hpp"

#include <arpa/inet.h>

#include <string_view>
#include <vector>

#include "config/flags.hpp"
#include "config/mac.hpp"
#include "config/schema.hpp"
#include "config/text.hpp"
#include "config/tool_help.hpp"

namespace flowd::gen {

namespace {

using config::Row;

std::vector<Row> sending_rows(Options& options) {
    return {
        {.key = {},
         .flag = "eal",
         .target = &options.eal,
         .help = "EAL arguments, split at spaces; quotes keep them. The first port that they make "
                 "is the one that sends."},
        {.key = {},
         .flag = "queues",
         .target = &options.queues,
         .help = "TX queues.",
         .min = 1,
         .max = 64},
        {.key = {},
         .flag = "descriptors",
         .target = &options.descriptors,
         .help = "TX descriptors of each queue, cut to what the driver takes.",
         .min = 64,
         .max = 32768},
        {.key = {},
         .flag = "spread",
         .target = &options.spread,
         .help = "How a frame finds its queue, as a NIC's RSS would: by a hash of its source "
                 "address, by one of addresses and ports, or in turns.",
         .choices = {"source", "flow", "round-robin"}},
        {.key = {},
         .flag = "pps",
         .target = &options.pps,
         .help = "Datagrams a second; 0: as fast as possible.",
         .min = 0,
         .max = 1'000'000'000},
        {.key = {},
         .flag = "count",
         .target = &options.count,
         .help = "Datagrams in all; 0: no limit.",
         .min = 0},
        {.key = {},
         .flag = "seconds",
         .target = &options.seconds,
         .help = "Ends after so long; 0: no limit.",
         .min = 0,
         .max = 1'000'000},
    };
}

std::vector<Row> waiting_rows(Options& options) {
    return {
        {.key = {},
         .flag = "on-full",
         .target = &options.on_full,
         .help = "What becomes of frames that a queue refuses: sent again, or dropped and counted.",
         .choices = {"wait", "drop"}},
        {.key = {},
         .flag = "link-ms",
         .target = &options.link_ms,
         .help = "How long to wait for a link before the first frame.",
         .max = 3'600'000},
        {.key = {},
         .flag = "settle-ms",
         .target = &options.settle_ms,
         .help = "How long to wait from the link to the first frame.",
         .min = 0,
         .max = 3'600'000},
        {.key = {},
         .flag = "hold",
         .target = &options.hold,
         .help = "With a link, waits for a line on stdin, or its end, before the first frame."},
        {.key = {},
         .flag = "stall-ms",
         .target = &options.stall_ms,
         .help = "With -on-full wait: a queue that takes nothing for so long ends the run.",
         .min = 1,
         .max = 3'600'000},
        {.key = {},
         .flag = "linger-ms",
         .target = &options.linger_ms,
         .help = "The port stays open for so long after the last frame, so that a peer can empty "
                 "its rings. A signal ends it.",
         .max = 3'600'000},
        {.key = {},
         .flag = "truth",
         .target = &options.truth,
         .help = "Writes here, as JSON lines, what each domain has sent."},
    };
}

std::vector<Row> exporter_rows(Options& options) {
    return {
        {.key = {},
         .flag = "read",
         .target = &options.read,
         .help = "Sends the frames of this capture (Ethernet) instead of synthetic exporters'."},
        {.key = {},
         .flag = "loops",
         .target = &options.loops,
         .help = "How often the capture is sent; 0: no limit.",
         .min = 0},
        {.key = {},
         .flag = "exporters",
         .target = &options.exporters,
         .help = "Exporters: 10.0.0.1 and on.",
         .min = 1,
         .max = 1 << 20},
        {.key = {},
         .flag = "ipv6",
         .target = &options.ipv6,
         .help = "Every second exporter has an IPv6 address: 2001:db8::2, ::4 and on."},
        {.key = {},
         .flag = "domains",
         .target = &options.domains,
         .help = "Domains of each exporter (v5: engines; sFlow: sub-agents), in turns.",
         .min = 1,
         .max = 65535},
        {.key = {},
         .flag = "ports",
         .target = &options.ports,
         .help = "An exporter's source port: always the same, or another one in each datagram.",
         .choices = {"stable", "random"}},
        {.key = {},
         .flag = "weights",
         .target = &options.weights,
         .help = "How much of all each exporter sends: the same; the nth 1/n of what the first "
                 "does; the first one half of all.",
         .choices = {"equal", "zipf", "elephant"}},
        {.key = {},
         .flag = "seed",
         .target = &options.seed,
         .help = "Of what is random: ports, and whose turn it is with zipf.",
         .min = 1},
    };
}

std::vector<Row> protocol_rows(Options& options) {
    return {
        {.key = {},
         .flag = "protocol",
         .target = &options.protocol,
         .help = "What exporters speak; mixed: v5, v9, IPFIX, sFlow, v5 and so on.",
         .choices = {"v5", "v9", "ipfix", "sflow", "mixed"}},
        {.key = {},
         .flag = "records",
         .target = &options.records,
         .help = "Flows of a datagram; v5 has 30 at most.",
         .min = 1,
         .max = 500},
        {.key = {},
         .flag = "template-every",
         .target = &options.template_every,
         .help = "A domain repeats its template every so many of its datagrams; 0: only the first.",
         .min = 0,
         .max = 1 << 30},
        {.key = {},
         .flag = "redefine-every",
         .target = &options.redefine_every,
         .help = "A domain's template changes every so many of its datagrams; 0: never.",
         .min = 0,
         .max = 1 << 30},
        {.key = {},
         .flag = "storm",
         .target = &options.storm,
         .help = "Each datagram of v9 and IPFIX brings so many templates more, changed each time, "
                 "for which no data comes: hard work for a receiver that does not write more.",
         .min = 0,
         .max = 100},
    };
}

std::vector<Row> frame_rows(Options& options) {
    return {
        {.key = {}, .flag = "mac", .target = &options.mac, .help = "Destination MAC address."},
        {.key = {},
         .flag = "destination",
         .target = &options.destination,
         .help = "Destination IPv4 address."},
        {.key = {},
         .flag = "destination6",
         .target = &options.destination6,
         .help = "Destination IPv6 address."},
        {.key = {},
         .flag = "netflow-port",
         .target = &options.netflow_port,
         .help = "Destination port of NetFlow and IPFIX.",
         .min = 1,
         .max = 65535},
        {.key = {},
         .flag = "sflow-port",
         .target = &options.sflow_port,
         .help = "Destination port of sFlow.",
         .min = 1,
         .max = 65535},
        {.key = {},
         .flag = "vlan",
         .target = &options.vlan,
         .help = "VLAN of the frames; 0: no tag.",
         .min = 0,
         .max = 4094},
        {.key = {},
         .flag = "fragment",
         .target = &options.fragment,
         .help = "Splits IP packets that are longer into fragments; 0: never.",
         .min = 0,
         .max = 65535},
        {.key = {},
         .flag = "reversed",
         .target = &options.reversed,
         .help = "With -fragment: the last fragment first."},
        {.key = {}, .flag = "h", .target = &options.help, .help = "Prints this."},
        {.key = {}, .flag = "v", .target = &options.version, .help = "Prints the version."},
    };
}

config::Schema schema_of(Options& options) {
    std::vector<Row> rows = sending_rows(options);
    for (const auto& part : {waiting_rows(options), exporter_rows(options), protocol_rows(options),
                             frame_rows(options)}) {
        rows.insert(rows.end(), part.begin(), part.end());
    }
    return config::Schema{std::move(rows)};
}

Protocol protocol_of(std::string_view name) noexcept {
    if (name == "v5") return Protocol::netflow5;
    if (name == "v9") return Protocol::netflow9;
    return name == "sflow" ? Protocol::sflow : Protocol::ipfix;
}

Weights weights_of(std::string_view name) noexcept {
    if (name == "zipf") return Weights::zipf;
    return name == "elephant" ? Weights::elephant : Weights::equal;
}

/// Room for headers and at least eight bytes of payload, RFC 791 and RFC 8200.
constexpr std::int64_t fragment_min = 68;
constexpr std::int64_t fragment6_min = 1280;

}  // namespace

Failure read_arguments(std::span<const char* const> arguments, Options& options) {
    const config::Schema schema = schema_of(options);
    const auto flags = config::parse_flags(arguments, schema);
    if (!flags) return flags.error();
    for (const config::FlagValue& flag : *flags) {
        if (Failure failure = apply_flag(flag); failed(failure)) return failure;
    }
    return {};
}

Outcome<FleetPlan> fleet_plan(const Options& options) {
    if (options.exporters * options.domains > domain_count_max) {
        return Failure{"-domains: " + std::to_string(options.domains) + " of each of " +
                       std::to_string(options.exporters) + " exporters are more than " +
                       std::to_string(domain_count_max)};
    }
    return FleetPlan{.exporters = static_cast<std::uint32_t>(options.exporters),
                     .domains = static_cast<std::uint32_t>(options.domains),
                     .mixed = options.protocol == "mixed",
                     .protocol = protocol_of(options.protocol),
                     .ipv6 = options.ipv6,
                     .records = static_cast<std::uint32_t>(options.records),
                     .template_every = static_cast<std::uint32_t>(options.template_every),
                     .redefine_every = static_cast<std::uint32_t>(options.redefine_every),
                     .storm = static_cast<std::uint32_t>(options.storm),
                     .random_ports = options.ports == "random",
                     .weights = weights_of(options.weights),
                     .seed = static_cast<std::uint64_t>(options.seed)};
}

Outcome<FramePlan> frame_plan(const Options& options) {
    FramePlan plan{.netflow_port = static_cast<std::uint16_t>(options.netflow_port),
                   .sflow_port = static_cast<std::uint16_t>(options.sflow_port),
                   .vlan = static_cast<std::uint16_t>(options.vlan),
                   .fragment = static_cast<std::uint16_t>(options.fragment),
                   .reversed = options.reversed};
    const auto mac = config::parse_mac(options.mac);
    if (!mac) {
        return Failure{"-mac: " + config::in_quotes(options.mac) +
                       " is no address such as 02:00:00:00:00:01"};
    }
    plan.mac = *mac;
    if (inet_pton(AF_INET, options.destination.c_str(), plan.destination.data()) != 1) {
        return Failure{"-destination: " + config::in_quotes(options.destination) +
                       " is no IPv4 address"};
    }
    if (inet_pton(AF_INET6, options.destination6.c_str(), plan.destination6.data()) != 1) {
        return Failure{"-destination6: " + config::in_quotes(options.destination6) +
                       " is no IPv6 address"};
    }
    const std::int64_t least = options.ipv6 ? fragment6_min : fragment_min;
    if (options.fragment != 0 && options.fragment < least) {
        return Failure{"-fragment: " + std::to_string(options.fragment) + " is below " +
                       std::to_string(least)};
    }
    if (options.fragment != 0 && !options.read.empty()) {
        return Failure{"-fragment: a capture's frames are sent as they are"};
    }
    return plan;
}

Spread spread_of(const Options& options) noexcept {
    if (options.spread == "flow") return Spread::flow;
    return options.spread == "round-robin" ? Spread::round_robin : Spread::source;
}

std::string help_text() {
    Options options;
    const config::Schema schema = schema_of(options);
    const std::string head =
        "flowd-gen sends NetFlow, IPFIX and sFlow through a DPDK port: of synthetic exporters, "
        "or a capture's.\n"
        "\n"
        "usage: flowd-gen -eal '--no-pci --vdev net_memif0,role=client,...' [flags]\n"
        "\n"
        "A flag is written -name value or -name=value, with one dash or two.\n\n";
    return head + config::tool_flags(schema, config::Defaults::shown);
}

}  // namespace flowd::gen
