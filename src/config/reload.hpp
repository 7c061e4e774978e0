// SPDX-License-Identifier: BSD-3-Clause
// What a reload changes: the configuration as it is read now against the one that runs, row by row.
// Main thread.
#pragma once

#include <string>
#include <vector>

#include "config/schema.hpp"

namespace flowd::config {

struct Reload {
    struct Refused {
        std::string key;
        std::string sentence;
    };
    std::vector<std::string> changed{};  ///< keys, of live rows
    std::vector<Refused> refused{};      ///< of sealed rows, whose values stay
};

/// Both schemas are made of the same rows. Changes nothing.
[[nodiscard]] Reload compare(const Schema& running, const Schema& fresh);

}  // namespace flowd::config
