// SPDX-License-Identifier: BSD-3-Clause
// Fleet: the synthetic exporters with their domains, and whose turn it is. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/gen/datagram.hpp"
#include "tools/gen/options.hpp"
#include "tools/gen/payload.hpp"

namespace flowd::gen {

/// Where a datagram comes from; borrowed until the next one.
struct Sent {
    std::span<const std::uint8_t> payload;
    std::array<std::uint8_t, 16> address{};
    std::uint8_t address_size = 4;
    std::uint16_t port = 0;
    std::uint32_t exporter = 0;
    Protocol protocol = Protocol::ipfix;
    std::uint32_t flows = 0;

    [[nodiscard]] std::span<const std::uint8_t> source() const noexcept {
        return {address.data(), address_size};
    }
};

struct Moment {
    std::uint32_t unix_seconds = 0;
    std::uint32_t uptime_ms = 0;
};

class Fleet {
public:
    explicit Fleet(const FleetPlan& plan);

    [[nodiscard]] const Sent& next(Moment now);
    [[nodiscard]] std::span<const Domain> domains() const noexcept { return domains_; }
    [[nodiscard]] Protocol protocol_of(std::uint32_t exporter) const noexcept;
    /// 4 or 16 bytes of the address.
    [[nodiscard]] std::uint8_t address_of(std::uint32_t exporter,
                                          std::array<std::uint8_t, 16>& address) const noexcept;

private:
    [[nodiscard]] std::uint32_t choose() noexcept;
    [[nodiscard]] std::uint64_t random() noexcept;

    FleetPlan plan_;
    std::vector<Domain> domains_;       ///< of the first exporter, of the second, …
    std::vector<std::uint32_t> turns_;  ///< of each exporter: its next domain
    std::vector<double> shares_;        ///< zipf: how much the first n exporters send
    std::uint64_t random_state_;
    std::uint64_t sent_count_ = 0;
    std::uint32_t next_exporter_ = 0;
    Payload payload_;
    Sent sent_;
};

}  // namespace flowd::gen
