// SPDX-License-Identifier: BSD-3-Clause
// goflow2's names and labels, as dashboards that were made for it have them.
#include "http/metrics/goflow2.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "http/metrics/made_up.hpp"
#include "http/metrics/page.hpp"
#include "http/metrics/series.hpp"
#include "metrics/totals.hpp"

namespace flowd {
namespace {

using test::made_up;
using test::Series;
using test::sum;

Series scrape(const Observation& seen, std::size_t exporters_max = 1000) {
    const MetricsSettings settings{.exporters_max = exporters_max, .goflow2 = true};
    return test::parse(metrics_page(seen, ProcessView{}, settings));
}

DomainView domain(std::uint8_t version, std::uint64_t datagrams) {
    DomainView view;
    view.version = version;
    view.local_port = 2055;
    view.totals.datagrams = datagrams;
    view.totals.decoded = datagrams;
    view.totals.payload_bytes = 100 * datagrams;
    view.totals.flows = 7 * datagrams;
    return view;
}

/// One exporter that speaks everything.
Observation polyglot() {
    Observation seen;
    ExporterView& exporter = seen.exporters.emplace_back();
    exporter.address = test::ipv4(0xc0000201);
    exporter.domains = {domain(5, 1), domain(9, 10), domain(10, 100), domain(105, 1000)};
    exporter.domains[1].totals.sets = {1, 2, 3, 4};
    exporter.domains[1].totals.set_records = {5, 6, 7, 8};
    exporter.domains[3].totals.samples = {1, 2, 3, 4, 5, 6};
    for (const DomainView& each : exporter.domains) add(exporter.totals, each.totals);
    exporter.totals.datagrams += 3;  // of no protocol
    exporter.totals.drops[static_cast<std::size_t>(flow::Error::unknown_protocol)] = 3;
    return seen;
}

TEST(Goflow2Metrics, AreServedWhenTheyAreWanted) {
    const std::string page = metrics_page(made_up(3), ProcessView{}, {.exporters_max = 10});
    EXPECT_EQ(page.find("flow_traffic"), std::string::npos);
    EXPECT_EQ(page.find("goflow2"), std::string::npos);
}

TEST(Goflow2Metrics, TrafficAddsUpToTheBoxsWhateverTheBudget) {
    const Observation seen = made_up(12);
    const auto arrived = static_cast<double>(seen.box.datagrams - seen.box.missed);
    const auto bytes = static_cast<double>(seen.box.payload_bytes);
    for (const std::size_t exporters_max : {0u, 5u, 100u}) {
        const Series series = scrape(seen, exporters_max);
        EXPECT_EQ(sum(series, "flow_traffic_packets"), arrived);
        EXPECT_EQ(sum(series, "flow_traffic_bytes"), bytes);
        EXPECT_EQ(sum(series, "flow_traffic_summary_size_bytes_count"), arrived);
        EXPECT_EQ(sum(series, "flow_traffic_summary_size_bytes_sum"), bytes);
        EXPECT_EQ(sum(series, "goflow2_flow_traffic_packets_total"), arrived);
        EXPECT_EQ(sum(series, "goflow2_flow_traffic_bytes_total"), bytes);
        EXPECT_EQ(sum(series, "goflow2_flow_traffic_size_bytes_sum"), bytes);
    }
}

TEST(Goflow2Metrics, V1CountsByListener) {
    const Series series = scrape(polyglot());
    const auto packets = [&series](const std::string& port, const std::string& type) {
        return series.at(R"(flow_traffic_packets{remote_ip="192.0.2.1",local_ip="",local_port=")" +
                         port + R"(",type=")" + type + R"("})");
    };
    EXPECT_EQ(packets("2055", "NetFlowV5"), 1);
    EXPECT_EQ(packets("2055", "NetFlow"), 110);
    EXPECT_EQ(packets("2055", "sFlow"), 1000);
    EXPECT_EQ(packets("0", "unknown"), 3);
    EXPECT_EQ(series.at(R"(flow_decoder_count{worker="all",name="NetFlow"})"), 110);
}

/// Domains are forgotten, exporters are, and exporters lose their series: the same numbers come
/// from elsewhere then.
TEST(Goflow2Metrics, WhatADecoderDidStaysWhoeverIsForgotten) {
    Observation seen = polyglot();
    seen.exporters.push_back(test::made_up_exporter(0x0a000001, 1));
    seen.exporters[1].rates.flows = 1e6;
    const auto decoded = [&seen](std::size_t exporters_max) {
        const Series series = scrape(seen, exporters_max);
        std::vector<double> counts;
        for (const std::string name : {"NetFlow", "NetFlowV5", "sFlow"}) {
            counts.push_back(series.at(R"(flow_decoder_count{worker="all",name=")" + name + "\"}"));
        }
        return counts;
    };
    const std::vector<double> all = decoded(10);
    EXPECT_EQ(all[1], 1);
    EXPECT_EQ(all[2], 1000);
    for (const std::size_t exporters_max : {0u, 1u}) EXPECT_EQ(decoded(exporters_max), all);

    ExporterView& exporter = seen.exporters[0];
    const std::string before = R"(flow_process_nf_count{router="192.0.2.1",version="10"})";
    for (const DomainView& each : exporter.domains) {
        add(exporter.past, each.version, each.local_port, each.totals);
    }
    exporter.domains.clear();
    EXPECT_EQ(decoded(10), all);
    EXPECT_EQ(decoded(0), all);
    EXPECT_EQ(scrape(seen).at(before), 100);

    add(seen.other.totals, exporter.totals);
    add(seen.other.past, exporter.past);
    seen.exporters.erase(seen.exporters.begin());
    EXPECT_EQ(decoded(10), all);
    EXPECT_EQ(decoded(0), all);
}

TEST(Goflow2Metrics, V2CountsByScheme) {
    const Series series = scrape(polyglot());
    EXPECT_EQ(sum(series, "goflow2_flow_traffic_packets_total", "type=\"netflow\""), 111);
    EXPECT_EQ(sum(series, "goflow2_flow_traffic_packets_total", "type=\"sflow\""), 1000);
    EXPECT_EQ(series.at(R"(goflow2_flow_decoder_error_total{router="192.0.2.1",name="unknown"})"),
              3);
}

TEST(Goflow2Metrics, NetFlowIsCountedByVersionAndKindOfSet) {
    const Series series = scrape(polyglot());
    for (const std::string name : {"flow_process_nf_count", "goflow2_flow_process_nf_total"}) {
        EXPECT_EQ(series.at(name + R"({router="192.0.2.1",version="5"})"), 1);
        EXPECT_EQ(series.at(name + R"({router="192.0.2.1",version="9"})"), 10);
        EXPECT_EQ(series.at(name + R"({router="192.0.2.1",version="10"})"), 100);
    }
    const std::string version9 = R"({router="192.0.2.1",version="9",type=")";
    EXPECT_EQ(series.at("flow_process_nf_flowset_sum" + version9 + "TemplateFlowSet\"}"), 1);
    EXPECT_EQ(series.at("flow_process_nf_flowset_sum" + version9 + "OptionsDataFlowSet\"}"), 4);
    EXPECT_EQ(series.at("flow_process_nf_flowset_records_sum" + version9 + "DataFlowSet\"}"), 7);
    EXPECT_EQ(
        series.at(
            R"(flow_process_nf_flowset_sum{router="192.0.2.1",version="5",type="DataFlowSet"})"),
        7);
}

TEST(Goflow2Metrics, SflowIsCountedByKindOfSample) {
    const Series series = scrape(polyglot());
    const std::string who = R"({router="192.0.2.1",agent="192.0.2.1",version="5")";
    EXPECT_EQ(series.at("flow_process_sf_count" + who + "}"), 1000);
    for (const std::string name :
         {"flow_process_sf_samples_sum", "goflow2_flow_process_sf_samples_total"}) {
        EXPECT_EQ(series.at(name + who + R"(,type="FlowSample"})"), 1);
        EXPECT_EQ(series.at(name + who + R"(,type="ExpandedFlowSample"})"), 2);
        EXPECT_EQ(series.at(name + who + R"(,type="CounterSample"})"), 3);
        EXPECT_EQ(series.at(name + who + R"(,type="ExpandedCounterSample"})"), 4);
        EXPECT_EQ(series.at(name + who + R"(,type="unknown"})"), 11);
    }
}

/// With templates.key = "address_port" they are told apart, but goflow2's labels have no port.
TEST(Goflow2Metrics, ExportersBehindOneAddressAddUp) {
    Observation seen = polyglot();
    seen.exporters.push_back(seen.exporters[0]);
    seen.exporters.push_back(test::made_up_exporter(0x0a000001, 1));
    seen.exporters.push_back(seen.exporters[0]);
    for (std::uint16_t i = 0; i < 4; ++i) seen.exporters[i].port = 4000 + i;
    seen.exporters[2].rates.flows = 1e6;  // whose rank is another one
    seen.exporters[3].rates.flows = 1e9;
    const Series series = scrape(seen);  // finds that no series is there twice
    EXPECT_EQ(series.at(R"(flow_process_nf_count{router="192.0.2.1",version="10"})"), 300);
    EXPECT_EQ(sum(series, "flow_traffic_packets", R"(remote_ip="192.0.2.1")"), 3 * 1114);
    EXPECT_EQ(sum(series, "goflow2_flow_traffic_packets_total", R"(remote_ip="192.0.2.1")"),
              3 * 1114);
    EXPECT_EQ(series.at(R"(flow_process_sf_count{router="192.0.2.1",agent="192.0.2.1",)"
                        R"(version="5"})"),
              3000);
}

TEST(Goflow2Metrics, TemplatesAreCountedByAnnouncement) {
    Observation seen = polyglot();
    TemplateView& view = seen.templates.emplace_back();
    view.layout.key = {seen.exporters[0].address, 2055, 9, 256};
    view.layout.id = 300;
    view.announcements = 12;
    seen.templates.push_back(view);
    seen.templates.back().layout.id = 301;
    const std::string labels =
        R"({router="192.0.2.1:2055",version="9",obs_domain_id="256",template_id="300",)"
        R"(type="template"})";
    EXPECT_EQ(scrape(seen).at("goflow2_flow_process_nf_templates_total" + labels), 12);
    EXPECT_EQ(scrape(seen, 1).count("goflow2_flow_process_nf_templates_total" + labels), 1u);
    EXPECT_EQ(scrape(seen, 0).count("goflow2_flow_process_nf_templates_total" + labels), 0u);
}

/// All names of goflow2 1.3.7 and 2.2.6: each is served, or the README says why it is not.
TEST(Goflow2Metrics, EveryNameIsServedOrLeftOutByTheReadme) {
    std::ifstream file{std::string{FLOWD_SOURCE_ROOT} + "/src/http/metrics/README.md"};
    const std::string readme{std::istreambuf_iterator<char>{file}, {}};
    std::set<std::string> served;
    for (const metrics::Metric& each : metrics::goflow2_metrics()) {
        EXPECT_TRUE(served.insert(std::string{each.name}).second) << "twice: " << each.name;
    }
    for (const std::string name : {"flow_traffic_bytes",
                                   "flow_traffic_packets",
                                   "flow_traffic_summary_size_bytes",
                                   "flow_decoder_count",
                                   "flow_decoder_error_count",
                                   "flow_summary_decoding_time_us",
                                   "flow_summary_processing_time_us",
                                   "flow_process_nf_count",
                                   "flow_process_nf_errors_count",
                                   "flow_process_nf_flowset_sum",
                                   "flow_process_nf_flowset_records_sum",
                                   "flow_process_nf_delay_summary_seconds",
                                   "flow_process_nf_templates_count",
                                   "flow_process_sf_count",
                                   "flow_process_sf_errors_count",
                                   "flow_process_sf_samples_sum",
                                   "flow_process_sf_samples_records_sum",
                                   "goflow2_flow_dropped_packets_total",
                                   "goflow2_flow_dropped_bytes_total",
                                   "goflow2_flow_traffic_bytes_total",
                                   "goflow2_flow_traffic_packets_total",
                                   "goflow2_flow_traffic_size_bytes",
                                   "goflow2_flow_decoder_error_total",
                                   "goflow2_flow_decoding_time_seconds",
                                   "goflow2_flow_process_nf_total",
                                   "goflow2_flow_process_nf_errors_total",
                                   "goflow2_flow_process_nf_flowset_total",
                                   "goflow2_flow_process_nf_flowset_records_total",
                                   "goflow2_flow_process_nf_delay_seconds",
                                   "goflow2_flow_process_nf_templates_total",
                                   "goflow2_flow_process_sf_total",
                                   "goflow2_flow_process_sf_samples_total",
                                   "goflow2_flow_process_sf_samples_records_total"}) {
        const bool left_out = readme.find("| `" + name + "` | left out") != std::string::npos;
        EXPECT_NE(served.contains(name), left_out) << name;
    }
}

}  // namespace
}  // namespace flowd
