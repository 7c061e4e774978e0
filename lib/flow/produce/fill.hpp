// SPDX-License-Identifier: BSD-3-Clause
// The plain way: a record, by its plan, into a Flow. Slower than a format's own program and
// simpler; it runs where the steps depend on one another, and tests hold the programs against it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record.hpp"

namespace flow::produce {

/// Memory of the list columns of one flow; the flow borrows it until the next one is filled.
class Lists {
public:
    void clear() noexcept {
        label_count_ = 0;
        address_count_ = 0;
    }
    /// Puts `value` at `index`, behind zeros where the list was shorter; false past the end.
    [[nodiscard]] std::span<const std::uint32_t> set_label(std::size_t index,
                                                           std::uint32_t value) noexcept;
    [[nodiscard]] std::span<const Bytes> append_address(Bytes address) noexcept;

private:
    static constexpr std::size_t labels_max = 8;
    static constexpr std::size_t addresses_max = 16;

    std::array<std::uint32_t, labels_max> labels_{};
    std::array<Bytes, addresses_max> addresses_{};
    std::size_t label_count_ = 0;
    std::size_t address_count_ = 0;
};

/// The columns that the datagram decides. `origin` must outlive `flow`, which borrows the address.
void fill(Flow& flow, const Origin& origin) noexcept;

/// The columns that the record decides. `extents` is empty for a record of fixed length. Flow
/// borrows from `lists` and from the record.
void fill(Flow& flow, const Plan& plan, const Record& record, const Origin& origin,
          Lists& lists) noexcept;

}  // namespace flow::produce
