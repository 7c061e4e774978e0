// SPDX-License-Identifier: BSD-3-Clause
// IPv6 as far as a host needs it that serves nothing but UDP: ping (RFC 4443 §4), and what goes on
// to neighbour.hpp and groups.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "ingress/dpdk/host/frame_writer.hpp"
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

namespace icmpv6 {
inline constexpr std::uint8_t echo_request = 128;
inline constexpr std::uint8_t echo_reply = 129;
inline constexpr std::uint8_t listener_query = 130;
inline constexpr std::uint8_t listener_report_1 = 131;
inline constexpr std::uint8_t listener_done = 132;
inline constexpr std::uint8_t solicitation = 135;
inline constexpr std::uint8_t advertisement = 136;
inline constexpr std::uint8_t listener_report_2 = 143;
}  // namespace icmpv6

/// A whole ICMPv6 message whose checksum is right. Borrows the frame.
struct Icmpv6 {
    flow::Bytes source{};
    flow::Bytes destination{};
    flow::Bytes message{};  ///< four bytes or more
    std::uint8_t traffic_class = 0;
    std::uint8_t hops = 0;
    flow::Bytes hop_by_hop{};  ///< the whole extension header; empty: none
};

/// The reply's size, or 0.
[[nodiscard]] std::size_t answer_ipv6(State& state, const Link& link, FrameWriter out,
                                      std::uint64_t now_ns) noexcept;

}  // namespace flowd::dpdk::host
