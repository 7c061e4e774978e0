// SPDX-License-Identifier: BSD-3-Clause
// The tables of src/http/metrics/README.md are the rows: this test makes them anew and compares.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "http/metrics/page.hpp"

namespace flowd::metrics {
namespace {

constexpr std::string_view begin_mark = "<!-- metrics: made of the rows -->\n";
constexpr std::string_view end_mark = "<!-- end of metrics -->\n";

std::string_view type_name(MetricType type) {
    switch (type) {
        case MetricType::Counter: return "counter";
        case MetricType::Gauge: return "gauge";
        case MetricType::Summary: return "summary";
        default: return "untyped";
    }
}

std::string tables() {
    std::string text;
    for (const Area& area : declared_metrics()) {
        text += "\n### " + std::string{area.name} + "\n\n";
        text += "| name | type | labels | meaning |\n| --- | --- | --- | --- |\n";
        for (const Metric& each : area.metrics) {
            text += "| `" + std::string{each.name} + "` | " + std::string{type_name(each.type)};
            text += each.unit.empty() ? "" : ", " + std::string{each.unit};
            text += " | " + std::string{each.labels} + " | " + std::string{each.help} + " |\n";
        }
    }
    return text + "\n";
}

TEST(Readme, TablesAreTheRows) {
    std::ifstream file{std::string{FLOWD_SOURCE_ROOT} + "/src/http/metrics/README.md"};
    const std::string readme{std::istreambuf_iterator<char>{file}, {}};
    const std::size_t begin = readme.find(begin_mark);
    const std::size_t end = readme.find(end_mark);
    ASSERT_NE(begin, std::string::npos);
    ASSERT_NE(end, std::string::npos);
    const std::size_t text = begin + begin_mark.size();
    EXPECT_EQ(readme.substr(text, end - text), tables()) << "between the marks there should be:\n"
                                                         << tables();
}

}  // namespace
}  // namespace flowd::metrics
