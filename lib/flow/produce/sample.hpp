// SPDX-License-Identifier: BSD-3-Clause
// An sFlow sample into a Flow (sFlow v5 spec §5.3). A sample has no template: its records are
// walked, and each kind writes its columns directly; a later record overrides an earlier one.
#pragma once

#include <cstdint>

#include "flow/base/error.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/record.hpp"
#include "flow/produce/frames.hpp"
#include "flow/produce/lists.hpp"
#include "flow/produce/settings.hpp"

namespace flow::produce {

class SampleFiller {
public:
    // Formats of flow records (sFlow v5 §5.3; enterprise 0): those that are read.
    static constexpr std::uint32_t raw_header = 1;
    static constexpr std::uint32_t ipv4_data = 3;
    static constexpr std::uint32_t ipv6_data = 4;
    static constexpr std::uint32_t extended_switch = 1001;
    static constexpr std::uint32_t extended_router = 1002;
    static constexpr std::uint32_t extended_gateway = 1003;

    [[nodiscard]] static constexpr bool reads(std::uint32_t format) noexcept {
        return format == raw_header || format == ipv4_data || format == ipv6_data ||
               (format >= extended_switch && format <= extended_gateway);
    }

    /// `frames` outlives this.
    SampleFiller(const Settings& settings, Frames& frames) noexcept
        : dialect_{settings.dialect}, frames_{frames} {}

    /// Fills all columns that `origin` and the sample decide; the flow borrows from `lists` and
    /// from both. bad_record: a record was too short for its format or for the sample, and was
    /// left out; the others count.
    Error fill(Flow& flow, const FlowSample& sample, const Origin& origin,
               Lists& lists) const noexcept;

private:
    [[nodiscard]] bool is_goflow2() const noexcept { return dialect_ != Dialect::standard; }

    Error fill_record(Flow& flow, std::uint32_t format, Bytes body, Lists& lists) const noexcept;
    Error fill_raw_header(Flow& flow, Bytes body, Lists& lists) const noexcept;
    Error fill_ip(Flow& flow, Bytes body, std::size_t address_size) const noexcept;

    Dialect dialect_;
    Frames& frames_;
};

}  // namespace flow::produce
