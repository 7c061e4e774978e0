// SPDX-License-Identifier: BSD-3-Clause
// The EAL's command line: splitting the flag, and what is added where the user is silent.
#include "ingress/dpdk/arguments.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace flowd::dpdk {
namespace {

using Words = std::vector<std::string>;

Words split(std::string_view line) {
    const auto words = split_arguments(line);
    EXPECT_TRUE(words) << words.error().sentence;
    return *words;
}

bool contains(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The one behind `word`.
std::string after(const Words& words, const std::string& word) {
    const auto found = std::find(words.begin(), words.end(), word);
    return found == words.end() || found + 1 == words.end() ? "" : *(found + 1);
}

TEST(SplitArguments, SplitsAtSpacesAndTabs) {
    EXPECT_EQ(split(""), Words{});
    EXPECT_EQ(split(" \t "), Words{});
    EXPECT_EQ(split("--no-pci"), Words{"--no-pci"});
    EXPECT_EQ(split("  --vdev\tnet_null0,size=64   -m 64 "),
              (Words{"--vdev", "net_null0,size=64", "-m", "64"}));
}

TEST(SplitArguments, QuotesAndBackslashesKeepSpaces) {
    EXPECT_EQ(split("'a b' \"c d\" e\\ f"), (Words{"a b", "c d", "e f"}));
    EXPECT_EQ(split("rx_pcap='a b'.pcap"), Words{"rx_pcap=a b.pcap"});
    EXPECT_EQ(split("\"it's\" 'a \"b\"'"), (Words{"it's", "a \"b\""}));
    EXPECT_EQ(split("'a\\b' \"c\\\"d\""), (Words{"a\\b", "c\"d"}));
    EXPECT_EQ(split("'' x"), (Words{"", "x"}));
}

TEST(SplitArguments, WhatIsNotClosedIsASentence) {
    for (const auto* line : {"'a", "a \"b c", "x'y\""}) {
        const auto words = split_arguments(line);
        ASSERT_FALSE(words) << line;
        EXPECT_NE(words.error().sentence.find("is not closed"), std::string::npos) << line;
    }
    const auto words = split_arguments("a\\");
    ASSERT_FALSE(words);
    EXPECT_EQ(words.error().sentence, "dpdk.eal: the last character is a backslash");
}

TEST(HasOption, TakesBothFormsAndNoLongerName) {
    EXPECT_TRUE(has_option({"--vdev", "x"}, "--vdev"));
    EXPECT_TRUE(has_option({"--vdev=x"}, "--vdev"));
    EXPECT_FALSE(has_option({"--vdevs=x"}, "--vdev"));
    EXPECT_TRUE(has_option({"-m256"}, "-m"));
    EXPECT_FALSE(has_option({"--memory"}, "-m"));
    EXPECT_EQ(count_option({"--vdev", "x", "--vdev=y"}, "--vdev"), 2U);
}

TEST(EalArguments, WithoutHugepagesShareNothing) {
    const Words words = eal_arguments({"--vdev", "x"}, {.memory_mb = 77, .cpus = "0,3"});
    EXPECT_TRUE(contains(words, "--no-huge"));
    EXPECT_TRUE(contains(words, "--no-shconf"));
    EXPECT_FALSE(contains(words, "--in-memory"));
    EXPECT_FALSE(contains(words, "--no-pci"));
    EXPECT_EQ(after(words, "-m"), "77");
    EXPECT_EQ(after(words, "--lcores"), "0@(0,3)");
    EXPECT_EQ(after(words, "--vdev"), "x");
}

TEST(EalArguments, WithHugepagesAreInMemory) {
    const Words words =
        eal_arguments({}, {.hugepages = true, .memory_mb = 77, .cpus = "0", .probes_pci = false});
    EXPECT_TRUE(contains(words, "--in-memory"));
    EXPECT_TRUE(contains(words, "--no-pci"));
    EXPECT_FALSE(contains(words, "--no-huge"));
    EXPECT_FALSE(contains(words, "-m"));
}

TEST(EalArguments, TheUserGoesFirst) {
    const Words words = eal_arguments(
        {"--in-memory", "-l", "2", "--no-pci", "--log-level=debug", "--telemetry"}, {.cpus = "0"});
    EXPECT_EQ(words,
              (Words{"--in-memory", "-l", "2", "--no-pci", "--log-level=debug", "--telemetry"}));
}

TEST(EalArguments, AFilePrefixShares) {
    const Words without = eal_arguments({"--file-prefix=a"}, {.memory_mb = 9, .cpus = "0"});
    EXPECT_TRUE(contains(without, "--no-huge"));
    EXPECT_FALSE(contains(without, "--no-shconf"));
    const Words with = eal_arguments({"--file-prefix=a"}, {.hugepages = true, .cpus = "0"});
    EXPECT_FALSE(contains(with, "--in-memory"));
    EXPECT_FALSE(contains(with, "--no-huge"));
}

TEST(EalArguments, VerboseKeepsTheLogLevel) {
    EXPECT_TRUE(contains(eal_arguments({}, {.cpus = "0"}), "--log-level=error"));
    EXPECT_FALSE(contains(eal_arguments({}, {.cpus = "0", .verbose = true}), "--log-level=error"));
}

}  // namespace
}  // namespace flowd::dpdk
