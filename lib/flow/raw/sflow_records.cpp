// SPDX-License-Identifier: BSD-3-Clause
// The records of sFlow samples, by their data format (sFlow v5 §5.3; the extensions of discarded
// packets: sFlow Discarded Packet Notification). One that is shorter than its format is written
// undecoded.
#include <array>
#include <span>

#include "flow/raw/messages.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::raw {

namespace {

/// A number of a counter record, in the order of the wire.
struct Counter {
    std::string_view name;
    std::uint8_t size = 4;
};

constexpr std::array<Counter, 19> interface_counters{{
    {"if-index"},
    {"if-type"},
    {"if-speed", 8},
    {"if-direction"},
    {"if-status"},
    {"if-in-octets", 8},
    {"if-in-ucast-pkts"},
    {"if-in-multicast-pkts"},
    {"if-in-broadcast-pkts"},
    {"if-in-discards"},
    {"if-in-errors"},
    {"if-in-unknown-protos"},
    {"if-out-octets", 8},
    {"if-out-ucast-pkts"},
    {"if-out-multicast-pkts"},
    {"if-out-broadcast-pkts"},
    {"if-out-discards"},
    {"if-out-errors"},
    {"if-promiscuous-mode"},
}};

/// Misspelt as goflow2 has them: its readers look for these names.
constexpr std::array<Counter, 13> ethernet_counters{{
    {"dot3-stats-aligment-errors"},
    {"dot3-stats-fcse-errors"},
    {"dot3-stats-single-collision-frames"},
    {"dot3-stats-multiple-collision-frames"},
    {"dot3-stats-seq-test-errors"},
    {"dot3-stats-deferred-transmissions"},
    {"dot3-stats-late-collisions"},
    {"dot3-stats-excessive-collisions"},
    {"dot3-stats-internal-mac-transmit-errors"},
    {"dot3-stats-carrier-sense-errors"},
    {"dot3-stats-frame-too-longs"},
    {"dot3-stats-internal-mac-receive-errors"},
    {"dot3-stats-symbol-errors"},
}};

void undecoded(JsonWriter& out, Bytes body) noexcept {
    out.open_object();
    out.base64_member("data", body);
    out.close_object();
}

bool write_counters(JsonWriter& out, std::span<const Counter> counters, Bytes body) noexcept {
    std::size_t size = 0;
    for (const Counter& counter : counters) size += counter.size;
    if (body.size() < size) return false;
    wire::Cursor in{body};
    out.open_object();
    for (const Counter& counter : counters)
        out.member(counter.name, load_be(in.take(counter.size)));
    out.close_object();
    return true;
}

bool write_raw_header(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    const auto header = in.block<16>();
    if (in.failed()) return false;
    const std::size_t length = header.u32<12>();
    out.open_object();
    out.member("protocol", header.u32<0>());
    out.member("frame-length", header.u32<4>());
    out.member("stripped", header.u32<8>());
    out.member("original-length", length);
    out.base64_member("header-data", in.take(length < in.remaining() ? length : in.remaining()));
    out.close_object();
    return true;
}

/// Each MAC has eight bytes of XDR, the last two of which are padding.
bool write_ethernet(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    const auto frame = in.block<24>();
    if (in.failed()) return false;
    out.open_object();
    out.member("length", frame.u32<0>());
    out.base64_member("src-mac", frame.bytes<4, 6>());
    out.base64_member("dst-mac", frame.bytes<12, 6>());
    out.member("eth-type", frame.u32<20>());
    out.close_object();
    return true;
}

bool write_ip(JsonWriter& out, Bytes body, std::size_t address_size) noexcept {
    wire::Cursor in{body};
    const auto head = in.block<8>();
    const Bytes source = in.take(address_size);
    const Bytes destination = in.take(address_size);
    const auto tail = in.block<16>();
    if (in.failed()) return false;
    out.open_object();
    out.member("length", head.u32<0>());
    out.member("protocol", head.u32<4>());
    out.address_member("src-ip", source);
    out.address_member("dst-ip", destination);
    out.member("src-port", tail.u32<0>());
    out.member("dst-port", tail.u32<4>());
    out.member("tcp-flags", tail.u32<8>());
    out.member(address_size == 4 ? "tos" : "priority", tail.u32<12>());
    out.close_object();
    return true;
}

template <std::size_t Count>
bool write_words(JsonWriter& out, const std::array<std::string_view, Count>& names,
                 Bytes body) noexcept {
    if (body.size() < 4 * Count) return false;
    wire::Cursor in{body};
    out.open_object();
    for (const std::string_view name : names) out.member(name, in.u32());
    out.close_object();
    return true;
}

/// A typed address (sFlow v5 §5.1): 0 is unknown and has no bytes.
Bytes take_address(wire::Cursor& in, std::uint32_t type) noexcept {
    return in.take(type == 1 ? 4 : type == 2 ? 16 : 0);
}

bool write_router(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    const std::uint32_t type = in.u32();
    const Bytes next_hop = take_address(in, type);
    const auto masks = in.block<8>();
    if (in.failed()) return false;
    out.open_object();
    out.member("next-hop-ip-version", type);
    out.address_member("next-hop", next_hop);
    out.member("src-mask-len", masks.u32<0>());
    out.member("dst-mask-len", masks.u32<4>());
    out.close_object();
    return true;
}

void write_list(JsonWriter& out, std::string_view name, Bytes words) noexcept {
    wire::Cursor in{words};
    out.key(name);
    out.open_array();
    while (in.remaining() >= 4) out.number(in.u32());
    out.close_array();
}

/// All segments of the AS path one after another, under the type of the first.
bool write_gateway(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    const std::uint32_t type = in.u32();
    const Bytes next_hop = take_address(in, type);
    const auto numbers = in.block<16>();
    wire::Cursor segments = in;
    std::uint32_t path_type = 0;
    std::size_t path_length = 0;
    for (std::uint32_t i = 0; i < numbers.u32<12>() && !in.failed(); ++i) {
        const auto segment = in.block<8>();
        if (i == 0) path_type = segment.u32<0>();
        path_length += segment.u32<4>();
        in.skip(std::size_t{segment.u32<4>()} * 4);
    }
    const std::size_t communities = in.u32();
    const Bytes community_words = in.take(communities * 4);
    const std::uint32_t preference = in.u32();
    if (in.failed()) return false;
    out.open_object();
    out.member("next-hop-ip-version", type);
    out.address_member("next-hop", next_hop);
    out.member("as", numbers.u32<0>());
    out.member("src-as", numbers.u32<4>());
    out.member("src-peer-as", numbers.u32<8>());
    out.member("as-destinations", numbers.u32<12>());
    out.member("as-path-type", path_type);
    out.member("as-path-length", path_length);
    out.key("as-path");
    out.open_array();
    for (std::uint32_t i = 0; i < numbers.u32<12>(); ++i) {
        const auto segment = segments.block<8>();
        for (std::uint32_t hop = 0; hop < segment.u32<4>(); ++hop) out.number(segments.u32());
    }
    out.close_array();
    out.member("communities-length", communities);
    write_list(out, "communities", community_words);
    out.member("local-pref", preference);
    out.close_object();
    return true;
}

/// XDR: a length, the bytes, and padding to four.
Bytes take_string(wire::Cursor& in) noexcept {
    const std::size_t size = in.u32();
    const Bytes text = in.take(size);
    in.skip((4 - size % 4) % 4 <= in.remaining() ? (4 - size % 4) % 4 : in.remaining());
    return text;
}

bool write_acl(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    const std::uint32_t number = in.u32();
    const Bytes name = take_string(in);
    const std::uint32_t direction = in.u32();
    if (in.failed()) return false;
    out.open_object();
    out.member("number", number);
    out.key("name");
    out.text(name);
    out.member("direction", direction);
    out.close_object();
    return true;
}

bool write_function(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    const Bytes symbol = take_string(in);
    if (in.failed()) return false;
    out.open_object();
    out.key("symbol");
    out.text(symbol);
    out.close_object();
    return true;
}

bool write_flow_record(JsonWriter& out, std::uint32_t format, Bytes body) noexcept {
    constexpr std::array<std::string_view, 4> switch_words{"src-vlan", "src-priority", "dst-vlan",
                                                           "dst-priority"};
    constexpr std::array<std::string_view, 1> queue_words{"queue"};
    switch (format) {
        case 1: return write_raw_header(out, body);
        case 2: return write_ethernet(out, body);
        case 3: return write_ip(out, body, 4);
        case 4: return write_ip(out, body, 16);
        case 1001: return write_words(out, switch_words, body);
        case 1002: return write_router(out, body);
        case 1003: return write_gateway(out, body);
        case 1036: return write_words(out, queue_words, body);
        case 1037: return write_acl(out, body);
        case 1038: return write_function(out, body);
        default: return false;
    }
}

bool write_counter_record(JsonWriter& out, std::uint32_t format, Bytes body) noexcept {
    if (format == 1) return write_counters(out, interface_counters, body);
    if (format == 2) return write_counters(out, ethernet_counters, body);
    return false;
}

}  // namespace

void write_sflow_record(JsonWriter& out, std::uint32_t format, Bytes body, bool counters) noexcept {
    const bool known =
        counters ? write_counter_record(out, format, body) : write_flow_record(out, format, body);
    if (!known) undecoded(out, body);
}

}  // namespace flow::raw
