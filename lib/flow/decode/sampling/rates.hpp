// SPDX-License-Identifier: BSD-3-Clause
// Sampling rates that exporters announce in options data (RFC 5477 §8.2, RFC 3954 §8), by exporter,
// version and observation domain. One per shard; all memory is reserved at start.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/address.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/record.hpp"
#include "flow/model/template.hpp"

namespace flow {

/// What one options record says about sampling.
struct SamplingOption {
    std::uint64_t rate = 0;  ///< 1 in N; 0: nothing
    bool has_sampler = false;
    std::uint64_t sampler = 0;  ///< IE 48 or 302
};

/// Reads an options record: 305 with 306, 310 over 309, 50, or 34, in that order of preference, in
/// any width up to eight bytes.
[[nodiscard]] SamplingOption read_sampling(const Template& layout, const Record& record) noexcept;

class SamplingRates {
public:
    /// Samplers that are kept apart in one domain; of more, the last ones.
    static constexpr std::size_t samplers_max = 16;

    /// Whose rates these are.
    struct Key {
        Address exporter;
        std::uint32_t domain = 0;
        std::uint8_t version = 0;

        [[nodiscard]] bool operator==(const Key&) const noexcept = default;
    };

    /// When `domains_max` is reached, a new domain takes the place
    /// of an old one, which gets its rate back with its next options.
    SamplingRates(std::uint32_t domains_max, std::uint64_t seed) noexcept;

    void learn(const Key& key, const SamplingOption& option) noexcept;

    /// Sets the origin's sampling rate and samplers; leaves it when nothing is known. Those are
    /// borrowed until the next learn().
    void apply(const Key& key, Origin& origin) const noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

private:
    struct Entry {
        Key key;
        std::uint64_t rate;  ///< announced last, of the domain or of any sampler
        std::uint32_t sampler_count;
        std::uint32_t next_sampler;
        std::array<SamplerRate, samplers_max> samplers;
    };

    [[nodiscard]] std::uint64_t hash_of(const Key& key) const noexcept;
    [[nodiscard]] std::uint32_t find(const Key& key) const noexcept;
    [[nodiscard]] Entry& enter(const Key& key) noexcept;

    Slots<Entry> entries_;
    IndexTable table_;
    std::uint64_t seed_;
    std::uint32_t size_ = 0;
    std::uint32_t hand_ = 0;  ///< the entry that gives way next
};

}  // namespace flow
