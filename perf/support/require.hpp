// SPDX-License-Identifier: BSD-3-Clause
// A benchmark verifies its answer before a clock runs: a wrong answer ends the program.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace flow::perf {

inline void require(bool condition, const std::string& what) {
    if (condition) return;
    std::fprintf(stderr, "wrong answer: %s\n", what.c_str());
    std::exit(1);
}

}  // namespace flow::perf
