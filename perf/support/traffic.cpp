// SPDX-License-Identifier: BSD-3-Clause
// The inputs of all benchmarks: different datagrams from a fixed seed.
#include "perf/support/traffic.hpp"

#include <cstring>

#include "flow/decode/netflow5/decoder.hpp"
#include "flow/packet/numbers.hpp"
#include "perf/support/random.hpp"
#include "perf/support/values.hpp"
#include "tests/support/netflow_builder.hpp"
#include "tests/support/sflow_builder.hpp"

namespace flow::perf {

namespace {

using flow::test::ByteBuilder;

constexpr std::array<TemplateField, 20> ipv4_fields{{
    {8, 4},   {12, 4},  {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {152, 8}, {153, 8}, {6, 1}, {16, 4}, {17, 4}, {15, 4}, {9, 1},  {13, 1}, {58, 2}, {89, 1},
}};
constexpr std::array<TemplateField, 25> ipv6_fields{{
    {27, 16}, {28, 16}, {5, 1},   {4, 1},  {7, 2},  {11, 2}, {10, 4},  {14, 4}, {1, 8},
    {2, 8},   {152, 8}, {153, 8}, {6, 1},  {16, 4}, {17, 4}, {62, 16}, {29, 1}, {30, 1},
    {31, 4},  {139, 2}, {58, 2},  {59, 2}, {52, 1}, {89, 1}, {54, 4},
}};
constexpr std::array<TemplateField, 20> netflow9_fields{{
    {8, 4},  {12, 4}, {5, 1}, {4, 1},  {7, 2},  {11, 2}, {10, 4}, {14, 4}, {1, 8},  {2, 8},
    {22, 4}, {21, 4}, {6, 1}, {16, 4}, {17, 4}, {15, 4}, {9, 1},  {13, 1}, {58, 2}, {89, 1},
}};

constexpr unsigned template_id = 256;
constexpr std::size_t datagram_size_max = 1472;
/// Of memory between the starts of two datagrams; a multiple of a cache line.
constexpr std::size_t stride = 1536;
/// What kernels may read behind a datagram.
constexpr std::size_t padding = 64;
constexpr std::size_t samples_per_datagram = 6;

/// An exporter and what it counts: records (v5, IPFIX) or datagrams (v9, sFlow).
struct Exporter {
    Address address;
    std::uint32_t domain = 0;
    std::uint32_t sequence = 0;
};

std::vector<Exporter> make_exporters(std::size_t count, Random& random) {
    std::vector<Exporter> exporters(count);
    for (std::size_t i = 0; i < count; ++i) {
        exporters[i].address = test::ipv4(10, 1, static_cast<unsigned>(i >> 8 & 0xff),
                                          static_cast<unsigned>(i & 0xff));
        exporters[i].domain = static_cast<std::uint32_t>(random.between(1, 4));
        exporters[i].sequence = static_cast<std::uint32_t>(random.next() >> 36);
    }
    return exporters;
}

void add_random_bytes(ByteBuilder& out, std::size_t size, Random& random) {
    for (std::size_t i = 0; i < size; ++i) out.u8(random.next());
}

void add_records(ByteBuilder& out, Input input, Random& random) {
    for (std::size_t i = 0; i < records_per_datagram(input); ++i) {
        for (const TemplateField& field : fields(input)) {
            if (is_address(field.id)) {
                add_random_bytes(out, field.length, random);
            } else {
                out.number(field_value(field, random), field.length);
            }
        }
    }
}

ByteBuilder netflow5_datagram(const Exporter& exporter, Random& random) {
    // Sampling mode 1 (the two high bits), 1 in 100.
    ByteBuilder out = test::netflow5_message(
        {.count = static_cast<unsigned>(records_per_datagram(Input::netflow5)),
         .uptime_ms = uptime_ms,
         .seconds = now_ms / 1000,
         .nanoseconds = static_cast<std::uint32_t>(random.below(1'000'000'000)),
         .sequence = exporter.sequence,
         .sampling = 0x4000 | 100});
    add_records(out, Input::netflow5, random);
    return out;
}

/// A v9 or IPFIX message around one set.
ByteBuilder message(Input input, const Exporter& exporter, unsigned record_count,
                    const ByteBuilder& set) {
    if (input == Input::netflow9) {
        ByteBuilder out = test::netflow9_message({.count = record_count,
                                                  .uptime_ms = uptime_ms,
                                                  .seconds = now_ms / 1000,
                                                  .sequence = exporter.sequence,
                                                  .source_id = exporter.domain});
        return out.bytes(set.bytes());
    }
    return test::ipfix_message(
        {.seconds = now_ms / 1000, .sequence = exporter.sequence, .domain = exporter.domain},
        set.bytes());
}

ByteBuilder template_datagram(Input input, const Exporter& exporter) {
    const ByteBuilder record = test::template_record(template_id, fields(input));
    return message(input, exporter, 1, test::set(input == Input::netflow9 ? 0 : 2, record.bytes()));
}

ByteBuilder data_datagram(Input input, const Exporter& exporter, Random& random) {
    ByteBuilder records;
    add_records(records, input, random);
    records.fill((4 - records.size() % 4) % 4);  // RFC 3954 §5.3; both versions allow it
    return message(input, exporter, static_cast<unsigned>(records_per_datagram(input)),
                   test::set(template_id, records.bytes()));
}

/// The first 128 bytes of a TCP or UDP packet on Ethernet, one in three with a VLAN tag.
ByteBuilder sampled_packet(Random& random) {
    ByteBuilder out;
    add_random_bytes(out, 12, random);
    if (random.one_in(3)) out.u16(packet::ethertype::vlan).u16(random.between(1, 4094));
    out.u16(packet::ethertype::ipv4);
    const bool tcp = !random.one_in(3);
    const std::uint64_t size = random.between(40, 1500);
    out.u8(0x45).u8(random.one_in(4) ? random.next() & 0xfc : 0).u16(size).u16(random.next());
    out.u16(0x4000).u8(64 - random.below(30)).u8(tcp ? 6 : 17).u16(random.next());
    add_random_bytes(out, 8, random);
    out.u16(field_value({7, 2}, random)).u16(field_value({11, 2}, random));
    if (tcp) {
        out.u32(random.next()).u32(random.next()).u8(0x50).u8(random.next() & 0x1f);
        out.u16(random.next()).u16(random.next()).u16(0);
    } else {
        out.u16(size - 20).u16(random.next());
    }
    return out.fill(128 - out.size(), 0x2e);
}

ByteBuilder sflow_datagram(const Exporter& exporter, Random& random) {
    ByteBuilder samples;
    for (std::size_t i = 0; i < samples_per_datagram; ++i) {
        const ByteBuilder packet = sampled_packet(random);
        const ByteBuilder record = test::raw_header(
            1, static_cast<std::uint32_t>(random.between(64, 1518)), packet.bytes());
        const ByteBuilder sample =
            test::flow_sample({.sampling_rate = 1000,
                               .input = static_cast<std::uint32_t>(random.between(1, 200)),
                               .output = static_cast<std::uint32_t>(random.between(1, 200)),
                               .record_count = 1},
                              record.bytes());
        samples.bytes(test::tagged(1, sample.bytes()).bytes());
    }
    return test::sflow_message(
        {.sequence = exporter.sequence, .sample_count = samples_per_datagram}, samples.bytes());
}

ByteBuilder make_datagram(Input input, Exporter& exporter, Random& random) {
    const bool counts_records = input != Input::netflow9 && input != Input::sflow;
    ByteBuilder out = input == Input::netflow5 ? netflow5_datagram(exporter, random)
                      : input == Input::sflow  ? sflow_datagram(exporter, random)
                                               : data_datagram(input, exporter, random);
    exporter.sequence +=
        counts_records ? static_cast<std::uint32_t>(records_per_datagram(input)) : 1;
    return out;
}

}  // namespace

std::string_view name(Input input) noexcept {
    static constexpr std::array<std::string_view, inputs.size()> names{
        "netflow5", "netflow9", "ipfix-ipv4", "ipfix-ipv6", "sflow"};
    return names[static_cast<std::size_t>(input)];
}

std::span<const TemplateField> fields(Input input) noexcept {
    switch (input) {
        case Input::netflow5: return netflow5::record_fields;
        case Input::netflow9: return netflow9_fields;
        case Input::ipfix_ipv4: return ipv4_fields;
        case Input::ipfix_ipv6: return ipv6_fields;
        case Input::sflow: break;
    }
    return {};
}

std::size_t record_size(Input input) noexcept {
    std::size_t size = 0;
    for (const TemplateField& field : fields(input)) size += field.length;
    return size;
}

std::size_t records_offset(Input input) noexcept {
    return input == Input::ipfix_ipv4 || input == Input::ipfix_ipv6 ? 20 : 24;
}

std::size_t records_per_datagram(Input input) noexcept {
    if (input == Input::sflow) return samples_per_datagram;
    if (input == Input::netflow5) return 30;
    return (1400 - records_offset(input)) / record_size(input);
}

Traffic make_traffic(Input input, const TrafficOptions& options) {
    Random random{options.seed};
    std::vector<Exporter> exporters = make_exporters(options.exporter_count, random);
    const bool needs_templates = input != Input::netflow5 && input != Input::sflow;
    const std::size_t template_count = needs_templates ? exporters.size() : 0;

    Traffic traffic{.input = input,
                    .memory = std::vector<std::uint8_t>(
                        (template_count + options.datagram_count) * stride + padding),
                    .templates = {},
                    .datagrams = {},
                    .flow_count = options.datagram_count * records_per_datagram(input)};
    std::uint8_t* at = traffic.memory.data();
    std::uint64_t received_ns = now_ms * 1'000'000;
    const auto add = [&](std::vector<Datagram>& to, const Exporter& exporter,
                         const ByteBuilder& bytes) {
        static_assert(datagram_size_max <= stride);
        std::memcpy(at, bytes.bytes().data(), bytes.size());
        to.push_back({.payload = {at, bytes.size()},
                      .source = exporter.address,
                      .source_port = 50'000,
                      .destination_port = 2055,
                      .received_ns = received_ns++,
                      .readable_behind = static_cast<std::uint32_t>(stride - bytes.size())});
        at += stride;
    };
    for (std::size_t i = 0; i < template_count; ++i) {
        add(traffic.templates, exporters[i], template_datagram(input, exporters[i]));
    }
    for (std::size_t i = 0; i < options.datagram_count; ++i) {
        Exporter& exporter = exporters[random.below(exporters.size())];
        add(traffic.datagrams, exporter, make_datagram(input, exporter, random));
    }
    return traffic;
}

}  // namespace flow::perf
