// SPDX-License-Identifier: BSD-3-Clause
// What an operator sees of a handover between two pipelines: nothing. The flows are those that one
// pipeline would have written.
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "flow/pipeline/raw_pipeline.hpp"
#include "support/netflow_builder.hpp"
#include "support/parsed_flow.hpp"
#include "support/sflow_builder.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
const protobuf::Formatter format{schema, protobuf::Framing::bare};
constexpr PipelineLimits limits{
    .templates = {.exporters_max = 8, .templates_max = 1024, .templates_per_exporter_max = 1024}};
const Address router = ipv4(192, 0, 2, 1);
const Fields ports{{7, 2}, {11, 2}};
const Fields ports_swapped{{11, 2}, {7, 2}};

using Tested = Pipeline<protobuf::Formatter, VectorSink>;

constexpr auto everything = [](const StateKey&) { return true; };

ByteBuilder teach(const Fields& fields, unsigned template_set = 2) {
    return set(template_set, template_record(256, fields).bytes());
}
ByteBuilder data(unsigned port) { return set(256, ByteBuilder{}.u16(port).u16(443).bytes()); }
ByteBuilder ipfix(const ByteBuilder& sets, std::uint32_t sequence = 0, std::uint32_t domain = 1) {
    return ipfix_message({.sequence = sequence, .domain = domain}, sets.bytes());
}
ByteBuilder netflow9(const ByteBuilder& sets, std::uint32_t sequence, std::uint32_t domain = 1) {
    ByteBuilder out = netflow9_message({.sequence = sequence, .source_id = domain});
    return out.bytes(sets.bytes());
}

class PipelineHandover : public testing::Test {
protected:
    static Error process(Tested& pipeline, const ByteBuilder& payload,
                         std::uint64_t seconds = 1'700'000'000) {
        Datagram given = datagram(payload.bytes(), seconds);
        given.source = router;
        return pipeline.process(given);
    }
    template <class From, class To, class Leaves>
    void move(From& from, To& to, Leaves leaves) {
        HandoverWalk walk;
        do {
            from.give(*page_, walk, leaves);
            EXPECT_EQ(to.take(*page_), HandoverRefusals{});
        } while (!page_->last);
    }
    void expect_sums(std::uint64_t datagrams) const {
        std::uint64_t all = 0;
        for (const Tested* const each : {&a_, &b_}) {
            const PipelineStats& stats = each->stats();
            all += std::accumulate(stats.datagram_drops.begin(), stats.datagram_drops.end(),
                                   stats.decoded + stats.parked_datagrams);
        }
        EXPECT_EQ(all, datagrams);
        EXPECT_EQ(a_.stats().datagrams + b_.stats().datagrams, datagrams);
        EXPECT_EQ(a_.stats().sequence_lost + b_.stats().sequence_lost, 0u);
        EXPECT_EQ(a_.stats().sequence_resets + b_.stats().sequence_resets, 0u);
    }
    static flowpb::FlowMessage last(const VectorSink& sink) {
        return sink.messages.empty() ? flowpb::FlowMessage{}
                                     : parse_flow(sink.messages.back().bytes());
    }

    std::unique_ptr<HandoverPage> page_ = std::make_unique<HandoverPage>();
    VectorSink a_sink_;
    VectorSink b_sink_;
    Tested a_{format, schema, a_sink_, limits};
    Tested b_{format, schema, b_sink_, limits};
};

TEST_F(PipelineHandover, IpfixGoesOn) {
    EXPECT_EQ(process(a_, ipfix(teach(ports).bytes(data(1).bytes()), 0)), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, ipfix(data(2), 1)), Error::none);
    EXPECT_EQ(last(b_sink_).src_port(), 2u);
    EXPECT_EQ(last(b_sink_).dst_port(), 443u);
    EXPECT_EQ(b_.stats().templates_learnt, 0u) << "the exporter taught it once";
    EXPECT_EQ(a_.templates().size(), 0u);
    expect_sums(2);
}

TEST_F(PipelineHandover, Netflow9GoesOn) {
    EXPECT_EQ(process(a_, netflow9(teach(ports, 0), 5)), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, netflow9(data(2), 6)), Error::none);
    EXPECT_EQ(last(b_sink_).src_port(), 2u);
    move(b_, a_, everything);
    EXPECT_EQ(process(a_, netflow9(data(3), 7)), Error::none);
    EXPECT_EQ(last(a_sink_).src_port(), 3u);
    expect_sums(3);
}

TEST_F(PipelineHandover, Netflow5GoesOn) {
    ByteBuilder first = netflow5_message({.sequence = 10});
    add_netflow5_record(first);
    ByteBuilder second = netflow5_message({.sequence = 11});
    add_netflow5_record(second);
    EXPECT_EQ(process(a_, first), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, second), Error::none);
    EXPECT_EQ(b_sink_.messages.size(), 1u);
    expect_sums(2);
}

TEST_F(PipelineHandover, SflowGoesOnWhereItWas) {
    const auto message = [](std::uint32_t sequence) {
        const ByteBuilder vlans = tagged(1001, ByteBuilder{}.u32(10).u32(0).u32(20).u32(0).bytes());
        return sflow_message({.sequence = sequence},
                             tagged(1, flow_sample({}, vlans.bytes()).bytes()).bytes());
    };
    EXPECT_EQ(process(a_, message(10)), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, message(11)), Error::none);
    expect_sums(2);
    EXPECT_EQ(process(b_, message(13)), Error::none);
    EXPECT_EQ(b_.stats().sequence_lost, 1u) << "a real loss is seen";
}

TEST_F(PipelineHandover, ALossBeforeTheMoveIsTakenBackBehindIt) {
    EXPECT_EQ(process(a_, netflow9(teach(ports, 0), 5)), Error::none);
    EXPECT_EQ(process(a_, netflow9(data(1), 7)), Error::none);
    EXPECT_EQ(a_.stats().sequence_lost, 1u);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, netflow9(data(2), 6)), Error::none);
    EXPECT_EQ(b_.stats().sequence_late, 1u);
    expect_sums(3);
}

TEST_F(PipelineHandover, OneDomainMovesAndTheOtherWorksOn) {
    for (const std::uint32_t domain : {1u, 2u}) {
        const Fields& fields = domain == 1 ? ports : ports_swapped;
        EXPECT_EQ(process(a_, ipfix(teach(fields), 0, domain)), Error::none);
    }
    move(a_, b_, [](const StateKey& key) { return key.domain == 2; });
    EXPECT_EQ(process(a_, ipfix(data(1), 0, 1)), Error::none);
    EXPECT_EQ(process(b_, ipfix(data(2), 0, 2)), Error::none);
    EXPECT_EQ(last(a_sink_).src_port(), 1u);
    EXPECT_EQ(last(b_sink_).dst_port(), 2u);
    EXPECT_EQ(process(b_, ipfix(data(2), 0, 1)), Error::none) << "not known there: it waits";
    EXPECT_EQ(b_.stats().parked_datagrams, 1u);
}

TEST_F(PipelineHandover, ATemplateThatChangedBeforeCounts) {
    EXPECT_EQ(
        b_.restore(
            {.key = {.exporter = router, .version = 10, .domain = 1}, .id = 256, .fields = ports},
            1'700'000'000),
        Error::none);
    EXPECT_EQ(process(a_, ipfix(teach(ports))), Error::none);
    EXPECT_EQ(process(a_, ipfix(teach(ports_swapped))), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, ipfix(data(2))), Error::none);
    EXPECT_EQ(last(b_sink_).dst_port(), 2u);
    EXPECT_EQ(last(b_sink_).src_port(), 443u);
}

TEST_F(PipelineHandover, ATemplateThatChangesBehindItCounts) {
    EXPECT_EQ(process(a_, ipfix(teach(ports).bytes(data(1).bytes()), 0)), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, ipfix(teach(ports_swapped).bytes(data(2).bytes()), 1)), Error::none);
    EXPECT_EQ(last(b_sink_).dst_port(), 2u);
    EXPECT_EQ(b_.stats().templates_learnt, 1u);
    expect_sums(2);
}

TEST_F(PipelineHandover, ASetWaitsOnUntilItsTemplateComes) {
    EXPECT_EQ(process(a_, netflow9(data(1), 1)), Error::none);
    EXPECT_EQ(process(a_, netflow9(data(2), 2), 1'700'000'001), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(b_.stats().parked_datagrams, 2u);
    expect_sums(2);
    EXPECT_EQ(process(b_, netflow9(teach(ports, 0), 3), 1'700'000'030), Error::none);
    ASSERT_EQ(b_sink_.messages.size(), 2u);
    const flowpb::FlowMessage first = parse_flow(b_sink_.messages[0].bytes());
    EXPECT_EQ(first.src_port(), 1u);
    EXPECT_EQ(first.sequence_num(), 1u);
    EXPECT_EQ(first.time_received(), 1'700'000'000u);
    EXPECT_EQ(first.sampler_address(), std::string("\xc0\x00\x02\x01", 4));
    EXPECT_EQ(last(b_sink_).src_port(), 2u);
    expect_sums(3);
    EXPECT_EQ(a_.stats().sets_parked, 2u);
    EXPECT_EQ(b_.stats().sets_unparked, 2u);
    EXPECT_EQ(a_.stats().sets_expired + b_.stats().sets_expired, 0u);
}

TEST_F(PipelineHandover, ASetThatWaitsInVainCountsOnce) {
    EXPECT_EQ(process(a_, netflow9(data(1), 1)), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, netflow9(teach(ports, 0), 2), 1'700'000'061), Error::none);
    EXPECT_EQ(b_sink_.messages.size(), 0u);
    expect_sums(2);
    constexpr auto unknown = static_cast<std::size_t>(Error::unknown_template);
    EXPECT_EQ(a_.stats().datagram_drops[unknown], 0u);
    EXPECT_EQ(b_.stats().datagram_drops[unknown], 1u);
}

TEST_F(PipelineHandover, ASetWhoseTemplateIsKnownBecomesFlowsAtOnce) {
    EXPECT_EQ(process(a_, netflow9(data(1), 1)), Error::none);
    EXPECT_EQ(
        b_.restore(
            {.key = {.exporter = router, .version = 9, .domain = 1}, .id = 256, .fields = ports},
            1'700'000'000),
        Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(last(b_sink_).src_port(), 1u);
    EXPECT_EQ(last(b_sink_).sequence_num(), 1u);
    EXPECT_EQ(b_.stats().decoded, 1u);
    expect_sums(1);
}

TEST_F(PipelineHandover, RatesOfOptionsMove) {
    const Fields scopes{{1, 4}};
    const Fields options{{34, 4}};
    ByteBuilder sets = set(1, netflow9_options_record(300, scopes, options).bytes());
    sets.bytes(set(300, ByteBuilder{}.u32(1).u32(1000).bytes()).bytes());
    sets.bytes(teach(ports, 0).bytes());
    EXPECT_EQ(process(a_, netflow9(sets, 1)), Error::none);
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, netflow9(data(1), 2)), Error::none);
    EXPECT_EQ(last(b_sink_).sampling_rate(), 1000u);
    const ByteBuilder other = set(300, ByteBuilder{}.u32(1).u32(50).bytes());
    EXPECT_EQ(process(b_, netflow9(ByteBuilder{other}.bytes(data(2).bytes()), 3)), Error::none);
    EXPECT_EQ(last(b_sink_).sampling_rate(), 50u) << "the options template is there, too";
    expect_sums(3);
}

TEST_F(PipelineHandover, WhatAnEarlierRunLeftIsForgottenFirst) {
    const StateKey key{.exporter = router, .version = 10, .domain = 1};
    const LearntTemplate old{.key = key, .id = 256, .fields = ports};
    for (Tested* const each : {&a_, &b_}) {
        EXPECT_EQ(each->restore(old, 1'700'000'000), Error::none);
    }
    const ByteBuilder withdrawal = set(2, ByteBuilder{}.u16(256).u16(0).bytes());
    EXPECT_EQ(process(a_, ipfix(withdrawal)), Error::none);
    HandoverWalk walk;
    EXPECT_TRUE(b_.forget(walk, everything));
    move(a_, b_, everything);
    EXPECT_EQ(process(b_, ipfix(data(1))), Error::none);
    EXPECT_EQ(b_sink_.messages.size(), 0u) << "it waits for a template of now";
    EXPECT_EQ(b_.stats().parked_datagrams, 1u);
}

TEST_F(PipelineHandover, ManyTemplatesTakeSeveralPages) {
    constexpr unsigned count = 600;
    for (unsigned i = 0; i < count; ++i) {
        Fields fields = ports;
        fields.resize(2 + i % 60, {200, 1});
        const ByteBuilder taught = set(2, template_record(256 + i, fields).bytes());
        EXPECT_EQ(process(a_, ipfix(taught)), Error::none);
    }
    HandoverWalk walk;
    std::size_t pages = 0;
    do {
        a_.give(*page_, walk, everything);
        EXPECT_LE(page_->size, HandoverPage::size_max);
        EXPECT_EQ(b_.take(*page_), HandoverRefusals{});
        ++pages;
    } while (!page_->last);
    EXPECT_GT(pages, 2u);
    EXPECT_EQ(b_.templates().size(), count);
    for (unsigned i = 0; i < count; ++i) {
        ByteBuilder body = ByteBuilder{}.u16(i).u16(443);
        body.fill(i % 60);
        const ByteBuilder record = set(256 + i, body.bytes());
        EXPECT_EQ(process(b_, ipfix(record, i)), Error::none);
        EXPECT_EQ(last(b_sink_).src_port(), i);
    }
    expect_sums(2 * count);
}

TEST_F(PipelineHandover, GoflowsOwnReadingsStay) {
    const Tested strict{format, produce::Settings{.schema = schema, .dialect = Dialect::goflow2_v1},
                        a_sink_, limits};
    EXPECT_FALSE(strict.can_hand_over());
    EXPECT_TRUE(a_.can_hand_over());
}

TEST_F(PipelineHandover, RawMessagesGoOn) {
    VectorSink sink;
    RawPipeline<VectorSink> a{raw::Shape::json, produce::Settings{}, sink, limits};
    RawPipeline<VectorSink> b{raw::Shape::json, produce::Settings{}, sink, limits};
    EXPECT_EQ(a.process(datagram(ipfix(teach(ports)).bytes())), Error::none);
    move(a, b, everything);
    EXPECT_EQ(b.process(datagram(ipfix(data(7)).bytes())), Error::none);
    EXPECT_EQ(a.process(datagram(ipfix(data(7)).bytes())), Error::unknown_template);
    EXPECT_EQ(a.stats().templates_learnt, 1u);
    EXPECT_EQ(b.stats().templates_learnt, 0u);
}

}  // namespace
}  // namespace flow
