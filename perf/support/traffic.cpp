// SPDX-License-Identifier: BSD-3-Clause
// The inputs of all benchmarks: different datagrams from a fixed seed.
#include "perf/support/traffic.hpp"

#include <algorithm>
#include <cstring>

#include "perf/support/random.hpp"
#include "perf/support/require.hpp"
#include "perf/support/sampled_packets.hpp"
#include "perf/support/values.hpp"
#include "tests/support/netflow_builder.hpp"
#include "tests/support/sflow_builder.hpp"

namespace flow::perf {

namespace {

using test::ByteBuilder;
using Layout = std::vector<TemplateField>;

constexpr unsigned template_id = 256;  // the first one
constexpr unsigned options_template_id = 65'000;
constexpr std::size_t datagram_size_max = 1472;
/// Of memory between the starts of two datagrams; multiples of a cache line.
constexpr std::size_t stride = 1536;
constexpr std::size_t template_stride = 512;
/// What kernels may read behind a datagram.
constexpr std::size_t padding = 64;

/// An exporter and what it counts: records (v5, IPFIX) or datagrams (v9, sFlow).
struct Exporter {
    Address address;
    std::uint32_t domain = 0;
    std::uint32_t sequence = 0;
};

std::vector<Exporter> make_exporters(std::size_t count, Random& random) {
    std::vector<Exporter> exporters(count);
    for (std::size_t i = 0; i < count; ++i) {
        exporters[i].address =
            test::ipv4(10, static_cast<unsigned>(1 + (i >> 16 & 0x7f)),
                       static_cast<unsigned>(i >> 8 & 0xff), static_cast<unsigned>(i & 0xff));
        exporters[i].domain = static_cast<std::uint32_t>(random.between(1, 4));
        exporters[i].sequence = static_cast<std::uint32_t>(random.next() >> 36);
    }
    return exporters;
}

/// The input's fields, and as many shuffled orders of them as are wanted.
std::vector<Layout> make_layouts(Input input, std::size_t count) {
    std::vector<Layout> layouts(count, Layout{fields(input).begin(), fields(input).end()});
    for (std::size_t i = 1; i < count; ++i) {
        Random random{i};
        Layout& layout = layouts[i];
        for (std::size_t j = layout.size(); j > 1; --j) {
            std::swap(layout[j - 1], layout[random.below(j)]);
        }
    }
    return layouts;
}

void add_field(ByteBuilder& out, const TemplateField& field, Random& random) {
    if (field.length == variable_length) {
        const std::string_view text = field_string(field, random);
        out.u8(text.size());
        for (const char letter : text) out.u8(static_cast<std::uint8_t>(letter));
    } else if (is_address(field.id)) {
        add_random_bytes(out, field.length, random);
    } else {
        out.number(field_value(field, random), field.length);
    }
}

ByteBuilder make_records(const Layout& layout, std::size_t count, Random& random) {
    ByteBuilder out;
    for (std::size_t i = 0; i < count; ++i) {
        for (const TemplateField& field : layout) add_field(out, field, random);
    }
    return out;
}

/// A v9 or IPFIX message around its sets.
ByteBuilder message(Input input, const Exporter& exporter, std::size_t record_count,
                    const ByteBuilder& sets) {
    if (protocol(input) == Protocol::netflow9) {
        ByteBuilder out = test::netflow9_message({.count = static_cast<unsigned>(record_count),
                                                  .uptime_ms = uptime_ms,
                                                  .seconds = now_ms / 1000,
                                                  .sequence = exporter.sequence,
                                                  .source_id = exporter.domain});
        return out.bytes(sets.bytes());
    }
    return test::ipfix_message(
        {.seconds = now_ms / 1000, .sequence = exporter.sequence, .domain = exporter.domain},
        sets.bytes());
}

ByteBuilder template_set(Input input, std::size_t index, const Layout& layout) {
    const ByteBuilder record =
        test::template_record(static_cast<unsigned>(template_id + index), layout);
    return test::set(protocol(input) == Protocol::netflow9 ? 0 : 2, record.bytes());
}

/// An options template and its data, as routers repeat them: 1 in 1000 packets is sampled.
ByteBuilder options_sets(Input input, const Exporter& exporter) {
    if (protocol(input) == Protocol::netflow9) {
        constexpr std::array<TemplateField, 1> scopes{{{1, 4}}};  // the system
        constexpr std::array<TemplateField, 2> options{{{34, 4}, {35, 1}}};
        ByteBuilder record = test::netflow9_options_record(options_template_id, scopes, options);
        record.fill((4 - record.size() % 4) % 4);
        ByteBuilder out = test::set(1, record.bytes());
        ByteBuilder data;
        data.u32(exporter.domain).u32(1000).u8(2).fill(3);
        return out.bytes(test::set(options_template_id, data.bytes()).bytes());
    }
    constexpr std::array<TemplateField, 1> scopes{{{144, 4}}};  // the exporting process
    constexpr std::array<TemplateField, 2> options{{{305, 4}, {306, 4}}};
    const ByteBuilder record = test::ipfix_options_record(options_template_id, scopes, options);
    ByteBuilder out = test::set(3, record.bytes());
    ByteBuilder data;
    data.u32(exporter.domain).u32(1).u32(999);
    return out.bytes(test::set(options_template_id, data.bytes()).bytes());
}

/// Makes one datagram after the other.
class Maker {
public:
    Maker(Input input, const TrafficOptions& options)
        : input_{input},
          options_{options},
          random_{options.seed},
          exporters_{make_exporters(options.exporter_count, random_)},
          layouts_{make_layouts(input, options.layouts == 0 ? options.templates : options.layouts)},
          records_max_{options.records == 0
                           ? records_per_datagram(input)
                           : std::min(options.records, records_per_datagram(input))} {}

    struct Made {
        Address source;
        ByteBuilder bytes;
        std::size_t flow_count = 0;
    };

    [[nodiscard]] bool has_templates() const noexcept {
        return protocol(input_) == Protocol::netflow9 || protocol(input_) == Protocol::ipfix;
    }

    [[nodiscard]] Made template_datagram(std::size_t exporter, std::size_t index) const {
        const Exporter& from = exporters_[exporter];
        const ByteBuilder set = template_set(input_, index, layout_of(exporter, index));
        return {from.address, message(input_, from, 1, set)};
    }

    [[nodiscard]] Made datagram() {
        const std::size_t index = random_.below(exporters_.size());
        Exporter& exporter = exporters_[index];
        const bool mixed =
            options_.mixed_percent > 0 && random_.below(100) < options_.mixed_percent;
        switch (protocol(input_)) {
            case Protocol::netflow5: return netflow5(exporter);
            case Protocol::sflow: return sflow(exporter, mixed);
            default: return with_sets(exporter, index, mixed);
        }
    }

private:
    [[nodiscard]] const Layout& layout_of(std::size_t exporter, std::size_t index) const {
        return layouts_[(exporter * options_.templates + index) % layouts_.size()];
    }

    Made netflow5(Exporter& exporter) {
        // Sampling mode 1 (the two high bits), 1 in 100.
        ByteBuilder out = test::netflow5_message(
            {.count = static_cast<unsigned>(records_max_),
             .uptime_ms = uptime_ms,
             .seconds = now_ms / 1000,
             .nanoseconds = static_cast<std::uint32_t>(random_.below(1'000'000'000)),
             .sequence = exporter.sequence,
             .sampling = 0x4000 | 100});
        out.bytes(make_records(layouts_.front(), records_max_, random_).bytes());
        exporter.sequence += static_cast<std::uint32_t>(records_max_);
        return {exporter.address, std::move(out), records_max_};
    }

    Made sflow(Exporter& exporter, bool mixed) {
        ByteBuilder samples;
        if (mixed) samples = counter_sample(random_);
        for (std::size_t i = 0; i < records_max_; ++i) {
            samples.bytes(packet_sample(input_, random_).bytes());
        }
        const auto count = static_cast<std::uint32_t>(records_max_ + (mixed ? 1 : 0));
        ByteBuilder out = test::sflow_message(
            {.sequence = exporter.sequence++, .sample_count = count}, samples.bytes());
        return {exporter.address, std::move(out), records_max_};
    }

    Made with_sets(Exporter& exporter, std::size_t exporter_index, bool mixed) {
        const std::size_t index = options_.templates > 1 ? random_.below(options_.templates) : 0;
        const Layout& layout = layout_of(exporter_index, index);
        ByteBuilder sets;
        std::size_t record_count = records_max_;
        if (mixed) {
            sets = template_set(input_, index, layout);
            sets.bytes(options_sets(input_, exporter).bytes());
            const std::size_t used = records_offset(input_) + sets.size();
            record_count = std::min(record_count, (payload_size_max - used) / record_size(input_));
        }
        ByteBuilder records = make_records(layout, record_count, random_);
        records.fill((4 - records.size() % 4) % 4);  // RFC 3954 §5.3; both versions allow it
        sets.bytes(test::set(static_cast<unsigned>(template_id + index), records.bytes()).bytes());
        // v9 counts records of all kinds in its header, IPFIX counts data records as its sequence.
        Made made{exporter.address, message(input_, exporter, record_count + (mixed ? 3 : 0), sets),
                  record_count};
        exporter.sequence += protocol(input_) == Protocol::netflow9
                                 ? 1
                                 : static_cast<std::uint32_t>(record_count + (mixed ? 1 : 0));
        return made;
    }

    Input input_;
    TrafficOptions options_;
    Random random_;
    std::vector<Exporter> exporters_;
    std::vector<Layout> layouts_;
    std::size_t records_max_;
};

/// Puts datagrams into the memory of a Traffic.
class Placer {
public:
    explicit Placer(Traffic& traffic)
        : at_{traffic.memory.data()}, end_{at_ + traffic.memory.size() - padding} {}

    void add(std::vector<Datagram>& to, const Maker::Made& made, std::size_t room) {
        const std::size_t size = made.bytes.size();
        require(size <= std::min(datagram_size_max, room) && at_ + room <= end_,
                "a datagram of " + std::to_string(size) + " bytes");
        std::memcpy(at_, made.bytes.bytes().data(), size);
        to.push_back({.payload = {at_, size},
                      .source = made.source,
                      .source_port = 50'000,
                      .destination_port = 2055,
                      .received_ns = received_ns_++,
                      .readable_behind = static_cast<std::uint32_t>(room - size)});
        at_ += room;
    }

private:
    std::uint8_t* at_;
    std::uint8_t* end_;
    std::uint64_t received_ns_ = now_ms * 1'000'000;
};

}  // namespace

std::uint64_t Traffic::payload_bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const Datagram& datagram : datagrams) sum += datagram.payload.size();
    return sum;
}

Traffic make_traffic(Input input, const TrafficOptions& options) {
    Maker maker{input, options};
    const std::size_t exporters = maker.has_templates() ? options.exporter_count : 0;
    Traffic traffic{
        .input = input,
        .options = options,
        .memory = std::vector<std::uint8_t>(exporters * options.templates * template_stride +
                                            options.datagram_count * stride + padding),
        .templates = {},
        .datagrams = {},
        .flow_counts = {}};
    traffic.templates.reserve(exporters * options.templates);
    traffic.datagrams.reserve(options.datagram_count);
    traffic.flow_counts.reserve(options.datagram_count);
    Placer placer{traffic};
    for (std::size_t i = 0; i < exporters; ++i) {
        for (std::size_t j = 0; j < options.templates; ++j) {
            placer.add(traffic.templates, maker.template_datagram(i, j), template_stride);
        }
    }
    for (std::size_t i = 0; i < options.datagram_count; ++i) {
        const Maker::Made made = maker.datagram();
        placer.add(traffic.datagrams, made, stride);
        traffic.flow_counts.push_back(static_cast<std::uint16_t>(made.flow_count));
        traffic.flow_count += made.flow_count;
    }
    return traffic;
}

}  // namespace flow::perf
