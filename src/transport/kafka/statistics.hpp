// SPDX-License-Identifier: BSD-3-Clause
// Statistics: what librdkafka says of itself every few seconds, as names and numbers. The TX worker
// puts the text here; whoever asks parses it, on his own time.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "metrics/observation.hpp"

namespace flowd::kafka {

/// The numbers of librdkafka's JSON (STATISTICS.md): the client's own by its names, and of its
/// brokers the sum, or the worst where the name ends in `_max`. Averages are of the last interval:
/// 0 when nothing was sent in it. Of several clients the same: sums, or the worst. Empty: it is no
/// such text.
[[nodiscard]] NamedNumbers parse_statistics(std::string_view json);

class Statistics {
public:
    void put(std::string_view json);
    /// Any thread. Empty until there are some.
    [[nodiscard]] NamedNumbers numbers() const;

private:
    mutable std::mutex mutex_;   // of all below
    mutable std::string fresh_;  // not parsed yet
    mutable NamedNumbers numbers_;
};

}  // namespace flowd::kafka
