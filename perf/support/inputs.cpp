// SPDX-License-Identifier: BSD-3-Clause
// The table of inputs: templates as routers and exporters of today send them.
#include "perf/support/inputs.hpp"

#include "flow/decode/netflow5/decoder.hpp"
#include "perf/support/values.hpp"

namespace flow::perf {

namespace {

constexpr std::size_t sflow_samples_per_datagram = 6;

template <std::size_t A, std::size_t B>
constexpr std::array<TemplateField, A + B> joined(const std::array<TemplateField, A>& first,
                                                  const std::array<TemplateField, B>& second) {
    std::array<TemplateField, A + B> both{};
    for (std::size_t i = 0; i < A; ++i) both[i] = first[i];
    for (std::size_t i = 0; i < B; ++i) both[A + i] = second[i];
    return both;
}

// --- IPv4, 20 fields, and what differs from them

constexpr std::array<TemplateField, 20> ipv4_fields{{
    {8, 4},   {12, 4},  {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {152, 8}, {153, 8}, {6, 1}, {16, 4}, {17, 4}, {15, 4}, {9, 1},  {13, 1}, {58, 2}, {89, 1},
}};
constexpr std::array<TemplateField, 20> netflow9_fields{{
    {8, 4},  {12, 4}, {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {22, 4}, {21, 4}, {6, 1}, {16, 4}, {17, 4}, {15, 4}, {9, 1},  {13, 1}, {58, 2}, {89, 1},
}};
constexpr std::array<TemplateField, 20> mac_fields{{
    {8, 4},   {12, 4},  {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {152, 8}, {153, 8}, {6, 1}, {16, 4}, {17, 4}, {15, 4}, {56, 6}, {80, 6}, {58, 2}, {89, 1},
}};
constexpr std::array<TemplateField, 20> mpls_fields{{
    {8, 4},   {12, 4},  {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {152, 8}, {153, 8}, {6, 1}, {16, 4}, {17, 4}, {15, 4}, {70, 3}, {71, 3}, {72, 3}, {89, 1},
}};
constexpr std::array<TemplateField, 20> strings_fields{{
    {8, 4},
    {12, 4},
    {5, 1},
    {4, 1},
    {7, 2},
    {11, 2},
    {10, 4},
    {14, 4},
    {1, 8},
    {2, 8},
    {152, 8},
    {153, 8},
    {6, 1},
    {16, 4},
    {17, 4},
    {15, 4},
    {82, variable_length},
    {96, variable_length},
    {371, variable_length},
    {89, 1},
}};
constexpr std::array<TemplateField, 20> reduced_fields{{
    {8, 4},   {12, 4},  {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 2}, {14, 2}, {1, 4},  {2, 3},
    {152, 8}, {153, 8}, {6, 1}, {16, 3}, {17, 3}, {15, 4}, {9, 1},  {13, 1}, {58, 2}, {89, 1},
}};

/// The IP version beside the addresses, as nProbe and Flexible NetFlow send it.
constexpr std::array<TemplateField, 20> version_fields{{
    {8, 4},   {12, 4},  {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {152, 8}, {153, 8}, {6, 1}, {16, 4}, {17, 4}, {15, 4}, {9, 1},  {13, 1}, {58, 2}, {60, 1},
}};

// --- IPv6

constexpr std::array<TemplateField, 25> ipv6_fields{{
    {27, 16}, {28, 16}, {5, 1},   {4, 1},  {7, 2},  {11, 2}, {10, 4},  {14, 4}, {1, 8},
    {2, 8},   {152, 8}, {153, 8}, {6, 1},  {16, 4}, {17, 4}, {62, 16}, {29, 1}, {30, 1},
    {31, 4},  {139, 2}, {58, 2},  {59, 2}, {52, 1}, {89, 1}, {54, 4},
}};
constexpr std::array<TemplateField, 20> netflow9_ipv6_fields{{
    {27, 16}, {28, 16}, {5, 1}, {4, 1},  {7, 2},  {11, 2},  {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {22, 4},  {21, 4},  {6, 1}, {16, 4}, {17, 4}, {62, 16}, {29, 1}, {30, 1}, {31, 4}, {89, 1},
}};

// --- 10 and 40 fields

constexpr std::array<TemplateField, 10> few_fields{{
    {8, 4},
    {12, 4},
    {4, 1},
    {7, 2},
    {11, 2},
    {10, 4},
    {1, 8},
    {2, 8},
    {152, 8},
    {153, 8},
}};
constexpr std::array<TemplateField, 10> few_netflow9_fields{{
    {8, 4},
    {12, 4},
    {4, 1},
    {7, 2},
    {11, 2},
    {10, 4},
    {1, 4},
    {2, 4},
    {22, 4},
    {21, 4},
}};
constexpr std::array<TemplateField, 10> few_ipv6_fields{{
    {27, 16},
    {28, 16},
    {4, 1},
    {7, 2},
    {11, 2},
    {10, 4},
    {1, 8},
    {2, 8},
    {152, 8},
    {153, 8},
}};
/// As Cisco's Flexible NetFlow and nProbe have them; 55 and 161 have no column in goflow2 v1.
constexpr std::array<TemplateField, 20> more_fields{{
    {56, 6},  {80, 6},  {18, 4},  {52, 1},  {61, 1}, {54, 4}, {136, 1}, {243, 2}, {59, 2}, {252, 4},
    {253, 4}, {234, 4}, {235, 4}, {148, 8}, {25, 2}, {26, 2}, {161, 4}, {55, 1},  {88, 2}, {32, 2},
}};
constexpr std::array<TemplateField, 15> more_ipv6_fields{{
    {56, 6},
    {80, 6},
    {63, 16},
    {61, 1},
    {136, 1},
    {243, 2},
    {252, 4},
    {253, 4},
    {234, 4},
    {235, 4},
    {148, 8},
    {25, 2},
    {26, 2},
    {161, 4},
    {55, 1},
}};
constexpr auto many_fields = joined(ipv4_fields, more_fields);
constexpr auto many_netflow9_fields = joined(netflow9_fields, more_fields);
constexpr auto many_ipv6_fields = joined(ipv6_fields, more_ipv6_fields);
static_assert(many_fields.size() == 40 && many_ipv6_fields.size() == 40);

struct Row {
    Input input{};
    std::string_view name;
    Protocol protocol{};
    std::span<const TemplateField> fields{};
};

constexpr std::array<Row, input_count> table{{
    {Input::netflow5, "netflow5", Protocol::netflow5, netflow5::record_fields},
    {Input::netflow9, "netflow9", Protocol::netflow9, netflow9_fields},
    {Input::ipfix_ipv4, "ipfix-ipv4", Protocol::ipfix, ipv4_fields},
    {Input::ipfix_ipv6, "ipfix-ipv6", Protocol::ipfix, ipv6_fields},
    {Input::sflow, "sflow", Protocol::sflow, {}},
    {Input::netflow9_10, "netflow9-10", Protocol::netflow9, few_netflow9_fields},
    {Input::netflow9_40, "netflow9-40", Protocol::netflow9, many_netflow9_fields},
    {Input::netflow9_ipv6, "netflow9-ipv6", Protocol::netflow9, netflow9_ipv6_fields},
    {Input::ipfix_10, "ipfix-10", Protocol::ipfix, few_fields},
    {Input::ipfix_40, "ipfix-40", Protocol::ipfix, many_fields},
    {Input::ipfix_ipv6_10, "ipfix-ipv6-10", Protocol::ipfix, few_ipv6_fields},
    {Input::ipfix_ipv6_40, "ipfix-ipv6-40", Protocol::ipfix, many_ipv6_fields},
    {Input::ipfix_mac, "ipfix-mac", Protocol::ipfix, mac_fields},
    {Input::ipfix_strings, "ipfix-strings", Protocol::ipfix, strings_fields},
    {Input::ipfix_mpls, "ipfix-mpls", Protocol::ipfix, mpls_fields},
    {Input::ipfix_reduced, "ipfix-reduced", Protocol::ipfix, reduced_fields},
    {Input::ipfix_version, "ipfix-version", Protocol::ipfix, version_fields},
    {Input::sflow_tcp, "sflow-tcp", Protocol::sflow, {}},
    {Input::sflow_udp, "sflow-udp", Protocol::sflow, {}},
    {Input::sflow_vlan, "sflow-vlan", Protocol::sflow, {}},
    {Input::sflow_ipv6, "sflow-ipv6", Protocol::sflow, {}},
}};

constexpr std::array<Input, input_count> in_order = [] {
    std::array<Input, input_count> order{};
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = table[i].input;
    return order;
}();
static_assert([] {
    for (std::size_t i = 0; i < in_order.size(); ++i) {
        if (in_order[i] != static_cast<Input>(i)) return false;
    }
    return true;
}());

const Row& row(Input input) noexcept { return table[static_cast<std::size_t>(input)]; }

}  // namespace

std::span<const Input> all_inputs() noexcept { return in_order; }

std::string_view name(Input input) noexcept { return row(input).name; }

Protocol protocol(Input input) noexcept { return row(input).protocol; }

std::span<const TemplateField> fields(Input input) noexcept { return row(input).fields; }

std::size_t record_size(Input input) noexcept {
    std::size_t size = 0;
    for (const TemplateField& field : fields(input)) {
        size += field.length == variable_length ? 1 + string_size_max : field.length;
    }
    return size;
}

std::size_t records_offset(Input input) noexcept {
    return protocol(input) == Protocol::ipfix ? 20 : 24;
}

std::size_t records_per_datagram(Input input) noexcept {
    switch (protocol(input)) {
        case Protocol::sflow: return sflow_samples_per_datagram;
        case Protocol::netflow5: return 30;
        default: return (payload_size_max - records_offset(input)) / record_size(input);
    }
}

}  // namespace flow::perf
