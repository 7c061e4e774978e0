// SPDX-License-Identifier: BSD-3-Clause
// Sampling rates that exporters announce in options data: where a template has them, and what a
// record says. Scopes are fields like any other here.
#pragma once

#include <array>
#include <cstdint>

#include "flow/model/record.hpp"
#include "flow/model/template.hpp"

namespace flow::sampling {

/// What one options record says. A rate of 0 says nothing.
struct Announcement {
    std::uint64_t rate = 0;  ///< 1 in N
    std::uint64_t sampler = 0;
    bool has_sampler = false;  ///< the rate is of this sampler only
};

/// Read once, when the options template is learnt. Valid, and empty, when all bytes are zero.
class OptionsLayout {
public:
    [[nodiscard]] static OptionsLayout of(const Template& layout) noexcept;

    /// Its records may announce a rate.
    [[nodiscard]] bool has_rate() const noexcept { return has_rate_; }

    /// The rate is that of samplingPacketInterval (305) and samplingPacketSpace (306), (interval +
    /// space) / interval; else of samplingPopulation (310) and samplingSize (309), population /
    /// size (RFC 5477 §8.2, §8.3); else of samplerRandomInterval (50) or samplingInterval (34).
    /// Without a space the ratio goes before the interval. Exporters fill in elements that do not
    /// apply with 1, so the first that says more counts.
    [[nodiscard]] Announcement read(const Record& record) const noexcept;

private:
    enum Part : std::uint8_t {
        interval,
        space,
        size,
        population,
        random_interval,
        plain_interval,
        sampler,
        part_count,
    };
    struct Place {
        std::uint16_t field;   ///< in the template
        std::uint16_t offset;  ///< when of fixed length
        std::uint8_t size;     ///< bytes, up to 8; 0 when of variable length
        bool known;
    };

    [[nodiscard]] static Part part_of(const TemplateField& field) noexcept;
    /// False when the record does not have it.
    [[nodiscard]] bool get(Part part, const Record& record, std::uint64_t& value) const noexcept;

    std::array<Place, part_count> places_;
    bool has_rate_;
};

}  // namespace flow::sampling
