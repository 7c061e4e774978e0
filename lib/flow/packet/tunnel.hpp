// SPDX-License-Identifier: BSD-3-Clause
// Takes the frame or packet out of a GRE tunnel, for export that is delivered in one: mirrored to
// flowd by a switch (ERSPAN), or sent through a GRE interface. Pure; per frame that is no UDP, on
// ports that are told to. GRE: RFC 2784, RFC 2890. ERSPAN: draft-foschiano-erspan-03.
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/result.hpp"
#include "flow/packet/frame.hpp"

namespace flow::packet {

struct Inner {
    Bytes frame{};  ///< borrowed from the outer one; not empty
    LinkType link = LinkType::ethernet;
};

/// What is in the GRE packet that `frame` holds: IPv4, IPv6, Ethernet, or ERSPAN of type I, II or
/// III. One tunnel only: what is inside is not looked at. GRE's checksum is skipped, as are keys,
/// sequence numbers and session ids.
///
/// Fails with one of the `frame_` errors: another protocol, a fragment of a tunnel, a GRE version,
/// flag or payload that is none of these is `frame_not_udp`; a header that the IP length cuts off
/// is `frame_bad_ip`.
[[nodiscard]] Result<Inner> decapsulate(Bytes frame, LinkType link) noexcept;

}  // namespace flow::packet
