// SPDX-License-Identifier: BSD-3-Clause
// The line and the truth, read by a JSON parser.
#include "tools/gen/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

namespace flowd::gen {
namespace {

using nlohmann::json;

TEST(GenReport, TheLineAddsTheQueuesUp) {
    const std::vector<QueueCounts> queues{{.frames = 10, .bytes = 1000, .refused = 2, .dropped = 1},
                                          {.frames = 5, .bytes = 500, .refused = 0, .dropped = 0}};
    const std::string line =
        summary_line({.datagrams = 16, .flows = 320, .seconds = 0.5}, "flow", queues);
    EXPECT_EQ(line.back(), '\n');
    const json read = json::parse(line);
    EXPECT_EQ(read["datagrams"], 16);
    EXPECT_EQ(read["flows"], 320);
    EXPECT_EQ(read["frames"], 15);
    EXPECT_EQ(read["bytes"], 1500);
    EXPECT_EQ(read["refused"], 2);
    EXPECT_EQ(read["dropped"], 1);
    EXPECT_EQ(read["seconds"], 0.5);
    EXPECT_EQ(read["spread"], "flow");
    ASSERT_EQ(read["queues"].size(), 2U);
    EXPECT_EQ(read["queues"][0]["dropped"], 1);
}

TEST(GenReport, TheTruthHasEveryDomainThatSent) {
    Fleet fleet{{.exporters = 3, .domains = 2, .mixed = true, .ipv6 = true, .records = 4}};
    for (int i = 0; i < 5; ++i) static_cast<void>(fleet.next({}));
    std::istringstream lines{truth_lines(fleet)};
    std::vector<json> domains;
    for (std::string line; std::getline(lines, line);) domains.push_back(json::parse(line));
    ASSERT_EQ(domains.size(), 5U);
    EXPECT_EQ(domains[0], (json{{"exporter", "10.0.0.1"},
                                {"number", 1},
                                {"domain", 1},
                                {"protocol", "v5"},
                                {"flows", 4},
                                {"datagrams", 1},
                                {"templates", 0}}));
    EXPECT_EQ(domains[2]["exporter"], "2001:db8::2");
    EXPECT_EQ(domains[2]["protocol"], "v9");
    EXPECT_EQ(domains[2]["templates"], 1);
    EXPECT_EQ(domains[4]["exporter"], "10.0.0.3");
    EXPECT_EQ(domains[4]["domain"], 1);
}

TEST(GenReport, AFileThatCannotBeWrittenIsNamed) {
    const Failure failure = write_file("/nonexistent/truth", "x");
    EXPECT_EQ(failure.sentence, "-truth: /nonexistent/truth: No such file or directory");
    EXPECT_TRUE(failed(write_file("/dev/full", "x")));
}

}  // namespace
}  // namespace flowd::gen
