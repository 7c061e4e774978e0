// SPDX-License-Identifier: BSD-3-Clause
// Face: what RX workers must know of the port that a frame came by. Made at the start; read only.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "flow/packet/frame.hpp"

namespace flowd::dpdk {

/// What is done about IPv4 header and UDP checksums.
enum class Checksums : std::uint8_t {
    off,    ///< nothing
    nic,    ///< what the port found wrong is counted
    count,  ///< what it did not look at is computed
    drop,   ///< the same, and what is wrong is dropped
};

/// The time that a driver leaves in each mbuf, a dynamic field.
struct FrameTime {
    int offset = -1;            ///< negative: there is none
    std::uint64_t flag = 0;     ///< the bit of ol_flags that says it is set
    std::uint64_t unit_ns = 1;  ///< since the UNIX epoch
};

/// Of net_pcap, when it reads a file as it goes. Main thread, before its port is configured.
[[nodiscard]] FrameTime capture_time() noexcept;

class Answerer;
class RetaTally;

struct Face {
    flow::packet::LinkType link = flow::packet::LinkType::ethernet;
    Checksums checksums = Checksums::off;
    bool decapsulates = false;           ///< GRE and ERSPAN
    std::vector<std::uint16_t> vlans{};  ///< empty: any tag or none; 0: untagged
    bool looks_closer = false;           ///< at checksums or VLANs
    FrameTime time{};
    const std::atomic<bool>* shut = nullptr;  ///< its port is being reset: nothing is sent
    RetaTally* tally = nullptr;               ///< null: its redirection table stays as it is
    Answerer* answerer = nullptr;             ///< null: what is no flow traffic is dropped
    std::uint32_t answering_worker = 0;       ///< gets what is no flow traffic

    /// By the outermost tag.
    [[nodiscard]] bool takes_vlan(flow::Bytes frame) const noexcept;
};

}  // namespace flowd::dpdk
