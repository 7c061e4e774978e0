// SPDX-License-Identifier: BSD-3-Clause
// AgeList: the order in which elements of a Slots came, as a list through the elements themselves.
// All zeros are an empty list.
#pragma once

#include <cstdint>

#include "flow/base/slots.hpp"

namespace flowd::dpdk {

/// An element's place in a list: numbers above its neighbours' indexes by one, 0 for none.
struct Neighbours {
    std::uint32_t before;
    std::uint32_t behind;
};

class AgeList {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == 0; }
    /// The index that came first, of a list that is not empty.
    [[nodiscard]] std::uint32_t front() const noexcept { return first_ - 1; }

    template <class T>
    void push_back(flow::Slots<T>& slots, Neighbours T::*place, std::uint32_t index) noexcept {
        slots[index].*place = {.before = last_, .behind = 0};
        if (last_ != 0) (slots[last_ - 1].*place).behind = index + 1;
        last_ = index + 1;
        if (first_ == 0) first_ = last_;
    }

    template <class T>
    void erase(flow::Slots<T>& slots, Neighbours T::*place, std::uint32_t index) noexcept {
        const Neighbours at = slots[index].*place;
        (at.before == 0 ? first_ : (slots[at.before - 1].*place).behind) = at.behind;
        (at.behind == 0 ? last_ : (slots[at.behind - 1].*place).before) = at.before;
    }

private:
    std::uint32_t first_ = 0;
    std::uint32_t last_ = 0;
};

}  // namespace flowd::dpdk
