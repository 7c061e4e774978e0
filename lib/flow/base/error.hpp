// SPDX-License-Identifier: BSD-3-Clause
// The reasons for which a datagram, or a part of it, is not turned into flows. Each one is a
// counter: its name
// (`error_name`) is what the summary, the metrics and the documentation print.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace flow {

enum class [[nodiscard]] Error : std::uint8_t{
    none = 0,

    // The frame around the datagram (ingress).
    frame_truncated,     ///< the captured frame ends inside its headers or before its IP length
    frame_not_ip,        ///< ARP, LLDP, an unknown link type …
    frame_bad_ip,        ///< IP version, header length or total length that contradict each other
    frame_fragment,      ///< an IP fragment: one of several parts of a datagram
    frame_not_udp,       ///< IP, but another protocol
    frame_bad_udp,       ///< UDP length that contradicts the IP length
    frame_not_ours,      ///< UDP, to an address, VLAN or port that nobody named
    frame_bad_checksum,  ///< the UDP or IPv4 header checksum is wrong, and such are dropped

    // Fragments, where they are put together (ingress). Each fragment counts by itself.
    fragment_refused,  ///< overlaps another one, or is one of too many of its datagram
    fragment_expired,  ///< the others of its datagram did not come in time
    fragment_limit,    ///< no room: too many datagrams are waiting for their rest

    // Between RX workers (ingress).
    shard_ring_full,  ///< the worker whose exporter it is does not keep up

    // The datagram as a whole.
    empty,              ///< no payload
    truncated,          ///< ends before what its own header or counts announce
    unknown_protocol,   ///< the first bytes belong to no protocol that flowd speaks
    protocol_not_here,  ///< a known protocol, on a listener that does not take it
    bad_length,         ///< the length in the header is below the header's own size

    // NetFlow v9 and IPFIX.
    bad_set_length,    ///< a set shorter than its header
    bad_set_id,        ///< a set id that the protocol reserves
    bad_template,      ///< template id below 256, no fields, or a record length of 0
    template_limit,    ///< refused: too many fields, or too many templates
    unknown_template,  ///< a data set whose template has not been seen

    // NetFlow v8.
    bad_aggregation,  ///< an aggregation scheme that does not exist

    // sFlow.
    bad_address_type,  ///< agent address that is neither IPv4 nor IPv6
    bad_sample,        ///< a sample whose lengths or counts contradict each other
    bad_record,        ///< a flow record that is shorter than its format

    count_};

inline constexpr std::size_t error_count = static_cast<std::size_t>(Error::count_);

[[nodiscard]] constexpr bool failed(Error error) noexcept { return error != Error::none; }

/// The counter's name. Stable: dashboards and the summary's JSON depend on it.
[[nodiscard]] constexpr std::string_view error_name(Error error) noexcept {
    constexpr std::array<std::string_view, error_count> names{"none",
                                                              "frame_truncated",
                                                              "frame_not_ip",
                                                              "frame_bad_ip",
                                                              "frame_fragment",
                                                              "frame_not_udp",
                                                              "frame_bad_udp",
                                                              "frame_not_ours",
                                                              "frame_bad_checksum",
                                                              "fragment_refused",
                                                              "fragment_expired",
                                                              "fragment_limit",
                                                              "shard_ring_full",
                                                              "empty",
                                                              "truncated",
                                                              "unknown_protocol",
                                                              "protocol_not_here",
                                                              "bad_length",
                                                              "bad_set_length",
                                                              "bad_set_id",
                                                              "bad_template",
                                                              "template_limit",
                                                              "unknown_template",
                                                              "bad_aggregation",
                                                              "bad_address_type",
                                                              "bad_sample",
                                                              "bad_record"};
    static_assert(!names.back().empty());
    const auto index = static_cast<std::size_t>(error);
    return index < names.size() ? names[index] : "?";
}

/// The first of two outcomes that is a failure; `none` when neither is.
constexpr Error first_failure(Error first, Error second) noexcept {
    return failed(first) ? first : second;
}

}  // namespace flow
