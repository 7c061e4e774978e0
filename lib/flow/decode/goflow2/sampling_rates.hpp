// SPDX-License-Identifier: BSD-3-Clause
// The sampling rates that goflow2 remembers: one for each exporter address, version and domain,
// overwritten by the next one, for ever. Bounded here: the rate that was learnt first gives way.
#pragma once

#include <cstdint>

#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/address.hpp"

namespace flow::goflow2 {

/// Whose rate it is. The port is not part of it, and neither is the sampler's id.
struct RateKey {
    Address exporter;
    std::uint32_t domain;   ///< observation domain or source id
    std::uint32_t version;  ///< 9 or 10

    [[nodiscard]] bool operator==(const RateKey&) const noexcept = default;
};

class SamplingRates {
public:
    SamplingRates(std::uint32_t rates_max, std::uint64_t seed) noexcept;

    /// 0 when none is known.
    [[nodiscard]] std::uint32_t find(const RateKey& key) const noexcept;
    void store(const RateKey& key, std::uint32_t rate) noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

private:
    struct Entry {
        RateKey key;
        std::uint32_t rate;
    };

    [[nodiscard]] std::uint64_t hash_of(const RateKey& key) const noexcept;
    [[nodiscard]] std::uint32_t index_of(const RateKey& key) const noexcept;

    Slots<Entry> entries_;
    IndexTable table_;
    std::uint64_t seed_;
    std::uint32_t size_ = 0;
    std::uint32_t oldest_ = 0;  ///< gives way next, once there is no room
};

}  // namespace flow::goflow2
