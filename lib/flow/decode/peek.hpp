// SPDX-License-Identifier: BSD-3-Clause
// Whose datagram is it? The domain that a decoder would find, seen from the first bytes, for
// whoever hands datagrams to shards. Pure; hot only for exporters that are split.
#pragma once

#include <cstdint>

#include "flow/decode/sequence_header.hpp"
#include "flow/model/datagram.hpp"

namespace flow {

struct Peek {
    std::uint8_t version = 0;  ///< as in Domain; 0: none that keeps state by domain
    std::uint32_t domain = 0;
    bool has_templates = false;  ///< the protocol's datagrams mean something only in their order
};

/// NetFlow v9: the source id (RFC 3954 §5.1). IPFIX: the observation domain (RFC 7011 §3.1).
/// Others: what their sequence numbers belong to. A datagram that is too short has none.
[[nodiscard]] inline Peek peek(Bytes payload, const Address& source) noexcept {
    constexpr std::size_t netflow9_header_size = 20;
    constexpr std::size_t ipfix_header_size = 16;
    const std::uint16_t version = payload.size() < 2 ? std::uint16_t{0} : load_be16(payload.data());
    if (version == 9 && payload.size() >= netflow9_header_size) {
        return {9, load_be32(payload.data() + 16), true};
    }
    if (version == 10 && payload.size() >= ipfix_header_size) {
        return {10, load_be32(payload.data() + 12), true};
    }
    if (version == 9 || version == 10) return {static_cast<std::uint8_t>(version), 0, true};
    Datagram datagram;
    datagram.payload = payload;
    datagram.source = source;
    const Domain domain = sequence_of(datagram, 0).domain;
    return {domain.version, domain.id, false};
}

}  // namespace flow
