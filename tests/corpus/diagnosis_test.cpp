// SPDX-License-Identifier: BSD-3-Clause
// Captures of real exporters, diagnosed: what is healthy has no finding, what has one is listed
// here, with what was seen in the capture. Prints all of it when DIAGNOSIS_VERBOSE is set.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "flow/format/json/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "metrics/diagnosis.hpp"
#include "support/captures.hpp"
#include "support/observed_exporters.hpp"
#include "support/pcap_file.hpp"
#include "support/vector_sink.hpp"

namespace flowd {
namespace {

using namespace flow::test;
using Codes = std::set<std::string>;

constexpr flow::PipelineLimits limits{
    .templates = {.exporters_max = 64, .templates_max = 1024, .templates_per_exporter_max = 512},
    .domains = {.domains_max = 64, .domains_per_exporter_max = 64},
    .park = {.bytes_max = 65'536}};

/// By the capture's name; what is not here is healthy.
const std::map<std::string, Codes> expected{
    // Junos counts messages. Of seven line cards only one has sent its template in these minutes.
    {"ipfix_juniper_301.pcap", {"template_missing", "sequence_unit", "clock_ahead"}},
    // Its last five datagrams are of a source id whose template 257 is not in the capture. The
    // clock
    // of all of its exporters was an hour ahead: no daylight saving time.
    {"netflow9_ibm_old.pcap", {"template_missing", "clock_ahead"}},
    // Edited: templates were moved to the front, and datagrams between others taken out. Sent again
    // later with new times of capture, so that export times do not fit them.
    {"ipfix_pmacct_srv6_500.pcap", {"loss_upstream", "clock_ahead", "reordering"}},
    {"netflow9_pmacct_cisco_custom_101.pcap", {"loss_upstream", "clock_ahead"}},
    {"ipfix_pmacct_cisco_iosxr_100.pcap", {"clock_ahead"}},
    {"ipfix_pmacct_cisco_v6_sampling_104.pcap", {"clock_ahead"}},
    {"ipfix_pmacct_mpls_401_b.pcap", {"clock_ahead"}},
    // Made, or captured, at other times than they say.
    {"ipfix_ipfixcol_02_two_odids.pcap", {"clock_behind"}},
    {"ipfix_vflow_juniper_templates.pcap", {"clock_behind"}},
    {"netflow9_libnetflow9_malformed_3.pcap", {"clock_behind"}},
    {"netflow9_libnetflow9_malformed_5.pcap", {"clock_behind"}},
    {"ipfix_zero_export_time_issue14370.pcap", {"clock_unset"}},
    // Clocks of exporters that were off by 16 s to 2 min.
    {"netflow5_freebsd_netgraph.pcap", {"clock_behind"}},
    {"netflow9_nprobe_mixed_v5v9.pcap", {"clock_behind"}},
    {"netflow9_nprobe+softflowd_two_source_ids.pcap", {"clock_behind"}},
};

void print(const std::string& name, const test::ObservedExporter& exporter,
           const std::vector<Finding>& findings) {
    const Xray xray = make_xray(exporter.evidence(exporter.view.last_seen));
    std::printf("%s: %zu datagrams, %zu flows\n", name.c_str(),
                static_cast<std::size_t>(exporter.view.totals.datagrams),
                static_cast<std::size_t>(exporter.view.totals.flows));
    for (const Finding& each : findings) {
        std::printf("  %s %s: %s\n", std::string{severity_name(each.severity)}.c_str(),
                    std::string{each.code}.c_str(), each.sentence.c_str());
    }
    std::printf("  active %.1f inactive %.1f durations %zu median %.1f most %.1f refresh %.1f\n",
                xray.active_timeout_seconds.value_or(-1),
                xray.inactive_timeout_seconds.value_or(-1),
                static_cast<std::size_t>(xray.flow_seconds.samples), xray.flow_seconds.median,
                xray.flow_seconds.most, xray.template_refresh_seconds.value_or(-1));
    for (const Xray::Deviating& each : xray.deviations) {
        std::printf("  deviation %s %zu\n", each.code.c_str(),
                    static_cast<std::size_t>(each.count));
    }
}

TEST(RealCaptures, AreDiagnosedWithWhatIsInThemAndNothingElse) {
    const bool verbose = std::getenv("DIAGNOSIS_VERBOSE") != nullptr;
    for (const std::string& path : all_captures()) {
        const PcapFile file = read_pcap(path);
        VectorSink sink;
        const flow::json::Formatter format{flow::Schema::all(flow::Profile::goflow2_v1)};
        flow::Pipeline<flow::json::Formatter, VectorSink> pipeline{format, sink, limits};
        std::uint32_t now = 0;
        for (const CapturedDatagram& each : file.datagrams) {
            static_cast<void>(pipeline.process(each.datagram()));
            now = static_cast<std::uint32_t>(each.received_ns / 1'000'000'000);
        }
        const std::string name = std::filesystem::path{path}.filename();
        Codes codes;
        for (const test::ObservedExporter& exporter : test::observe(pipeline.state())) {
            const auto findings = diagnose(exporter.evidence(now));
            for (const Finding& each : findings) codes.emplace(each.code);
            if (verbose) print(name, exporter, findings);
        }
        const auto at = expected.find(name);
        EXPECT_EQ(codes, at == expected.end() ? Codes{} : at->second) << path;
    }
}

}  // namespace
}  // namespace flowd
