// SPDX-License-Identifier: BSD-3-Clause
// The sampling rates of one domain, as its exporter announced them: one for all, and one for each
// sampler that it names.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "flow/decode/sampling/options.hpp"
#include "flow/model/origin.hpp"

namespace flow::sampling {

/// Where the rate of a flow comes from.
enum class Source : std::uint8_t {
    none,
    options,     ///< options data
    configured,  ///< the configuration's, for exporters that announce nothing
    header,      ///< the datagram's own: NetFlow v5
    record,      ///< the flow's own: sFlow
};

/// Valid, and empty, when all bytes are zero.
class Rates {
public:
    /// More samplers than this displace the one that was announced longest ago.
    static constexpr std::size_t samplers_max = 16;

    /// True when a flow may get another rate by it.
    bool announce(const Announcement& said) noexcept {
        if (said.rate == 0) return false;
        if (!said.has_sampler) {
            const bool changed = rate_ != said.rate;
            rate_ = said.rate;
            return changed;
        }
        return announce_of({said.sampler, said.rate});
    }

    /// For flows that name no sampler: what was announced for all, or what all samplers agree on;
    /// else 0.
    [[nodiscard]] std::uint64_t rate() const noexcept {
        if (rate_ != 0 || count_ == 0) return rate_;
        for (const SamplerRate& each : samplers()) {
            if (each.rate != samplers_[0].rate) return 0;
        }
        return samplers_[0].rate;
    }
    /// What was announced for all; 0: nothing.
    [[nodiscard]] std::uint64_t rate_of_all() const noexcept { return rate_; }
    [[nodiscard]] std::span<const SamplerRate> samplers() const noexcept {
        return {samplers_.data(), count_};
    }
    [[nodiscard]] bool empty() const noexcept { return rate_ == 0 && count_ == 0; }

private:
    bool announce_of(const SamplerRate& said) noexcept {
        for (std::size_t i = 0; i < count_; ++i) {
            if (samplers_[i].sampler != said.sampler) continue;
            const bool changed = samplers_[i].rate != said.rate;
            samplers_[i].rate = said.rate;
            return changed;
        }
        if (count_ < samplers_max) {
            samplers_[count_++] = said;
        } else {
            samplers_[next_] = said;
            next_ = static_cast<std::uint8_t>((next_ + 1) % samplers_max);
        }
        return true;
    }

    std::uint64_t rate_;
    std::uint8_t count_;
    std::uint8_t next_;  ///< to be displaced
    std::array<SamplerRate, samplers_max> samplers_;
};

}  // namespace flow::sampling
