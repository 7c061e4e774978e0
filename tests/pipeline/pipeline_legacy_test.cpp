// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v1, v7 and v8 from the datagram to the message; and sFlow's samples that are no flows.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "support/exact_bytes.hpp"
#include "support/legacy_builder.hpp"
#include "support/netflow_builder.hpp"
#include "support/parsed_flow.hpp"
#include "support/plain_formatter.hpp"
#include "support/sflow_builder.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;
using flowpb::FlowMessage;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
const protobuf::Formatter format{schema, protobuf::Framing::bare};
constexpr PipelineLimits limits{
    .templates = {.exporters_max = 1, .templates_max = 1, .templates_per_exporter_max = 1},
    .domains = {.domains_max = 64, .domains_per_exporter_max = 64},
    .park = {.bytes_max = 0}};

/// One datagram through a pipeline whose protobuf is written by programs, and one where it is not.
class LegacyPipeline : public testing::Test {
protected:
    Error process(const ByteBuilder& wire, const Protocols& accepts = Protocols::all()) {
        const ExactBytes exact{wire.bytes()};
        Datagram given = datagram(exact.bytes());
        given.accepts = accepts;
        const Error outcome = pipeline_.process(given);
        EXPECT_EQ(plain_.process(given), outcome);
        EXPECT_EQ(sink_.messages.size(), plain_sink_.messages.size());
        for (std::size_t i = 0; i < sink_.messages.size(); ++i) {
            EXPECT_TRUE(
                std::ranges::equal(sink_.messages[i].bytes(), plain_sink_.messages[i].bytes()));
        }
        return outcome;
    }
    [[nodiscard]] FlowMessage last() const { return parse_flow(sink_.messages.back().bytes()); }

    VectorSink sink_;
    VectorSink plain_sink_;
    Pipeline<protobuf::Formatter, VectorSink> pipeline_{format, sink_, limits};
    Pipeline<PlainFormatter<protobuf::Formatter>, VectorSink> plain_{PlainFormatter{format},
                                                                     plain_sink_, limits};
};

ByteBuilder one_record(unsigned version) {
    ByteBuilder out = version == 1 ? netflow1_message() : netflow7_message();
    version == 1 ? add_netflow1_record(out) : add_netflow7_record(out);
    return out;
}

void expect_columns(const FlowMessage& flow) {
    EXPECT_EQ(flow.sampling_rate(), 0u);
    EXPECT_EQ(flow.time_flow_start(), 1'699'999'990u);
    EXPECT_EQ(flow.time_flow_end_ms(), 1'699'999'995'500u);
    EXPECT_EQ(flow.bytes(), 590u);
    EXPECT_EQ(flow.packets(), 5u);
    EXPECT_EQ(flow.src_addr(), std::string("\x0a\x00\x00\x01", 4));
    EXPECT_EQ(flow.dst_addr(), std::string("\x0a\x00\x00\x02", 4));
    EXPECT_EQ(flow.next_hop(), std::string("\x0a\x00\x00\x03", 4));
    EXPECT_EQ(flow.etype(), 0x0800u);
    EXPECT_EQ(flow.proto(), 6u);
    EXPECT_EQ(flow.src_port(), 1024u);
    EXPECT_EQ(flow.dst_port(), 443u);
    EXPECT_EQ(flow.in_if(), 9u);
    EXPECT_EQ(flow.out_if(), 2u);
    EXPECT_EQ(flow.ip_tos(), 0xb8u);
    EXPECT_EQ(flow.tcp_flags(), 0x1bu);
}

TEST_F(LegacyPipeline, FillsTheColumnsOfVersion1) {
    EXPECT_EQ(process(one_record(1)), Error::none);
    ASSERT_EQ(sink_.messages.size(), 1u);
    expect_columns(last());
    EXPECT_EQ(last().type(), 3001);
    EXPECT_EQ(last().sequence_num(), 0u);
}

TEST_F(LegacyPipeline, FillsTheColumnsOfVersion7) {
    EXPECT_EQ(process(one_record(7)), Error::none);
    ASSERT_EQ(sink_.messages.size(), 1u);
    expect_columns(last());
    EXPECT_EQ(last().type(), 3007);
    EXPECT_EQ(last().sequence_num(), 81u);
    EXPECT_EQ(last().src_as(), 64500u);
    EXPECT_EQ(last().dst_as(), 64501u);
    EXPECT_EQ(last().src_net(), 24u);
    EXPECT_EQ(last().dst_net(), 16u);
}

TEST_F(LegacyPipeline, FillsCountersOfEveryAggregationScheme) {
    for (unsigned scheme = 1; scheme <= 14; ++scheme) {
        ByteBuilder wire = netflow8_message(scheme);
        add_netflow8_record(wire, scheme);
        EXPECT_EQ(process(wire), Error::none);
        ASSERT_EQ(sink_.messages.size(), scheme);
        EXPECT_EQ(last().type(), 3008);
        EXPECT_EQ(last().etype(), 0x0800u) << scheme;
        const bool two_hosts = scheme == 7 || scheme == 8;
        const std::uint64_t packets = scheme == 8 ? 0x0d0e0f10
                                      : two_hosts ? 0x090a0b0c
                                                  : 0x05060708;
        EXPECT_EQ(last().packets(), packets) << scheme;
        EXPECT_EQ(last().bytes(), packets + 0x04040404) << scheme;
    }
}

TEST_F(LegacyPipeline, CountsNoBuiltInTemplateAsLearnt) {
    EXPECT_EQ(pipeline_.stats().templates_learnt, 0u);
    EXPECT_EQ(pipeline_.templates().size(), 0u);
}

TEST_F(LegacyPipeline, TakesOldVersionsWhereItTakesVersion5) {
    for (const unsigned version : {1u, 7u}) {
        EXPECT_EQ(process(one_record(version), {.netflow5 = true}), Error::none);
        EXPECT_EQ(process(one_record(version), {.netflow9 = true, .sflow = true}),
                  Error::protocol_not_here);
    }
    EXPECT_EQ(process(netflow8_message(1, {.count = 0}), {.netflow5 = true}), Error::none);
    EXPECT_EQ(process(netflow8_message(1), {.netflow9 = true}), Error::protocol_not_here);
    EXPECT_EQ(process(netflow8_message(15)), Error::bad_aggregation);
}

TEST_F(LegacyPipeline, CountsSamplesThatAreNoFlows) {
    ByteBuilder samples;
    for (const std::uint32_t kind : {2u, 4u, 4u, 5u, 0x1001u}) {
        samples.bytes(tagged(kind, ByteBuilder{}.fill(20).bytes()).bytes());
    }
    EXPECT_EQ(process(sflow_message({.sample_count = 5}, samples.bytes())), Error::none);
    EXPECT_EQ(pipeline_.stats().counter_samples, 3u);
    EXPECT_EQ(pipeline_.stats().discarded_samples, 1u);
    EXPECT_EQ(pipeline_.stats().other_samples, 1u);
    EXPECT_EQ(pipeline_.stats().flows, 0u);
}

}  // namespace
}  // namespace flow
