// SPDX-License-Identifier: BSD-3-Clause
// A ring of entries behind a hash table: once full, each newcomer takes the place of the oldest.
#include "flow/decode/goflow2/sampling_rates.hpp"

#include "flow/base/hash.hpp"

namespace flow::goflow2 {

SamplingRates::SamplingRates(std::uint32_t rates_max, std::uint64_t seed) noexcept
    : entries_{rates_max}, table_{rates_max}, seed_{seed} {}

std::uint64_t SamplingRates::hash_of(const RateKey& key) const noexcept {
    const std::uint64_t who = std::uint64_t{key.version} << 32 | key.domain;
    return hash_words(hash(key.exporter, seed_), who, seed_);
}

std::uint32_t SamplingRates::index_of(const RateKey& key) const noexcept {
    return table_.find(hash_of(key),
                       [&](std::uint32_t index) { return entries_[index].key == key; });
}

std::uint32_t SamplingRates::find(const RateKey& key) const noexcept {
    const std::uint32_t index = index_of(key);
    return index == IndexTable::none ? 0 : entries_[index].rate;
}

void SamplingRates::store(const RateKey& key, std::uint32_t rate) noexcept {
    if (const std::uint32_t known = index_of(key); known != IndexTable::none) {
        entries_[known].rate = rate;
        return;
    }
    if (entries_.size() == 0) return;
    std::uint32_t index = size_;
    if (size_ < entries_.size()) {
        ++size_;
    } else {
        index = oldest_;
        oldest_ = oldest_ + 1 < size_ ? oldest_ + 1 : 0;
        table_.erase(hash_of(entries_[index].key), index);
    }
    entries_[index] = {key, rate};
    table_.insert(hash_of(key), index);
}

}  // namespace flow::goflow2
