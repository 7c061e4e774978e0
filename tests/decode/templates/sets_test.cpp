// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/templates/sets.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;

struct Walk {
    Error outcome = Error::none;
    std::vector<std::pair<unsigned, std::size_t>> visited;  ///< id, size of the body
};

/// `answers` are what the visits return; none when there are no more.
Walk walk(Bytes sets, std::vector<Error> answers = {}) {
    const ExactBytes exact{sets};
    Walk walk;
    walk.outcome = for_each_set(exact.bytes(), [&](std::uint16_t id, Bytes body) {
        walk.visited.emplace_back(id, body.size());
        const std::size_t visit = walk.visited.size() - 1;
        return visit < answers.size() ? answers[visit] : Error::none;
    });
    return walk;
}

TEST(Sets, AreVisitedInOrder) {
    ByteBuilder wire = set(2, ByteBuilder{}.fill(8).bytes());
    wire.bytes(set(300, {}).bytes()).bytes(set(256, ByteBuilder{}.fill(3).bytes()).bytes());
    const Walk result = walk(wire.bytes());
    EXPECT_EQ(result.outcome, Error::none);
    EXPECT_EQ(result.visited,
              (std::vector<std::pair<unsigned, std::size_t>>{{2, 8}, {300, 0}, {256, 3}}));
}

TEST(Sets, OfNoBytesAreNone) {
    for (std::size_t size = 0; size < 4; ++size) {
        const Walk result = walk(ByteBuilder{}.fill(size, 1).bytes());
        EXPECT_EQ(result.outcome, Error::none) << "too short for a set: padding";
        EXPECT_TRUE(result.visited.empty());
    }
}

TEST(Sets, EndAtZeros) {
    ByteBuilder wire = set(256, ByteBuilder{}.fill(8).bytes());
    wire.fill(12).bytes(set(256, {}).bytes());
    const Walk result = walk(wire.bytes());
    EXPECT_EQ(result.outcome, Error::none);
    EXPECT_EQ(result.visited.size(), 1u);
}

TEST(Sets, ShorterThanTheirHeaderEndTheWalk) {
    for (unsigned length = 0; length < 4; ++length) {
        const Walk result = walk(set(256, ByteBuilder{}.fill(8).bytes(), length).bytes());
        EXPECT_EQ(result.outcome, Error::bad_set_length);
        EXPECT_TRUE(result.visited.empty());
    }
}

TEST(Sets, ThatAnnounceTooMuchAreVisitedWithWhatIsThere) {
    for (const unsigned length : {13u, 1000u, 65535u}) {
        const Walk result = walk(set(256, ByteBuilder{}.fill(8).bytes(), length).bytes());
        EXPECT_EQ(result.outcome, Error::truncated);
        ASSERT_EQ(result.visited.size(), 1u);
        EXPECT_EQ(result.visited[0].second, 8u);
    }
}

TEST(Sets, RememberTheFirstFailureAndGoOn) {
    ByteBuilder wire;
    for (int i = 0; i < 4; ++i) wire.bytes(set(256, {}).bytes());
    const Walk result = walk(
        wire.bytes(), {Error::none, Error::unknown_template, Error::bad_template, Error::none});
    EXPECT_EQ(result.outcome, Error::unknown_template);
    EXPECT_EQ(result.visited.size(), 4u);
    const Walk cut = walk(wire.u32(0x01000063).bytes(), {Error::bad_set_id});
    EXPECT_EQ(cut.outcome, Error::bad_set_id) << "before the truncation at the end";
}

class DataSet : public testing::Test {
protected:
    Error decode(const Fields& fields, Bytes body, bool options = false) {
        TemplateStore store{{.exporters_max = 1, .templates_max = 1}, 1};
        const auto learnt = store.put({1, 1, 10}, {256, options, fields});
        if (!learnt) return learnt.error();
        const ExactBytes exact{body};
        return decode_data_set(*learnt->layout, exact.bytes(), variable_, sink_).error;
    }
    [[nodiscard]] std::vector<FieldExtent> extents(std::size_t record) const {
        return sink_.seen.at(record).extents;
    }

    RecordingSink sink_;
    VariableLayout variable_;
};

TEST_F(DataSet, LeavesARestShorterThanARecord) {
    for (std::size_t padding = 0; padding < 5; ++padding) {
        sink_ = {};
        const ByteBuilder body = ByteBuilder{}.fill(10, 1).fill(padding);
        EXPECT_EQ(decode({{4, 1}, {8, 4}}, body.bytes()), Error::none);
        EXPECT_EQ(sink_.seen.size(), 2u);
    }
}

TEST_F(DataSet, TooShortForARecordHasNone) {
    EXPECT_EQ(decode({{4, 1}, {8, 4}}, {}), Error::none);
    EXPECT_EQ(decode({{4, 1}, {8, 4}}, ByteBuilder{}.fill(4, 1).bytes()), Error::none);
    EXPECT_TRUE(sink_.seen.empty());
}

TEST_F(DataSet, OfOptionsIsReadLikeAnyOther) {
    EXPECT_EQ(decode({{34, 4}}, ByteBuilder{}.fill(8, 1).bytes(), true), Error::none);
    EXPECT_EQ(sink_.seen.size(), 2u);
}

TEST_F(DataSet, FindsFieldsOfVariableLength) {
    ByteBuilder body;
    body.u8(6).u8(3).raw({'a', 'b', 'c'}).u16(443);
    body.u8(17).u8(0).u16(53);
    body.u8(1).u8(255).u16(300).fill(300, 'x').u16(8);
    EXPECT_EQ(decode({{4, 1}, {82, variable_length}, {7, 2}}, body.bytes()), Error::none);
    ASSERT_EQ(sink_.seen.size(), 3u);
    ASSERT_EQ(extents(0).size(), 3u);
    EXPECT_EQ(extents(0)[0].offset, 0);
    EXPECT_EQ(extents(0)[1].offset, 2);
    EXPECT_EQ(extents(0)[1].size, 3);
    EXPECT_EQ(extents(0)[2].offset, 5);
    EXPECT_EQ(extents(1)[1].size, 0);
    EXPECT_EQ(extents(1)[2].offset, 2);
    EXPECT_EQ(extents(2)[1].offset, 4) << "behind a length of three bytes";
    EXPECT_EQ(extents(2)[1].size, 300);
    EXPECT_EQ(extents(2)[2].offset, 304);
    EXPECT_EQ(sink_.seen[2].bytes.size(), 306u);
}

TEST_F(DataSet, TakesTheLongLengthAlsoForShortFields) {
    const ByteBuilder body = ByteBuilder{}.u8(255).u16(2).raw({'a', 'b'});
    EXPECT_EQ(decode({{82, variable_length}}, body.bytes()), Error::none);
    ASSERT_EQ(sink_.seen.size(), 1u);
    EXPECT_EQ(extents(0)[0].offset, 3);
    EXPECT_EQ(extents(0)[0].size, 2);
}

TEST_F(DataSet, WithAFieldPastItsEndHandsOnTheRecordsBefore) {
    ByteBuilder body;
    body.u8(2).raw({'a', 'b'}).u8(200).raw({'c'});
    EXPECT_EQ(decode({{82, variable_length}}, body.bytes()), Error::truncated);
    EXPECT_EQ(sink_.seen.size(), 1u);
    sink_ = {};
    EXPECT_EQ(decode({{82, variable_length}}, ByteBuilder{}.u8(255).u8(0).bytes()),
              Error::truncated)
        << "a long length that is cut off";
    EXPECT_TRUE(sink_.seen.empty());
}

TEST_F(DataSet, OfEmptyFieldsEnds) {
    EXPECT_EQ(decode({{82, variable_length}}, ByteBuilder{}.fill(1000).bytes()), Error::none);
    EXPECT_EQ(sink_.seen.size(), 1000u) << "one byte each";
}

TEST_F(DataSet, WithManyFieldsOfVariableLength) {
    const Fields fields(template_fields_max, {82, variable_length});
    ByteBuilder body;
    for (std::size_t i = 0; i < template_fields_max; ++i) body.u8(1).u8(i);
    EXPECT_EQ(decode(fields, body.bytes()), Error::none);
    ASSERT_EQ(sink_.seen.size(), 1u);
    ASSERT_EQ(extents(0).size(), template_fields_max);
    EXPECT_EQ(extents(0).back().offset, 2 * template_fields_max - 1);
}

}  // namespace
}  // namespace flow
