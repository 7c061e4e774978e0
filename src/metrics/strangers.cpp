// SPDX-License-Identifier: BSD-3-Clause
// Words.
#include "metrics/strangers.hpp"

#include <algorithm>
#include <string>
#include <tuple>

#include "metrics/names.hpp"
#include "metrics/words.hpp"

namespace flowd {

namespace {

constexpr std::uint32_t recent_seconds = 600;
constexpr std::size_t named_most = 4;

auto place(const flow::Stranger& each) {
    return std::tie(each.source.size, each.source.octets, each.port, each.reason);
}

/// What several workers have of the same becomes one.
void merge(std::vector<flow::Stranger>& strangers) {
    std::sort(strangers.begin(), strangers.end(),
              [](const auto& a, const auto& b) { return place(a) < place(b); });
    std::size_t count = 0;
    for (const flow::Stranger& each : strangers) {
        if (count > 0 && place(strangers[count - 1]) == place(each)) {
            strangers[count - 1].datagrams += each.datagrams;
        } else {
            strangers[count++] = each;
        }
    }
    strangers.resize(count);
}

Finding finding_of(const flow::Stranger& stranger) {
    const bool has_protocol = stranger.reason == flow::Error::protocol_not_here;
    const std::string what = has_protocol ? "a protocol that the listener there does not take"
                             : stranger.reason == flow::Error::empty
                                 ? "datagrams without a payload"
                                 : "what is neither NetFlow, IPFIX nor sFlow";
    Finding finding;
    finding.severity = Severity::warning;
    finding.code = "stranger";
    finding.sentence = exporter_name(stranger.source) + " sends " + what + ", to port " +
                       std::to_string(stranger.port) + ": " + thousands_text(stranger.datagrams) +
                       (stranger.datagrams == 1 ? " datagram." : " datagrams.");
    finding.action = has_protocol
                         ? "Send NetFlow and IPFIX to a netflow:// listener and sFlow to an "
                           "sflow:// one, or listen with flow://, which takes all."
                         : "capture.errors_path keeps some of these datagrams: see what they are, "
                           "and keep them from this port.";
    return finding;
}

}  // namespace

std::vector<Finding> findings_of(std::vector<flow::Stranger> strangers, std::uint32_t now_seconds) {
    std::erase_if(strangers, [now_seconds](const flow::Stranger& each) {
        return each.last_seen == 0 || each.last_seen + recent_seconds < now_seconds;
    });
    merge(strangers);
    std::stable_sort(strangers.begin(), strangers.end(),
                     [](const auto& a, const auto& b) { return a.datagrams > b.datagrams; });
    if (strangers.size() > named_most) strangers.resize(named_most);
    std::vector<Finding> findings;
    for (const flow::Stranger& each : strangers) findings.push_back(finding_of(each));
    return findings;
}

}  // namespace flowd
