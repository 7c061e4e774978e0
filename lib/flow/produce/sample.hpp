// SPDX-License-Identifier: BSD-3-Clause
// An sFlow sample into a Flow (sFlow v5 spec §5.3). A sample has no template: its records are
// walked, and each kind writes its columns directly; a later record overrides an earlier one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/error.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::produce {

/// One per shard: owns the memory of the list columns of the flow it filled last.
class SampleFiller {
public:
    SampleFiller() noexcept : words_{words_max} {}

    /// Fills all columns that `origin` and the sample decide. bad_record: a record was too short
    /// for its format or for the sample, and was left out; the others count.
    Error fill(Flow& flow, const FlowSample& sample, const Origin& origin) noexcept;

private:
    /// A datagram of 64 KiB holds no more.
    static constexpr std::size_t words_max = 16384;

    Error fill_record(Flow& flow, std::uint32_t format, Bytes body) noexcept;
    Error fill_gateway(Flow& flow, Bytes body) noexcept;
    /// Appends `count` words of `in` to the scratch memory; fails when they are not there.
    [[nodiscard]] bool take_words(wire::Cursor& in, std::uint32_t count) noexcept;

    Slots<std::uint32_t> words_;
    std::size_t words_used_ = 0;
};

}  // namespace flow::produce
