// SPDX-License-Identifier: BSD-3-Clause
#include "control/summary.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "flow/format/json/formatter.hpp"
#include "worker/workers.hpp"

namespace flowd {
namespace {

using Worker = FormattingRxWorker<flow::json::Formatter>;

/// A run of real workers over prepared datagrams.
Summary run(const std::vector<flow::Datagram>& datagrams, TransportState behaviour) {
    auto ring = std::move(*BatchRing::create(64));
    StopFlags flags;
    test::PreparedIngress ingress{datagrams, false};
    RxSettings settings;
    settings.limits.templates = {.exporters_max = 8, .templates_max = 8};
    std::vector<std::unique_ptr<RxWorker>> rx;
    rx.push_back(std::make_unique<Worker>(
        flow::json::Formatter{flow::Schema::all(flow::Profile::goflow2_v1)}, ingress,
        test::one_lane(*ring), settings, flags));
    std::string text;
    auto transport = std::make_unique<test::RememberingTransport>(text);
    transport->behaviour = behaviour;
    std::vector<std::unique_ptr<TxWorker>> tx;
    tx.push_back(std::make_unique<TxWorker>(std::vector<BatchRing*>{ring.get()},
                                            std::vector<const RxWorker*>{rx[0].get()},
                                            std::move(transport), flags));
    rx[0]->run();
    tx[0]->run();
    return summarize(rx, tx, {"file"});
}

std::uint64_t sum(const Summary::Counts& counts) {
    std::uint64_t total = 0;
    for (const auto& [name, count] : counts) total += count;
    return total;
}

class SummaryTest : public testing::Test {
protected:
    const std::vector<std::uint8_t> good_ = test::netflow5_payload(2);
    const std::vector<std::uint8_t> cut_{good_.begin(), good_.end() - 1};  // one record is left
    const std::vector<std::uint8_t> strange_{0xff, 0xff, 0, 0};

    std::vector<flow::Datagram> mixture() const {
        return {flow::test::datagram(good_), flow::test::datagram(cut_),
                flow::test::datagram(strange_), flow::test::datagram(good_)};
    }
};

TEST_F(SummaryTest, EveryDatagramAndFlowIsInOnePlace) {
    const Summary summary = run(mixture(), TransportState::up);
    EXPECT_EQ(summary.datagrams, 4u);
    EXPECT_EQ(summary.decoded, 2u);
    EXPECT_EQ(summary.datagrams, summary.decoded + sum(summary.datagram_drops));
    EXPECT_EQ(summary.flows, 5u);
    EXPECT_EQ(summary.delivered, 5u);
    EXPECT_EQ(summary.bytes_in, good_.size() * 2 + cut_.size() + strange_.size());
    EXPECT_GT(summary.bytes_out, 0u);
    const Summary::Counts expected{{"truncated", 1}, {"unknown_protocol", 1}};
    EXPECT_EQ(summary.datagram_drops, expected);
}

TEST_F(SummaryTest, FlowsThatTheTransportLostHaveAName) {
    const Summary summary = run(mixture(), TransportState::dropping);
    EXPECT_EQ(summary.delivered, 0u);
    EXPECT_EQ(summary.bytes_out, 0u);
    const Summary::Counts expected{{"transport_failed", 5}};
    EXPECT_EQ(summary.flow_drops, expected);
}

TEST_F(SummaryTest, JsonHasEveryMember) {
    const Summary summary = run(mixture(), TransportState::up);
    const auto json = nlohmann::json::parse(to_json(summary));
    EXPECT_EQ(json["datagrams"], 4);
    EXPECT_EQ(json["decoded"], 2);
    EXPECT_EQ(json["flows"], 5);
    EXPECT_EQ(json["delivered"], 5);
    EXPECT_EQ(json["bytes_in"], summary.bytes_in);
    EXPECT_EQ(json["bytes_out"], summary.bytes_out);
    EXPECT_GE(json["seconds"].get<double>(), 0);
    EXPECT_GE(json["rx_cpu_seconds"].get<double>(), 0);
    EXPECT_GE(json["tx_cpu_seconds"].get<double>(), 0);
    EXPECT_EQ(json["drops"]["datagrams"]["truncated"], 1);
    EXPECT_TRUE(json["drops"]["flows"].empty());
}

TEST_F(SummaryTest, TextNamesTheDrops) {
    const std::string text = to_text(run(mixture(), TransportState::up));
    EXPECT_NE(text.find("4 datagrams"), std::string::npos) << text;
    EXPECT_NE(text.find("datagrams dropped: truncated 1"), std::string::npos) << text;
    EXPECT_NE(to_text(run({}, TransportState::up)).find("no drops"), std::string::npos);
}

TEST_F(SummaryTest, IsWrittenToAFileOrSaysWhyNot) {
    const std::string path = testing::TempDir() + "flowd_summary_test.json";
    const Summary summary = run(mixture(), TransportState::up);
    ASSERT_FALSE(failed(write_summary(summary, path)));
    std::ifstream file{path};
    std::stringstream content;
    content << file.rdbuf();
    EXPECT_EQ(content.str(), to_json(summary));
    std::remove(path.c_str());

    const Failure failure = write_summary(summary, "/nowhere/summary.json");
    EXPECT_NE(failure.sentence.find("/nowhere/summary.json"), std::string::npos);
    EXPECT_TRUE(failed(write_summary(summary, "/dev/full")));
}

}  // namespace
}  // namespace flowd
