// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/sampling/options.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"

namespace flow::sampling {
namespace {

using namespace flow::test;

Template layout_of(const Fields& fields) {
    return {.version = 10, .options = true, .id = 300, .fields = fields};
}

/// What a record of fixed length says; each field's value with the field's width.
Announcement read(const Fields& fields, const std::vector<std::uint64_t>& values) {
    ByteBuilder record;
    for (std::size_t i = 0; i < fields.size(); ++i) record.number(values.at(i), fields[i].length);
    const ExactBytes exact{record.bytes()};
    return OptionsLayout::of(layout_of(fields)).read(Record{exact.bytes(), {}});
}

TEST(SamplingOptions, TellWhichTemplatesHaveARate) {
    const auto has_rate = [](const Fields& fields) {
        return OptionsLayout::of(layout_of(fields)).has_rate();
    };
    EXPECT_TRUE(has_rate({{1, 4}, {34, 4}}));
    EXPECT_TRUE(has_rate({{50, 4}}));
    EXPECT_TRUE(has_rate({{305, 4}}));
    EXPECT_TRUE(has_rate({{309, 4}, {310, 4}}));
    EXPECT_TRUE(has_rate({{34, variable_length}}));
    EXPECT_FALSE(has_rate({{309, 4}}));
    EXPECT_FALSE(has_rate({{306, 4}, {48, 1}}));
    EXPECT_FALSE(has_rate({{34, 4, 9}})) << "another enterprise's 34";
    EXPECT_FALSE(has_rate({{34, 9}})) << "longer than a number";
    EXPECT_FALSE(has_rate({{34, 0}}));
    EXPECT_FALSE(has_rate({{82, 4}}));
    EXPECT_FALSE(has_rate({}));
}

TEST(SamplingOptions, ReadRatesOfAnyWidth) {
    for (std::uint16_t width = 1; width <= 8; ++width) {
        for (const std::uint16_t id : {34, 50, 305}) {
            EXPECT_EQ(read({{149, 4}, {id, width}, {7, 2}}, {7, 200, 9}).rate, 200u) << width;
        }
    }
    EXPECT_EQ(read({{34, 8}}, {0x1'0000'0000}).rate, 0x1'0000'0000u);
}

TEST(SamplingOptions, CountTheSpaceBetweenSampledPackets) {
    const Fields fields{{305, 4}, {306, 4}};
    EXPECT_EQ(read(fields, {1, 999}).rate, 1000u);
    EXPECT_EQ(read(fields, {1, 0}).rate, 1u);
    EXPECT_EQ(read(fields, {10, 90}).rate, 10u);
    EXPECT_EQ(read(fields, {100, 0}).rate, 1u) << "a hundred packets, and none left out";
    EXPECT_EQ(read(fields, {0, 10}).rate, 0u);
    EXPECT_EQ(read({{305, 8}, {306, 8}}, {2, UINT64_MAX}).rate, 0u) << "it wraps";
    EXPECT_EQ(read({{306, 4}}, {990}).rate, 0u) << "a space alone says nothing";
}

TEST(SamplingOptions, DivideThePopulationByTheSample) {
    EXPECT_EQ(read({{309, 4}, {310, 4}}, {1, 256}).rate, 256u);
    EXPECT_EQ(read({{310, 4}, {309, 4}}, {1000, 10}).rate, 100u);
    EXPECT_EQ(read({{309, 4}, {310, 4}}, {0, 256}).rate, 0u);
    EXPECT_EQ(read({{309, 4}, {310, 4}}, {512, 256}).rate, 0u) << "more than there are";
}

TEST(SamplingOptions, PreferTheRatioToAnIntervalWithoutSpace) {
    const Fields fields{{305, 4}, {309, 4}, {310, 4}};
    EXPECT_EQ(read(fields, {1, 1, 256}).rate, 256u) << "as Cisco routers send it";
    EXPECT_EQ(read(fields, {100, 1, 256}).rate, 256u);
    EXPECT_EQ(read(fields, {10, 0, 256}).rate, 10u);
    EXPECT_EQ(read({{305, 4}, {306, 4}, {309, 4}, {310, 4}}, {1, 9, 1, 256}).rate, 10u)
        << "a period is exact";
}

TEST(SamplingOptions, TakeTheFirstThatSaysMoreThanOne) {
    const Fields all{{34, 4}, {50, 4}, {309, 4}, {310, 4}, {305, 4}, {306, 4}};
    EXPECT_EQ(read(all, {2, 3, 1, 5, 1, 6}).rate, 7u);
    EXPECT_EQ(read(all, {2, 3, 1, 5, 1, 0}).rate, 5u) << "a selector of another kind";
    EXPECT_EQ(read(all, {2, 3, 1, 1, 1, 0}).rate, 3u);
    EXPECT_EQ(read(all, {2, 0, 0, 0, 0, 0}).rate, 2u);
    EXPECT_EQ(read(all, {1, 1, 1, 1, 1, 0}).rate, 1u);
    EXPECT_EQ(read(all, {0, 0, 0, 0, 0, 0}).rate, 0u);
}

TEST(SamplingOptions, NameTheSampler) {
    for (const std::uint16_t id : {48, 302}) {
        const Announcement said = read({{id, 2}, {34, 4}}, {7, 100});
        EXPECT_TRUE(said.has_sampler);
        EXPECT_EQ(said.sampler, 7u);
        EXPECT_EQ(said.rate, 100u);
    }
    EXPECT_EQ(read({{302, 8}, {34, 4}}, {UINT64_MAX, 100}).sampler, UINT64_MAX);
    EXPECT_FALSE(read({{34, 4}}, {100}).has_sampler);
}

TEST(SamplingOptions, AreReadFromRecordsOfVariableLength) {
    const Fields fields{{82, variable_length}, {34, 2}, {48, variable_length}};
    const OptionsLayout layout = OptionsLayout::of(layout_of(fields));
    const ByteBuilder bytes = ByteBuilder{}.raw({3, 'a', 'b', 'c', 0x01, 0x00, 1, 9});
    const std::vector<FieldExtent> extents{{1, 3}, {4, 2}, {7, 1}};
    const ExactBytes exact{bytes.bytes()};
    const Announcement said = layout.read(Record{exact.bytes(), extents});
    EXPECT_EQ(said.rate, 256u);
    EXPECT_EQ(said.sampler, 9u);

    const std::vector<FieldExtent> empty_sampler{{1, 3}, {4, 2}, {7, 0}};
    EXPECT_FALSE(layout.read(Record{exact.bytes(), empty_sampler}).has_sampler);
}

}  // namespace
}  // namespace flow::sampling
