// SPDX-License-Identifier: BSD-3-Clause
// The UDP datagrams of a capture, read with libpcap, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow/model/datagram.hpp"

namespace flow::test {

struct CapturedDatagram {
    std::vector<std::uint8_t> payload;
    Address source;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint64_t received_ns = 0;

    /// Borrows the payload.
    [[nodiscard]] Datagram datagram() const { return datagram(payload); }
    /// The same datagram with other bytes.
    [[nodiscard]] Datagram datagram(Bytes other) const {
        return {.payload = other,
                .source = source,
                .source_port = source_port,
                .destination_port = destination_port,
                .received_ns = received_ns};
    }
};

struct PcapFile {
    std::vector<CapturedDatagram> datagrams;
    std::size_t other_frames = 0;  ///< that hold no whole datagram
    std::string failure;           ///< why the file could not be read; empty: it could
};

[[nodiscard]] PcapFile read_pcap(const std::string& path);

}  // namespace flow::test
