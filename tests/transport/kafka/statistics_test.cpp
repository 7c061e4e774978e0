// SPDX-License-Identifier: BSD-3-Clause
// librdkafka's JSON as names and numbers: its own, sums and worst of its brokers. What a real
// broker makes of it: tests/kafka/statistics_test.py.
#include "transport/kafka/statistics.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "http/metrics/page.hpp"

namespace flowd::kafka {
namespace {

std::map<std::string, double> parsed(std::string_view json) {
    const NamedNumbers numbers = parse_statistics(json);
    return {numbers.begin(), numbers.end()};
}

constexpr std::string_view two_brokers = R"({
  "name": "flowd#producer-1", "msg_cnt": 7, "msg_max": 500,
  "msg_size": 700, "txmsgs": 1234, "txmsg_bytes": 99,
  "brokers": {
    "a:1/1": {"nodeid": 1, "state": "UP", "outbuf_cnt": 2, "txerrs": 1,
              "rtt": {"avg": 100, "p99": 900}},
    "b:1/2": {"nodeid": 2, "state": "DOWN", "outbuf_cnt": 3, "rtt": {"avg": 300, "p99": 500}},
    "c:1/bootstrap": {"nodeid": -1, "state": "UP", "txerrs": 4}},
  "topics": {"flows": {"batchsize": {"avg": 5000}, "batchcnt": {"avg": 40}}}})";

TEST(KafkaStatistics, AreSumsAndTheWorstOfBrokers) {
    auto numbers = parsed(two_brokers);
    EXPECT_EQ(numbers["msg_cnt"], 7);
    EXPECT_EQ(numbers["msg_limit"], 500);
    EXPECT_EQ(numbers["txmsgs"], 1234);
    EXPECT_EQ(numbers["outbuf_cnt"], 5);
    EXPECT_EQ(numbers["txerrs"], 5);
    EXPECT_EQ(numbers["rtt_avg_us_max"], 300);
    EXPECT_EQ(numbers["rtt_p99_us_max"], 900);
    EXPECT_EQ(numbers["brokers_up"], 1);
    EXPECT_EQ(numbers["brokers_total"], 2);
    EXPECT_EQ(numbers["batchsize_avg_max"], 5000);
    EXPECT_EQ(numbers["batchcnt_avg_max"], 40);
}

TEST(KafkaStatistics, OtherTextsAreNothing) {
    for (const std::string_view text : {"", "{", "[1]", "7", "{\"brokers\": 1, \"topics\": []"}) {
        EXPECT_TRUE(parsed(text).empty()) << text;
    }
    auto odd = parsed(R"({"msg_cnt": "7", "brokers": [1, {"rtt": 3}], "topics": 5})");
    EXPECT_EQ(odd["msg_cnt"], 0);
}

TEST(KafkaStatistics, AreTheLastThatWerePut) {
    Statistics statistics;
    EXPECT_TRUE(statistics.numbers().empty());
    statistics.put(two_brokers);
    EXPECT_EQ(statistics.numbers().front(), (std::pair<std::string, double>{"msg_cnt", 7}));
    EXPECT_FALSE(statistics.numbers().empty());
    statistics.put(R"({"msg_cnt": 8})");
    EXPECT_EQ(statistics.numbers().front().second, 8);
}

/// The names are agreed upon by two folders that do not know each other.
TEST(KafkaStatistics, EveryMetricOfKafkaIsMadeOfOne) {
    Observation seen;
    TransportView& transport = seen.transports.emplace_back();
    transport.name = "main";
    transport.statistics = parse_statistics(two_brokers);
    const std::string page = metrics_page(seen, ProcessView{}, MetricsSettings{});
    std::size_t count = 0;
    for (const metrics::Area& area : metrics::declared_metrics()) {
        if (area.name != "Kafka") continue;
        for (const metrics::Metric& each : area.metrics) {
            ++count;
            const std::string series = "\n" + std::string{each.name} + "{transport=\"main\"";
            EXPECT_NE(page.find(series), std::string::npos) << each.name;
        }
    }
    EXPECT_GT(count, 15u);
}

}  // namespace
}  // namespace flowd::kafka
