// SPDX-License-Identifier: BSD-3-Clause
// Datagram: what an ingress hands to the pipeline. Borrowed: valid until the ingress releases its
// burst.
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/model/address.hpp"

namespace flow {

/// The protocols a listener takes, as a set. goflow2's URI schemes are such sets.
struct Protocols {
    bool netflow5 = false;
    bool netflow9 = false;  ///< NetFlow v9 and IPFIX
    bool sflow = false;

    [[nodiscard]] static constexpr Protocols all() noexcept { return {true, true, true}; }
    [[nodiscard]] constexpr bool operator==(const Protocols&) const noexcept = default;
};

struct Datagram {
    Bytes payload;   ///< UDP payload
    Address source;  ///< the exporter, or what spoofs it
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    Protocols accepts = Protocols::all();
    std::uint64_t received_ns = 0;  ///< UNIX time
    /// Bytes behind the payload that are memory of the ingress too: they may be read, in steps of a
    /// register, and do not count.
    std::uint32_t readable_behind = 0;
    /// Other datagrams of its stream may be with other shards: its sequence number says nothing.
    bool dealt = false;
    bool reassembled = false;  ///< from IP fragments; kernel sockets do not tell
};

}  // namespace flow
