// SPDX-License-Identifier: BSD-3-Clause
// sFlow v5: the samples of a datagram and the headers of their records (sFlow v5 §5).
#include <array>
#include <span>

#include "flow/raw/messages.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::raw {

namespace {

/// Formats of samples, enterprise 0 (sFlow v5 §5.3; 5: sFlow Discarded Packet Notification).
enum Format : std::uint32_t {
    flow_sample = 1,
    counter_sample = 2,
    expanded_flow_sample = 3,
    expanded_counter_sample = 4,
    discarded_packet = 5,
};

constexpr std::array<std::string_view, 5> flow_words{"sampling-rate", "sample-pool", "drops",
                                                     "input", "output"};
constexpr std::array<std::string_view, 7> expanded_flow_words{
    "sampling-rate",  "sample-pool",      "drops",          "input-if-format",
    "input-if-value", "output-if-format", "output-if-value"};
constexpr std::array<std::string_view, 4> drop_words{"drops", "input", "output", "reason"};

/// What follows the sample's header, up to the count of records.
std::span<const std::string_view> words_of(std::uint32_t format) noexcept {
    switch (format) {
        case flow_sample: return flow_words;
        case expanded_flow_sample: return expanded_flow_words;
        case discarded_packet: return drop_words;
        default: return {};
    }
}

void write_records(JsonWriter& out, std::uint32_t count, bool counters, wire::Cursor& in) noexcept {
    out.key("records");
    out.open_array();
    for (std::uint32_t i = 0; i < count && in.remaining() >= 8; ++i) {
        const auto header = in.block<8>();
        const Bytes body = in.take(header.u32<4>());
        if (in.failed()) break;
        out.open_object();
        out.key("header");
        out.open_object();
        out.member("data-format", header.u32<0>());
        out.member("length", header.u32<4>());
        out.close_object();
        out.key("data");
        write_sflow_record(out, header.u32<0>(), body, counters);
        out.close_object();
    }
    out.close_array();
}

/// The source id is one word, or in the expanded samples and the drops two.
void write_sample_header(JsonWriter& out, std::uint32_t format, std::size_t length,
                         wire::Cursor& in) noexcept {
    const std::uint32_t sequence = in.u32();
    const std::uint32_t first = in.u32();
    const bool packed = format == flow_sample || format == counter_sample;
    out.key("header");
    out.open_object();
    out.member("format", format);
    out.member("length", length);
    out.member("sample-sequence-number", sequence);
    out.member("source-id-type", packed ? first >> 24 : first);
    out.member("source-id-value", packed ? first & 0xff'ffff : in.u32());
    out.close_object();
}

void write_sample(JsonWriter& out, std::uint32_t format, Bytes body) noexcept {
    out.open_object();
    if (format < flow_sample || format > discarded_packet) {
        out.key("header");
        out.open_object();
        out.member("format", format);
        out.member("length", body.size());
        out.close_object();
        out.base64_member("data", body);
        out.close_object();
        return;
    }
    wire::Cursor in{body};
    write_sample_header(out, format, body.size(), in);
    for (const std::string_view word : words_of(format)) out.member(word, in.u32());
    const bool counters = format == counter_sample || format == expanded_counter_sample;
    const std::uint32_t count = in.u32();
    out.member(counters ? "counter-records-count" : "flow-records-count", count);
    write_records(out, count, counters, in);
    out.close_object();
}

}  // namespace

void write_sflow(JsonWriter& out, Bytes payload) noexcept {
    wire::Cursor in{payload};
    out.open_object();
    out.member("version", in.u32());
    const std::uint32_t address_type = in.u32();
    out.member("ip-version", address_type);
    out.address_member("agent-ip", in.take(address_type == 2 ? 16 : 4));
    const auto header = in.block<16>();
    out.member("sub-agent-id", header.u32<0>());
    out.member("sequence-number", header.u32<4>());
    out.member("uptime", header.u32<8>());
    out.member("samples-count", header.u32<12>());
    out.key("samples");
    out.open_array();
    for (std::uint32_t i = 0; i < header.u32<12>() && in.remaining() >= 8; ++i) {
        const auto sample = in.block<8>();
        const Bytes body = in.take(sample.u32<4>());
        if (in.failed()) break;
        write_sample(out, sample.u32<0>(), body);
    }
    out.close_array();
    out.close_object();
}

}  // namespace flow::raw
