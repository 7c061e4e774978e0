// SPDX-License-Identifier: BSD-3-Clause
// One datagram of a domain in each protocol, with its sequence numbers. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "tools/gen/options.hpp"
#include "tools/gen/payload.hpp"

namespace flowd::gen {

/// What a domain has sent so far, and how its template looks.
struct Domain {
    std::uint32_t exporter = 0;  ///< from 1
    std::uint32_t number = 0;    ///< from 1
    std::uint32_t flows = 0;     ///< the last serial
    std::uint32_t datagrams = 0;
    std::uint32_t templates = 0;
    std::uint32_t generation = 0;
};

struct Request {
    Protocol protocol = Protocol::ipfix;
    std::uint32_t records = 0;
    bool announce = false;                   ///< the template first
    std::uint32_t storm = 0;                 ///< templates more, without data
    std::span<const std::uint8_t> exporter;  ///< its address: sFlow's agent
    std::uint32_t unix_seconds = 0;
    std::uint32_t uptime_ms = 0;
};

/// v5 cannot have more.
inline constexpr std::uint32_t netflow5_records_max = 30;

/// Writes the payload over `to` and advances the domain.
void write_datagram(const Request& request, Domain& domain, Payload& to);

/// Bytes of payload that so many records and templates may need, in any protocol.
[[nodiscard]] std::uint32_t payload_size_max(std::uint32_t records, std::uint32_t storm) noexcept;

}  // namespace flowd::gen
