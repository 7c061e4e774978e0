// SPDX-License-Identifier: BSD-3-Clause
// What a format is: it turns a Flow into a Message. Bound at compile time; one instance per shard.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace flow {

/// `write` puts one message at `to`, where the caller has at least `size_max(flow)` bytes, and
/// returns its end.
template <class F>
concept Formatter = requires(const F& format, const Flow& flow, std::uint8_t* to) {
    { F::name } -> std::convertible_to<std::string_view>;
    { format.size_max(flow) }
    noexcept->std::same_as<std::size_t>;
    { format.write(flow, to) }
    noexcept->std::same_as<std::uint8_t*>;
};

}  // namespace flow
