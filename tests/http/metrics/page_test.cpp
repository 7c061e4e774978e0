// SPDX-License-Identifier: BSD-3-Clause
// What a scrape says of an observation, read back line by line.
#include "http/metrics/page.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "http/metrics/made_up.hpp"
#include "http/metrics/series.hpp"

namespace flowd {
namespace {

using test::made_up;
using test::Series;
using test::sum;

Series scrape(const Observation& seen, MetricsSettings settings = {}) {
    return test::parse(metrics_page(seen, ProcessView{}, settings));
}

TEST(MetricsPage, TheBoxsEquationsHoldInAScrape) {
    const Series series = scrape(made_up(10));
    EXPECT_GT(sum(series, "flowd_datagrams_total"), 0);
    EXPECT_EQ(sum(series, "flowd_datagrams_total"),
              sum(series, "flowd_datagrams_decoded_total") +
                  sum(series, "flowd_datagrams_dropped_total") +
                  sum(series, "flowd_datagrams_parked"));
    EXPECT_EQ(
        sum(series, "flowd_flows_offered_total") + sum(series, "flowd_spool_restored_flows_total"),
        sum(series, "flowd_flows_delivered_total") + sum(series, "flowd_flows_dropped_total") +
            sum(series, "flowd_flows_in_ring") + sum(series, "flowd_flows_in_flight") +
            sum(series, "flowd_flows_spooled"));
}

TEST(MetricsPage, SumsOverExportersAreTheBoxsWhateverTheBudget) {
    const Observation seen = made_up(30);
    for (const std::size_t exporters_max : {0u, 1u, 10u, 100u}) {
        const Series series = scrape(seen, {.exporters_max = exporters_max});
        const auto of_box = [&](const char* name) { return sum(series, name); };
        EXPECT_EQ(sum(series, "flowd_exporter_datagrams_total"),
                  of_box("flowd_datagrams_total") - static_cast<double>(seen.box.missed));
        EXPECT_EQ(sum(series, "flowd_exporter_bytes_total"), of_box("flowd_datagram_bytes_total"));
        EXPECT_EQ(sum(series, "flowd_exporter_decoded_datagrams_total"),
                  of_box("flowd_datagrams_decoded_total"));
        EXPECT_EQ(sum(series, "flowd_exporter_dropped_datagrams_total"),
                  of_box("flowd_datagrams_dropped_total") - static_cast<double>(seen.box.missed));
        EXPECT_EQ(sum(series, "flowd_exporter_parked_datagrams"), of_box("flowd_datagrams_parked"));
        EXPECT_EQ(sum(series, "flowd_exporter_flows_total"), of_box("flowd_flows_total"));
        EXPECT_EQ(sum(series, "flowd_exporter_offered_flows_total"),
                  of_box("flowd_flows_offered_total"));
        EXPECT_EQ(sum(series, "flowd_exporter_dropped_flows_total"),
                  of_box("flowd_flows_dropped_total"));
        EXPECT_EQ(sum(series, "flowd_exporter_in_flight_flows"),
                  of_box("flowd_flows_in_ring") + of_box("flowd_flows_in_flight") +
                      of_box("flowd_flows_spooled"));
        for (const std::string kind :
             {"lost", "late_total", "duplicates_total", "resets_total", "unchecked_total"}) {
            EXPECT_EQ(sum(series, "flowd_exporter_sequence_" + kind),
                      sum(series, "flowd_sequence_" + kind))
                << kind;
        }
    }
}

TEST(MetricsPage, AnExportersEquationHolds) {
    const Series series = scrape(made_up(10));
    const std::string who = "exporter=\"10.0.0.7\"";
    EXPECT_EQ(sum(series, "flowd_exporter_offered_flows_total", who),
              sum(series, "flowd_exporter_delivered_flows_total", who) +
                  sum(series, "flowd_exporter_dropped_flows_total", who) +
                  sum(series, "flowd_exporter_in_flight_flows", who));
}

TEST(MetricsPage, LossHasItsUnit) {
    const Series series = scrape(made_up(4));
    // 10.0.0.3 has a NetFlow v9 domain, which loses 12 + 3 datagrams, and an IPFIX one.
    EXPECT_EQ(series.at(R"(flowd_exporter_sequence_lost{exporter="10.0.0.3",unit="flows"})"), 16);
    EXPECT_EQ(series.at(R"(flowd_exporter_sequence_lost{exporter="10.0.0.3",unit="datagrams"})"),
              15);
    EXPECT_EQ(series.count(R"(flowd_exporter_sequence_lost{exporter="10.0.0.1",unit="flows"})"),
              0u);
}

TEST(MetricsPage, EveryReasonIsAlwaysThere) {
    const Series series = scrape(Observation{});
    for (std::size_t i = 1; i < flow::error_count; ++i) {
        const std::string name{flow::error_name(static_cast<flow::Error>(i))};
        EXPECT_EQ(series.count("flowd_datagrams_dropped_total{reason=\"" + name + "\"}"), 1u);
    }
    EXPECT_EQ(series.count("flowd_datagrams_dropped_total{reason=\"missed\"}"), 1u);
}

TEST(MetricsPage, AnEmptyObservationIsAPage) {
    const Series series = scrape(Observation{});
    EXPECT_EQ(series.at("flowd_health{state=\"starting\"}"), 1);
    EXPECT_EQ(series.at("flowd_exporters"), 0);
    EXPECT_EQ(series.at("flowd_exporter_datagrams_total{exporter=\"other\"}"), 0);
}

TEST(MetricsPage, WhatIsWrongTwiceIsOneSeries) {
    Observation seen = made_up(2);
    const Finding of_one{Severity::error, "transport_failing", "One fails.", "Look."};
    const Finding of_another{Severity::error, "transport_failing", "Another fails.", "Look."};
    const Finding milder{Severity::warning, "transport_failing", "A third is slow.", "Look."};
    seen.problems = {of_one, milder, of_another};
    seen.exporters[0].findings = seen.problems;
    const Series series = scrape(seen);  // finds that no series is there twice
    const std::string code = R"(code="transport_failing",severity=)";
    EXPECT_EQ(series.at("flowd_problems{" + code + "\"error\"}"), 1);
    EXPECT_EQ(series.at("flowd_problems{" + code + "\"warning\"}"), 1);
    EXPECT_EQ(series.at("flowd_exporter_findings{exporter=\"10.0.0.0\"," + code + "\"error\"}"), 1);
}

/// An exporter's datagrams in fragments are added up over what the X-ray still has of it.
TEST(MetricsPage, WhatCanGoBackIsNoCounter) {
    Observation seen = made_up(1);
    seen.exporters[0].reassembled = 7;
    const std::string page = metrics_page(seen, ProcessView{}, MetricsSettings{});
    EXPECT_NE(page.find("# TYPE flowd_exporter_reassembled_datagrams gauge\n"), std::string::npos);
    EXPECT_EQ(page.find("flowd_exporter_reassembled_datagrams_total"), std::string::npos);
    const Series series = test::parse(page);
    EXPECT_EQ(series.at(R"(flowd_exporter_reassembled_datagrams{exporter="10.0.0.0"})"), 7);
}

TEST(MetricsPage, ImbalanceIsShown) {
    Observation seen = made_up(1);
    seen.datagram_imbalance = 3;
    seen.flow_imbalance = 4;
    const Series series = scrape(seen);
    EXPECT_EQ(series.at("flowd_ledger_imbalance{unit=\"datagrams\"}"), 3);
    EXPECT_EQ(series.at("flowd_ledger_imbalance{unit=\"flows\"}"), 4);
}

TEST(MetricsPage, ExportersAreToldApartByPortWhereTheyAreKeyedByIt) {
    Observation seen = made_up(2);
    seen.exporters[1] = seen.exporters[0];
    seen.exporters[0].port = 2055;
    seen.exporters[1].port = 2056;
    const Series series = scrape(seen);
    EXPECT_EQ(series.count(R"(flowd_exporter_flows_total{exporter="10.0.0.0",port="2055"})"), 1u);
    EXPECT_EQ(series.count(R"(flowd_exporter_flows_total{exporter="10.0.0.0",port="2056"})"), 1u);
}

TEST(MetricsPage, PortsAndKafkaHaveTheirOwnNamesAndTheRestKeepsTheirs) {
    const Series series = scrape(made_up(1));
    EXPECT_EQ(series.at(R"(flowd_port_received_packets_total{port="0000:01:00.0"})"), 1000);
    EXPECT_EQ(series.at(R"(flowd_port_speed_bytes_per_second{port="0000:01:00.0"})"), 1.25e9);
    EXPECT_EQ(series.at(R"(flowd_port_statistic{port="0000:01:00.0",name="opackets"})"), 4);
    EXPECT_EQ(series.at(R"(flowd_port_xstat{port="0000:01:00.0",name="rx_q0_packets"})"), 1000);
    const std::string kafka = R"({transport="kafka \"main\""})";
    EXPECT_EQ(series.at("flowd_kafka_queue_messages" + kafka), 5);
    EXPECT_EQ(series.at("flowd_kafka_round_trip_seconds" + kafka), 0.0025);
    EXPECT_EQ(series.at(R"(flowd_kafka_statistic{transport="kafka \"main\"",name="replyq"})"), 23);
}

/// Names of labels, as they stand in a row: "transport, reason".
std::set<std::string> split(std::string_view labels) {
    std::set<std::string> names;
    std::istringstream text{std::string{labels}};
    for (std::string name; text >> name;) {
        if (name.back() == ',') name.pop_back();
        names.insert(name);
    }
    return names;
}

TEST(MetricsPage, EverySeriesIsDeclaredWithItsLabels) {
    std::map<std::string, std::set<std::string>> declared;
    for (const metrics::Area& area : metrics::declared_metrics()) {
        for (const metrics::Metric& each : area.metrics) {
            const bool is_new = declared.emplace(std::string{each.name}, split(each.labels)).second;
            EXPECT_TRUE(is_new) << "declared twice: " << each.name;
        }
    }
    const Observation seen = made_up(10);
    const ProcessView process;
    const MetricsSettings settings;
    std::set<std::string> served;
    for (const auto& family : metrics::Collector{seen, process, settings}.Collect()) {
        ASSERT_TRUE(declared.contains(family.name)) << family.name;
        EXPECT_TRUE(served.insert(family.name).second) << "served twice: " << family.name;
        for (const auto& metric : family.metric) {
            for (const auto& label : metric.label) {
                EXPECT_TRUE(declared[family.name].contains(label.name))
                    << family.name << " has an undeclared label " << label.name;
            }
        }
    }
    EXPECT_GT(served.size(), 90u);
}

}  // namespace
}  // namespace flowd
