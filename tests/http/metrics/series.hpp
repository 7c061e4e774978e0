// SPDX-License-Identifier: BSD-3-Clause
// A metrics page read back, line by line.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

namespace flowd::test {

/// Values by name with labels, as they stand in the page.
using Series = std::map<std::string, double>;

inline Series parse(const std::string& page) {
    Series series;
    std::istringstream lines{page};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t blank = line.rfind(' ');
        const bool is_new =
            series.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second;
        EXPECT_TRUE(is_new) << "twice: " << line;
    }
    return series;
}

/// Of all series of that name; with `label` in them, unless it is empty.
inline double sum(const Series& series, const std::string& name, const std::string& label = "") {
    double total = 0;
    for (const auto& [key, value] : series) {
        const bool is_it = key == name || key.starts_with(name + "{");
        if (is_it && key.find(label) != std::string::npos) total += value;
    }
    return total;
}

}  // namespace flowd::test
