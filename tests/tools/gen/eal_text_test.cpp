// SPDX-License-Identifier: BSD-3-Clause
// The EAL's arguments: split, and completed where they are silent.
#include "tools/gen/eal_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flowd::gen {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += "[" + word + "]";
    return text;
}

std::string split(std::string_view text) {
    const auto words = split_eal(text);
    return words ? joined(*words) : words.error().sentence;
}

std::string command(const std::vector<std::string>& given, bool hugepages) {
    return joined(eal_command(given, {.hugepages = hugepages, .memory_mb = 70, .cpus = "0,1"}));
}

TEST(GenEalText, BlanksSplitAndQuotesKeep) {
    EXPECT_EQ(split(""), "");
    EXPECT_EQ(split("  --no-pci\t--vdev  net_null0 "), "[--no-pci][--vdev][net_null0]");
    EXPECT_EQ(split("--vdev 'a b' \"c d\"e ''"), "[--vdev][a b][c de][]");
    EXPECT_EQ(split("'it is \"fine\"'"), "[it is \"fine\"]");
    EXPECT_EQ(split("--vdev 'open"), "-eal: a quote ' is not closed");
}

TEST(GenEalText, SilenceIsFilled) {
    EXPECT_EQ(command({}, false),
              "[flowd-gen][--lcores][0@(0,1)][--no-huge][--no-shconf][-m][70][--no-telemetry]"
              "[--log-level=error]");
    EXPECT_EQ(command({}, true),
              "[flowd-gen][--lcores][0@(0,1)][--in-memory][--no-telemetry][--log-level=error]");
}

TEST(GenEalText, WhatIsSaidStays) {
    EXPECT_EQ(
        command({"-l", "1", "--no-huge", "-m", "9", "--log-level=debug", "--telemetry"}, true),
        "[flowd-gen][--no-shconf][-l][1][--no-huge][-m][9][--log-level=debug][--telemetry]");
    EXPECT_EQ(command({"--file-prefix=x"}, true),
              "[flowd-gen][--lcores][0@(0,1)][--no-telemetry][--log-level=error]"
              "[--file-prefix=x]");
}

}  // namespace
}  // namespace flowd::gen
