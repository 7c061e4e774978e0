// SPDX-License-Identifier: BSD-3-Clause
// The sending loop: takes datagrams from a source at the rate asked for, and gives each frame to
// its queue. One thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "log/failure.hpp"
#include "tools/gen/port.hpp"
#include "tools/gen/report.hpp"
#include "tools/gen/source.hpp"
#include "tools/gen/spreader.hpp"

namespace flowd::gen {

struct Pace {
    std::uint64_t pps = 0;      ///< 0: as fast as possible
    std::uint64_t count = 0;    ///< 0: no limit
    std::uint64_t seconds = 0;  ///< 0: no limit
};

/// Until a limit, the source's end, a failure or `stop`; `totals` says how far it came.
[[nodiscard]] Failure run(Source& source, Spreader& spreader, Port& port, const Pace& pace,
                          const std::atomic<bool>& stop, Totals& totals);

}  // namespace flowd::gen
