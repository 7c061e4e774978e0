// SPDX-License-Identifier: BSD-3-Clause
// -print-config reads back as it was, config/flowd.toml and config/README.md know every setting,
// and -h is readable.
#include "config/print.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "config/all_rows.hpp"
#include "config/file.hpp"

namespace flowd::config {
namespace {

/// A file of the source tree.
std::string source(const std::string& path) {
    const char* root = std::getenv("FLOWD_SOURCE_ROOT");
#ifdef FLOWD_SOURCE_ROOT
    if (root == nullptr) root = FLOWD_SOURCE_ROOT;
#endif
    std::ifstream file{std::string{root == nullptr ? "." : root} + "/" + path};
    EXPECT_TRUE(file) << path << " is not in the folder that FLOWD_SOURCE_ROOT names";
    return {std::istreambuf_iterator<char>{file}, {}};
}

void expect_short_lines(const std::string& text) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(AllRows, DoNotClash) {
    AllSettings all;
    EXPECT_EQ(all.schema().conflict().sentence, "");
}

TEST(PrintConfig, IsTheShippedFile) {
    AllSettings all;
    EXPECT_EQ(print_config(all.schema()), source("config/flowd.toml"))
        << "write it anew: flowd -print-config > config/flowd.toml";
}

TEST(PrintConfig, ReadsBackAsItWas) {
    AllSettings before;
    before.config.listen = "flow://[::1]:9";
    before.config.batch_max_age_ms = 777;
    before.config.protobuf_fixedlen = true;
    before.config.idle = "spin";
    before.transports.single.file.path = "/var/a \"b\"\\c\n\x1b";
    before.dpdk.eal = {"--vdev", "net_pcap0,rx_pcap=a b", "\xC3\xBC"};
    const std::string printed = print_config(before.schema());

    AllSettings after;
    const Schema schema = after.schema();
    const auto given = apply_toml(printed, "printed", schema);
    ASSERT_TRUE(given) << given.error().sentence;
    EXPECT_EQ(after.config.listen, before.config.listen);
    EXPECT_EQ(after.config.batch_max_age_ms, 777);
    EXPECT_TRUE(after.config.protobuf_fixedlen);
    EXPECT_EQ(after.config.idle, "spin");
    EXPECT_EQ(after.transports.single.file.path, before.transports.single.file.path);
    EXPECT_EQ(after.dpdk.eal, before.dpdk.eal);

    std::size_t with_key = 0;
    for (const Setting& each : schema.settings()) with_key += each.row.key.empty() ? 0 : 1;
    EXPECT_EQ(given->size(), with_key) << "every key is printed";
}

TEST(PrintConfig, SaysLimitsDefaultAndFlag) {
    std::int64_t age = 50;
    std::string name = "x";
    const Schema schema{{
        {.key = "batch.age_ms",
         .flag = "age",
         .target = &age,
         .help = "Age.",
         .unit = "ms",
         .min = 1,
         .max = 100},
        {.key = "name", .flag = "", .target = &name, .help = "Name.", .lifetime = Lifetime::live},
        {.key = "batch.inner.name", .flag = "", .target = &name, .help = "Inner."},
    }};
    age = 60;
    const std::string text = print_config(schema);
    EXPECT_NE(text.find("\n\n# Name.\n# Default \"x\"; can change while flowd runs.\nname = \"x\"\n"
                        "\n[batch]\n\n# Age.\n# 1 to 100 ms; default 50; flag -age.\nage_ms = 60\n"
                        "\n[batch.inner]\n"),
              std::string::npos)
        << text;
}

TEST(PrintConfig, SeveralTransportsReadBackAsTheyWere) {
    AllSettings before;
    const Schema schema = before.schema();
    ASSERT_TRUE(
        apply_toml("[[transport]]\nkind = 'kafka'\nkafka.properties = {'a.b' = 'c', "
                   "'sasl.password' = 'hush'}\n[[transport]]\nfile.path = 'x'\n",
                   "given", schema));
    const std::string printed = print_config(schema);
    EXPECT_EQ(printed.find("hush"), std::string::npos);
    EXPECT_EQ(printed.find("\n[transport]\n"), std::string::npos);
    AllSettings after;
    const Schema again = after.schema();
    const auto given = apply_toml(printed, "printed", again);
    ASSERT_TRUE(given) << given.error().sentence << printed;
    ASSERT_EQ(after.transports.several.size(), 2U);
    EXPECT_EQ(after.transports.several[0].kind, "kafka");
    EXPECT_EQ(after.transports.several[0].kafka.properties, (Table{{"a.b", "c"}}));
    EXPECT_EQ(after.transports.several[1].file.path, "x");
    EXPECT_EQ(print_config(again), printed);
}

TEST(HelpText, ShowsEveryFlagInShortLines) {
    AllSettings all;
    const Schema schema = all.schema();
    const std::string text = help_text(schema);
    expect_short_lines(text);
    for (const Setting& each : schema.settings()) {
        if (each.row.flag.empty()) continue;
        EXPECT_NE(text.find("-" + std::string{each.row.flag}), std::string::npos) << each.row.flag;
    }
    EXPECT_NE(text.find("  -transport file|kafka|null\n"), std::string::npos);
    EXPECT_NE(text.find("  -batch.max-age duration\n"), std::string::npos);
    EXPECT_NE(text.find("(1 to 10000 ms; default 50; key"), std::string::npos);
}

TEST(Readme, KnowsEveryKeyFlagAndDefault) {
    const std::string readme = source("config/README.md");
    AllSettings all;
    const Schema schema = all.schema();
    for (const Setting& each : schema.settings()) {
        const Row& row = each.row;
        const std::string flag = row.flag.empty() ? "none" : "`-" + std::string{row.flag} + "`";
        const std::string entry = row.key.empty() ? flag
                                                  : "| `" + std::string{row.key} + "` | " + flag +
                                                        " | `" + each.default_value + "` |";
        EXPECT_NE(readme.find(entry), std::string::npos) << entry;
    }
}

}  // namespace
}  // namespace flowd::config
