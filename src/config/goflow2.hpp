// SPDX-License-Identifier: BSD-3-Clause
// The flags of goflow2 v1.3.7, v2.2.6 and its main branch that do nothing here, so that a command
// line made for goflow2 still starts. What flowd says about each is in the row's help. Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/row.hpp"

namespace flowd::config {

/// Nobody reads these values; the types decide how a command line is taken apart.
struct Goflow2 {
    bool reuseport = false;
    std::int64_t workers = 1;
    std::int64_t error_count = 10;
    std::int64_t error_interval_ms = 10'000;

    struct Templates {
        std::int64_t ttl_ms = 0;
        std::int64_t sweep_interval_ms = 60'000;
        bool extend_on_access = false;
    } templates;
};

[[nodiscard]] std::vector<Row> rows(Goflow2& goflow2);

}  // namespace flowd::config
