// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/sflow/decoder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"
#include "support/sflow_builder.hpp"

namespace flow::sflow {
namespace {

using namespace flow::test;

Error decode(Bytes payload, RecordingSink& sink) {
    Decoder decoder;
    const ExactBytes exact{payload};
    return decoder.decode(datagram(exact.bytes()), 3, sink);
}

ByteBuilder one_record() { return tagged(99, ByteBuilder{}.u32(1).bytes()); }  // 12 bytes
ByteBuilder one_sample() { return tagged(1, flow_sample({}, one_record().bytes()).bytes()); }  // 52

TEST(Sflow, ClaimsItsVersionOnly) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u32(5).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u32(4).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u32(2).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(5).u16(1).bytes())) << "NetFlow v5";
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.raw({0, 0, 0}).bytes()));
    EXPECT_TRUE(Decoder::accepted({.sflow = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow5 = true, .netflow9 = true}));
}

TEST(Sflow, HandsOnItsHeader) {
    RecordingSink sink;
    EXPECT_EQ(decode(sflow_message({.sequence = 4711, .sample_count = 0}, {}).bytes(), sink),
              Error::none);
    ASSERT_EQ(sink.origins.size(), 1u);
    const Origin& origin = sink.origins.front();
    EXPECT_EQ(origin.type, FlowType::sflow_5);
    EXPECT_EQ(origin.sampler, ipv4(10, 0, 0, 254)) << "the agent, not the source";
    EXPECT_EQ(origin.exporter, 3u);
    EXPECT_EQ(origin.sequence, 4711u);
    EXPECT_EQ(origin.uptime_ms, 5000u);
    EXPECT_EQ(origin.received_ns, 1'700'000'000'000'000'000u);
}

TEST(Sflow, HasAgentsOfBothFamilies) {
    RecordingSink sink;
    ByteBuilder wire;
    wire.u32(5).u32(2).raw({0x20, 1, 0xd, 0xb8}).fill(11).u8(9).u32(0).u32(1).u32(2).u32(0);
    EXPECT_EQ(decode(wire.bytes(), sink), Error::none);
    ASSERT_EQ(sink.origins.size(), 1u);
    EXPECT_EQ(sink.origins[0].sampler.size, 16);
    EXPECT_EQ(sink.origins[0].sampler.octets[15], 9);
    for (const std::uint32_t type : {0u, 3u, 0xffffffffu}) {
        const ByteBuilder bad = ByteBuilder{}.u32(5).u32(type).fill(40);
        EXPECT_EQ(decode(bad.bytes(), sink), Error::bad_address_type);
    }
    EXPECT_EQ(sink.origins.size(), 1u);
}

TEST(Sflow, HandsOnFlowSamples) {
    RecordingSink sink;
    const SflowSample header{
        .sampling_rate = 1000, .input = 0x80000001, .output = 0x3fffffff, .record_count = 1};
    const ByteBuilder body = flow_sample(header, one_record().bytes());
    EXPECT_EQ(decode(sflow_message({}, tagged(1, body.bytes()).bytes()).bytes(), sink),
              Error::none);
    ASSERT_EQ(sink.samples.size(), 1u);
    EXPECT_EQ(sink.samples[0].header.sampling_rate, 1000u);
    EXPECT_EQ(sink.samples[0].header.input, 0x80000001u) << "with its format bits";
    EXPECT_EQ(sink.samples[0].header.output, 0x3fffffffu);
    EXPECT_EQ(sink.samples[0].header.record_count, 1u);
    EXPECT_EQ(sink.samples[0].records.size(), 12u);
}

TEST(Sflow, HandsOnExpandedFlowSamples) {
    RecordingSink sink;
    const SflowSample header{.sampling_rate = 1000, .input = 70000, .output = 70001};
    const ByteBuilder body = expanded_flow_sample(header, one_record().bytes());
    EXPECT_EQ(decode(sflow_message({}, tagged(3, body.bytes()).bytes()).bytes(), sink),
              Error::none);
    ASSERT_EQ(sink.samples.size(), 1u);
    EXPECT_EQ(sink.samples[0].header.sampling_rate, 1000u);
    EXPECT_EQ(sink.samples[0].header.input, 70000u);
    EXPECT_EQ(sink.samples[0].header.output, 70001u);
    EXPECT_EQ(sink.samples[0].header.record_count, 1u);
    EXPECT_EQ(sink.samples[0].records.size(), 12u);
}

TEST(Sflow, PassesOverOtherSamples) {
    RecordingSink sink;
    ByteBuilder samples;
    for (const std::uint32_t format : {2u, 4u, 5u, 0u, 0x1001u, 0xffffffffu}) {
        samples.bytes(tagged(format, ByteBuilder{}.fill(20, 0xff).bytes()).bytes());
    }
    samples.bytes(one_sample().bytes());
    EXPECT_EQ(decode(sflow_message({.sample_count = 7}, samples.bytes()).bytes(), sink),
              Error::none);
    EXPECT_EQ(sink.samples.size(), 1u);
}

/// Also takes note of samples that are no flows.
struct CountingSink : RecordingSink {
    void passed_over(PassedOver what) noexcept { kinds.push_back(what); }
    std::vector<PassedOver> kinds;
};
static_assert(PassedOverSink<CountingSink> && !PassedOverSink<RecordingSink>);

TEST(Sflow, TellsWhatItPassesOver) {
    CountingSink sink;
    ByteBuilder samples;
    for (const std::uint32_t format : {2u, 1u, 4u, 5u, 0u, 0x1005u}) {
        const ByteBuilder body = flow_sample({}, one_record().bytes());
        samples.bytes(tagged(format, body.bytes()).bytes());
    }
    samples.bytes(tagged(5, {}).bytes());
    const ByteBuilder wire = sflow_message({.sample_count = 8}, samples.bytes());
    Decoder decoder;
    EXPECT_EQ(decoder.decode(datagram(wire.bytes()), 3, sink), Error::truncated);
    EXPECT_EQ(sink.samples.size(), 1u);
    using enum PassedOver;
    EXPECT_EQ(sink.kinds, (std::vector<PassedOver>{counters, expanded_counters, discarded, other,
                                                   other, discarded}));
}

TEST(Sflow, WithTooHighACountHandsOnWhatIsThere) {
    for (const std::uint32_t count : {3u, 1000u, 0xffffffffu}) {
        RecordingSink sink;
        const ByteBuilder samples = one_sample().bytes(one_sample().bytes());
        EXPECT_EQ(decode(sflow_message({.sample_count = count}, samples.bytes()).bytes(), sink),
                  Error::truncated);
        EXPECT_EQ(sink.samples.size(), 2u);
    }
}

TEST(Sflow, WithTooLowACountHandsOnAsMany) {
    RecordingSink sink;
    const ByteBuilder samples = one_sample().bytes(one_sample().bytes());
    EXPECT_EQ(decode(sflow_message({.sample_count = 1}, samples.bytes()).bytes(), sink),
              Error::none);
    EXPECT_EQ(sink.samples.size(), 1u);
}

TEST(Sflow, StopsAtASampleThatAnnouncesTooMuch) {
    for (const std::uint32_t length : {45u, 0x7fffffffu, 0xffffffffu}) {
        RecordingSink sink;
        ByteBuilder samples = one_sample();
        samples.bytes(tagged(1, flow_sample({}, one_record().bytes()).bytes(), length).bytes());
        EXPECT_EQ(decode(sflow_message({.sample_count = 2}, samples.bytes()).bytes(), sink),
                  Error::truncated);
        EXPECT_EQ(sink.samples.size(), 1u);
    }
}

TEST(Sflow, PassesOverASampleThatIsShorterThanItsHeader) {
    RecordingSink sink;
    ByteBuilder samples = tagged(1, ByteBuilder{}.fill(31).bytes());
    samples.bytes(tagged(3, ByteBuilder{}.fill(43).bytes()).bytes());
    samples.bytes(one_sample().bytes());
    EXPECT_EQ(decode(sflow_message({.sample_count = 3}, samples.bytes()).bytes(), sink),
              Error::bad_sample);
    EXPECT_EQ(sink.samples.size(), 1u) << "it costs only itself";
}

TEST(Sflow, ReturnsWhatTheSinkSaysOfASample) {
    RecordingSink sink;
    sink.sample_outcome = Error::bad_record;
    const ByteBuilder samples = one_sample().bytes(one_sample().bytes());
    EXPECT_EQ(decode(sflow_message({.sample_count = 2}, samples.bytes()).bytes(), sink),
              Error::bad_record);
    EXPECT_EQ(sink.samples.size(), 2u);
}

TEST(Sflow, CutAnywhereHandsOnWholeSamples) {
    const ByteBuilder samples = one_sample().bytes(one_sample().bytes());
    const ByteBuilder wire = sflow_message({.sample_count = 2}, samples.bytes());
    ASSERT_EQ(wire.size(), 28u + 2 * 52u);
    for (std::size_t size = 4; size < wire.size(); ++size) {
        RecordingSink sink;
        EXPECT_EQ(decode(wire.bytes().first(size), sink), Error::truncated) << size;
        EXPECT_EQ(sink.origins.size(), size < 28 ? 0u : 1u) << size;
        EXPECT_EQ(sink.samples.size(), size < 80 ? 0u : 1u) << size;
    }
}

}  // namespace
}  // namespace flow::sflow
