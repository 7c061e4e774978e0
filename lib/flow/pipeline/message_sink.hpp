// SPDX-License-Identifier: BSD-3-Clause
// Where a pipeline writes messages: ring memory in the daemon, a vector in tests and small
// programs.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "flow/model/origin.hpp"

namespace flow {

/// `reserve` gives at least `size` writable bytes, or null when there are none: the message is then
/// lost, and the sink counts it. `commit` takes the bytes up to `end` of the memory reserved last
/// as one message.
template <class S>
concept MessageSink = requires(S& sink, std::size_t size, std::uint8_t* end,
                               ExporterIndex exporter) {
    { sink.reserve(size) }
    noexcept->std::same_as<std::uint8_t*>;
    { sink.commit(end, exporter) }
    noexcept;
};

}  // namespace flow
