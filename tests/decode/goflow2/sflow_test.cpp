// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/sflow.hpp"

#include <gtest/gtest.h>

#include "decode/goflow2/strict_decoders.hpp"
#include "support/sflow_builder.hpp"

namespace flow::goflow2 {
namespace {

using namespace flow::test;

ByteBuilder one_record() { return tagged(99, ByteBuilder{}.u32(1).bytes()); }  // 12 bytes
ByteBuilder one_sample() { return tagged(1, flow_sample({}, one_record().bytes()).bytes()); }
ByteBuilder discarded() {
    ByteBuilder body;
    body.u32(1).u32(0).u32(3).u32(0).u32(3).u32(4).u32(256).u32(1).bytes(one_record().bytes());
    return tagged(5, body.bytes());
}
ByteBuilder join(std::initializer_list<ByteBuilder> parts) {
    ByteBuilder out;
    for (const ByteBuilder& part : parts) out.bytes(part.bytes());
    return out;
}

class Goflow2Sflow : public testing::TestWithParam<Dialect> {
protected:
    [[nodiscard]] bool is_v2() const { return GetParam() == Dialect::goflow2_v2; }
    Error decode(std::initializer_list<ByteBuilder> samples) {
        return decode(join(samples), static_cast<std::uint32_t>(samples.size()));
    }
    Error decode(const ByteBuilder& samples, std::uint32_t count) {
        return strict_.decode(sflow_message({.sample_count = count}, samples.bytes()).bytes());
    }
    [[nodiscard]] std::size_t sample_count() const { return strict_.sink.samples.size(); }

    StrictDecoders strict_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(BothReleases, Goflow2Sflow, testing::ValuesIn(both_dialects),
                         [](const auto& each) {
                             return each.param == Dialect::goflow2_v1 ? "V1" : "V2";
                         });

TEST_P(Goflow2Sflow, HandsOnHeaderAndSamples) {
    const ByteBuilder expanded =
        tagged(3, expanded_flow_sample({.input = 7}, one_record().bytes()).bytes());
    EXPECT_EQ(decode({one_sample(), expanded}), Error::none);
    ASSERT_EQ(strict_.sink.origins.size(), 1u);
    EXPECT_EQ(strict_.sink.origins[0].sampler, ipv4(10, 0, 0, 254));
    EXPECT_EQ(strict_.sink.origins[0].sequence, 80u);
    ASSERT_EQ(sample_count(), 2u);
    EXPECT_EQ(strict_.sink.samples[0].header.sampling_rate, 512u);
    EXPECT_EQ(strict_.sink.samples[0].records.size(), 12u);
    EXPECT_EQ(strict_.sink.samples[1].header.input, 7u);
    EXPECT_EQ(strict_.sink.samples[1].header.record_count, 1u);
}

TEST_P(Goflow2Sflow, AnUnknownSampleCostsV2TheDatagram) {
    EXPECT_EQ(decode({one_sample(), tagged(0x1000 | 1, ByteBuilder{}.fill(40).bytes())}),
              is_v2() ? Error::bad_sample : Error::none);
    EXPECT_EQ(sample_count(), is_v2() ? 0u : 1u);
}

TEST_P(Goflow2Sflow, ABrokenSampleCostsItselfOrTheDatagram) {
    EXPECT_EQ(decode({one_sample(), tagged(1, ByteBuilder{}.fill(31).bytes())}), Error::bad_sample);
    EXPECT_EQ(sample_count(), is_v2() ? 0u : 1u);
    EXPECT_EQ(decode({one_sample(), tagged(3, ByteBuilder{}.fill(43).bytes())}), Error::bad_sample);
    EXPECT_EQ(sample_count(), is_v2() ? 0u : 1u);
}

TEST_P(Goflow2Sflow, ABrokenRecordCostsV2TheDatagram) {
    const ByteBuilder records = tagged(1001, ByteBuilder{}.fill(15).bytes());
    EXPECT_EQ(decode({one_sample(), tagged(1, flow_sample({}, records.bytes()).bytes())}),
              is_v2() ? Error::bad_record : Error::none);
    EXPECT_EQ(sample_count(), is_v2() ? 0u : 2u) << "1.3.7 leaves the record out";
}

TEST_P(Goflow2Sflow, CountersAndDiscardedPacketsAreNoFlows) {
    const ByteBuilder counters =
        tagged(2, ByteBuilder{}
                      .u32(1)
                      .u32(3)
                      .u32(1)
                      .bytes(tagged(1, ByteBuilder{}.fill(88).bytes()).bytes())
                      .bytes());
    const ByteBuilder expanded = tagged(4, ByteBuilder{}.u32(1).u32(0).u32(3).u32(0).bytes());
    EXPECT_EQ(decode({counters, expanded, discarded(), one_sample()}), Error::none);
    EXPECT_EQ(sample_count(), 1u);
}

TEST_P(Goflow2Sflow, BrokenCountersCostV2TheDatagram) {
    const ByteBuilder counters =
        tagged(2, ByteBuilder{}
                      .u32(1)
                      .u32(3)
                      .u32(1)
                      .bytes(tagged(1, ByteBuilder{}.fill(87).bytes()).bytes())
                      .bytes());
    EXPECT_EQ(decode({counters, one_sample()}), is_v2() ? Error::bad_record : Error::none);
    EXPECT_EQ(sample_count(), is_v2() ? 0u : 1u);
}

TEST_P(Goflow2Sflow, WhatDoesNotFitEndsTheDatagramWithoutAWord) {
    EXPECT_EQ(decode(join({one_sample(), ByteBuilder{}.u32(1).u32(1000).fill(32)}), 2),
              Error::none);
    EXPECT_EQ(sample_count(), 1u);
    EXPECT_EQ(decode(join({one_sample(), ByteBuilder{}.fill(7)}), 9), Error::none);
    EXPECT_EQ(sample_count(), 1u);
    EXPECT_EQ(decode(one_sample(), 0), Error::none);
    EXPECT_EQ(sample_count(), 0u);
}

TEST_P(Goflow2Sflow, RecordsThatDoNotFitEndTheSample) {
    const ByteBuilder records = join({one_record(), ByteBuilder{}.u32(1).u32(100).fill(20)});
    EXPECT_EQ(decode({tagged(1, flow_sample({.record_count = 5}, records.bytes()).bytes())}),
              Error::none);
    ASSERT_EQ(sample_count(), 1u);
    EXPECT_EQ(strict_.sink.samples[0].header.record_count, 1u) << "as many as are there";
}

TEST_P(Goflow2Sflow, CountsHaveLimits) {
    const std::uint32_t samples_max = is_v2() ? 1000 : 512;
    EXPECT_EQ(decode(one_sample(), samples_max), Error::none);
    EXPECT_EQ(decode(one_sample(), samples_max + 1), Error::bad_sample);
    EXPECT_EQ(sample_count(), 0u);
    const std::uint32_t records_max = is_v2() ? 1000 : 8192;
    for (const std::uint32_t count : {records_max, records_max + 1}) {
        const ByteBuilder sample =
            tagged(1, flow_sample({.record_count = count}, one_record().bytes()).bytes());
        EXPECT_EQ(decode({sample}), count == records_max ? Error::none : Error::bad_sample);
        EXPECT_EQ(sample_count(), count == records_max ? 1u : 0u);
    }
}

TEST_P(Goflow2Sflow, AForgedCountOfAnExpandedSampleCostsNothing) {
    const ByteBuilder sample = tagged(
        3, expanded_flow_sample({.record_count = 0xffff'ffff}, one_record().bytes()).bytes());
    EXPECT_EQ(decode({sample}), is_v2() ? Error::none : Error::bad_sample);
    EXPECT_EQ(sample_count(), is_v2() ? 1u : 0u);
}

TEST_P(Goflow2Sflow, AgentsHaveAnAddress) {
    EXPECT_EQ(strict_.decode(ByteBuilder{}.u32(5).u32(0).fill(40).bytes()),
              Error::bad_address_type);
    EXPECT_EQ(strict_.decode(ByteBuilder{}.u32(5).u32(2).fill(16 + 16).bytes()), Error::none);
    EXPECT_EQ(strict_.decode(ByteBuilder{}.u32(5).u32(2).fill(16 + 15).bytes()), Error::truncated);
}

TEST_P(Goflow2Sflow, CutAnywhereItGivesNoMore) {
    const ByteBuilder wire =
        sflow_message({.sample_count = 3}, join({one_sample(), discarded(), one_sample()}).bytes());
    for (std::size_t size = 4; size < wire.size(); ++size) {
        const Error outcome = strict_.decode(wire.bytes().first(size));
        EXPECT_LE(sample_count(), 1u) << size;
        EXPECT_TRUE(size >= 28 || failed(outcome)) << size;
    }
}

}  // namespace
}  // namespace flow::goflow2
