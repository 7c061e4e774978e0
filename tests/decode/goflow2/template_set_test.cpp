// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/goflow2/template_set.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/netflow_builder.hpp"

namespace flow::goflow2 {
namespace {

using namespace flow::test;
using enum TemplateSetKind;

struct Seen {
    TemplateRecord record;
    Fields fields;
};

std::vector<Seen> read(Bytes body, TemplateSetKind kind, bool broken = false) {
    std::vector<Seen> seen;
    TemplateSetReader reader{body, kind};
    TemplateRecord record;
    while (reader.next(record)) {
        seen.push_back({record, {record.fields.begin(), record.fields.end()}});
    }
    EXPECT_EQ(reader.broken(), broken);
    EXPECT_EQ(is_whole(body, kind), !broken);
    return seen;
}

TEST(Goflow2TemplateSet, TemplatesFollowOneAnother) {
    ByteBuilder wire = template_record(256, Fields{{1, 4}, {2, 8}});
    wire.bytes(template_record(7, Fields{{4, 1}}).bytes()).fill(3);
    const auto seen = read(wire.bytes(), netflow9);
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].record.id, 256u);
    EXPECT_FALSE(seen[0].record.options);
    EXPECT_EQ(seen[0].fields.at(1).length, 8u);
    EXPECT_EQ(seen[1].record.id, 7u) << "ids below 256 are read as any other";
}

TEST(Goflow2TemplateSet, FourBytesOfPaddingAreATemplateWithoutFields) {
    const auto seen = read(ByteBuilder{}.fill(4).bytes(), ipfix);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].record.id, 0u);
    EXPECT_EQ(seen[0].record.field_count, 0u);
}

TEST(Goflow2TemplateSet, FourBytesOfPaddingBreakOptionsTemplates) {
    EXPECT_TRUE(read(ByteBuilder{}.fill(3).bytes(), netflow9_options).empty());
    EXPECT_TRUE(read(ByteBuilder{}.fill(4).bytes(), netflow9_options, true).empty());
    EXPECT_TRUE(read(ByteBuilder{}.fill(5).bytes(), ipfix_options, true).empty());
    EXPECT_EQ(read(ByteBuilder{}.fill(6).bytes(), ipfix_options).size(), 1u);
}

TEST(Goflow2TemplateSet, OptionsNameTheirScopes) {
    const Fields scopes{{1, 4}};
    const Fields options{{34, 4}, {35, 1}};
    const ByteBuilder v9 = netflow9_options_record(300, scopes, options);
    const ByteBuilder v10 = ipfix_options_record(300, scopes, options);
    const auto of_v9 = read(v9.bytes(), netflow9_options);
    const auto of_v10 = read(v10.bytes(), ipfix_options);
    for (const auto& seen : {of_v9, of_v10}) {
        ASSERT_EQ(seen.size(), 1u);
        EXPECT_TRUE(seen[0].record.options);
        EXPECT_EQ(seen[0].record.scope_count, 1u);
        ASSERT_EQ(seen[0].fields.size(), 3u);
        EXPECT_EQ(seen[0].fields[1].id, 34u);
    }
}

TEST(Goflow2TemplateSet, MoreScopesThanFieldsAreBroken) {
    ByteBuilder wire;
    wire.u16(300).u16(1).u16(2).u16(1).u16(4).u16(2).u16(4);
    EXPECT_TRUE(read(wire.bytes(), ipfix_options, true).empty());
}

TEST(Goflow2TemplateSet, EnterpriseNumbersAreReadInIpfixAlone) {
    ByteBuilder wire;
    wire.u16(256).u16(2).u16(0x8000 | 305).u16(4).u32(29305).u16(1).u16(4);
    const auto seen = read(wire.bytes(), ipfix);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].fields[0].id, 305u);
    EXPECT_EQ(seen[0].fields[0].enterprise, 29305u);
    EXPECT_EQ(seen[0].fields[1].enterprise, 0u);
    // In v9 the bit belongs to the type; the number reads as a field, and a rest is left.
    const auto of_v9 = read(wire.bytes(), netflow9, true);
    ASSERT_EQ(of_v9.size(), 1u);
    EXPECT_EQ(of_v9[0].fields[0].id, 0x8000u | 305u);
    EXPECT_EQ(of_v9[0].fields[0].enterprise, 0u);
}

TEST(Goflow2TemplateSet, EnterpriseZeroIsNotIana) {
    ByteBuilder wire;
    wire.u16(256).u16(1).u16(0x8000 | 305).u16(4).u32(0);
    const auto seen = read(wire.bytes(), ipfix);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_NE(seen[0].fields[0].enterprise, 0u);
}

TEST(Goflow2TemplateSet, CutAnywhereItIsBrokenOrShorter) {
    const ByteBuilder wire = template_record(256, Fields{{1, 4}, {2, 4}});
    for (std::size_t size = 0; size < wire.size(); ++size) {
        SCOPED_TRACE(size);
        EXPECT_TRUE(read(wire.bytes().first(size), netflow9, size >= 4).empty());
    }
}

TEST(Goflow2TemplateSet, MoreFieldsThanAreKeptAreCounted) {
    const Fields many(template_fields_max + 5, TemplateField{1, 4, 0});
    ByteBuilder wire = template_record(256, many);
    wire.bytes(template_record(257, Fields{{1, 4}}).bytes());
    const auto seen = read(wire.bytes(), netflow9);
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].record.field_count, template_fields_max + 5);
    EXPECT_EQ(seen[0].fields.size(), template_fields_max);
    EXPECT_EQ(seen[1].record.id, 257u);
}

}  // namespace
}  // namespace flow::goflow2
