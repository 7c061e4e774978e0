// SPDX-License-Identifier: BSD-3-Clause
// Finds the UDP datagram in a received frame. Pure; called by every ingress that sees frames, once
// per frame on its RX core. Unlike dissect(), it is strict: a datagram is whole, or there is a
// reason.
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/result.hpp"
#include "flow/model/address.hpp"

namespace flow::packet {

/// What a frame starts with. Ports give `ethernet`; captures may have any of them (the names in
/// libpcap are EN10MB, RAW, LINUX_SLL, LINUX_SLL2, and NULL or LOOP).
enum class LinkType : std::uint8_t { ethernet, raw_ip, linux_sll, linux_sll2, null_loopback };

struct UdpFrame {
    Address source;
    Address destination;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    Bytes payload{};  ///< borrowed from the frame; may be empty
};

/// Walks VLAN tags (four at most), IPv4 options and IPv6 extension headers (eight at most). Bytes
/// behind the IP length (Ethernet padding, a checksum) and behind the UDP length are ignored;
/// checksums are not verified. Fails with one of the `frame_` errors: what another protocol sent is
/// `frame_not_ip` or `frame_not_udp` even when it is also cut off, and a fragment is
/// `frame_fragment`, so that `frame_truncated` means a UDP datagram lost to a short capture.
[[nodiscard]] Result<UdpFrame> find_udp(Bytes frame, LinkType link) noexcept;

}  // namespace flow::packet
