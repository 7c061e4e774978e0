// SPDX-License-Identifier: BSD-3-Clause
// What a datagram of NetFlow v9 or IPFIX gives in goflow2's two readings.
#include "flow/decode/goflow2/messages.hpp"

#include <gtest/gtest.h>

#include "decode/goflow2/strict_decoders.hpp"

namespace flow::goflow2 {
namespace {

using namespace flow::test;

const Fields five_bytes{{4, 1}, {8, 4}};
const Fields rate_of_all{{305, 4}};
const Fields byte_then_text{{4, 1}, {96, variable_length}};

ByteBuilder record(unsigned proto) { return ByteBuilder{}.u8(proto).raw({10, 0, 0, 1}); }
ByteBuilder templates(unsigned id, const Fields& fields) {
    return set(0, template_record(id, fields).bytes());
}
ByteBuilder ipfix_templates(unsigned id, const Fields& fields) {
    return set(2, template_record(id, fields).bytes());
}
ByteBuilder data(unsigned id, const ByteBuilder& body) { return set(id, body.bytes()); }

class Goflow2Messages : public testing::TestWithParam<Dialect> {
protected:
    [[nodiscard]] bool is_v2() const { return GetParam() == Dialect::goflow2_v2; }
    StrictDecoders strict_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(BothReleases, Goflow2Messages, testing::ValuesIn(both_dialects),
                         [](const auto& each) {
                             return each.param == Dialect::goflow2_v1 ? "V1" : "V2";
                         });

TEST_P(Goflow2Messages, TemplateAndDataOfOneDatagramGiveFlows) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes), data(256, record(6)),
                                data(256, record(17).bytes(record(1).bytes()))}),
              Error::none);
    ASSERT_EQ(strict_.sink.seen.size(), 3u);
    EXPECT_EQ(strict_.sink.seen[1].bytes.front(), 17u);
    ASSERT_EQ(strict_.sink.origins.size(), 1u);
    EXPECT_EQ(strict_.sink.origins[0].observation_domain, 1u);
    EXPECT_EQ(strict_.sink.learnt.size(), 1u);
}

TEST_P(Goflow2Messages, TheCountOfV9IsANumberOfSets) {
    EXPECT_EQ(strict_.netflow9(
                  {templates(256, five_bytes), data(256, record(6)), data(256, record(17))}, 2),
              Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 1u);
    EXPECT_EQ(strict_.netflow9({data(256, record(6))}, 0), Error::none);
    EXPECT_TRUE(strict_.sink.seen.empty());
}

TEST_P(Goflow2Messages, AnUnknownTemplateCostsV2TheDatagramButNotItsTemplates) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes), data(256, record(6)),
                                data(300, record(6)), templates(257, five_bytes)}),
              Error::unknown_template);
    EXPECT_EQ(strict_.sink.seen.size(), is_v2() ? 0u : 1u);
    EXPECT_EQ(strict_.sink.origins.empty(), is_v2());
    EXPECT_EQ(strict_.netflow9({data(257, record(6))}), Error::none) << "learnt behind the failure";
    EXPECT_EQ(strict_.sink.seen.size(), 1u);
}

TEST_P(Goflow2Messages, AStructuralErrorCostsTheDatagramButNotTheTemplatesBefore) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes), data(256, record(6)), set(256, {}, 3),
                                templates(257, five_bytes)}),
              Error::bad_set_length);
    EXPECT_TRUE(strict_.sink.seen.empty());
    EXPECT_EQ(strict_.netflow9({data(256, record(6))}), Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 1u);
    EXPECT_EQ(strict_.netflow9({data(257, record(6))}), Error::unknown_template);
}

TEST_P(Goflow2Messages, ReservedSetIdsAreErrors) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes)}), Error::none);
    for (const unsigned id : {2, 3, 4, 255}) {
        EXPECT_EQ(strict_.netflow9({data(256, record(6)), data(id, {})}), Error::bad_set_id);
        EXPECT_TRUE(strict_.sink.seen.empty());
    }
    for (const unsigned id : {0, 1, 4, 255}) {
        EXPECT_EQ(strict_.ipfix({data(id, {})}), Error::bad_set_id);
    }
}

TEST_P(Goflow2Messages, BytesThatAreNoSetHeaderAreAnError) {
    ByteBuilder wire = netflow9_message({.count = 3});
    wire.bytes(templates(256, five_bytes).bytes()).bytes(data(256, record(6)).bytes()).fill(3);
    EXPECT_EQ(strict_.decode(wire.bytes()), Error::truncated);
    EXPECT_TRUE(strict_.sink.seen.empty());
    wire.put_u16(2, 2);
    EXPECT_EQ(strict_.decode(wire.bytes()), Error::none) << "the count ends before them";
    EXPECT_EQ(strict_.sink.seen.size(), 1u);
}

TEST_P(Goflow2Messages, ASetThatEndsBehindTheDatagramIsTaken) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes), set(256, record(6).bytes(), 4000)}),
              Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 1u);
}

TEST_P(Goflow2Messages, ABrokenTemplateSpoilsItsSet) {
    ByteBuilder body = template_record(256, five_bytes);
    body.u16(257).u16(9);
    EXPECT_EQ(strict_.netflow9({set(0, body.bytes())}), Error::truncated);
    EXPECT_EQ(strict_.templates.size(), 0u) << "the whole one before it is lost as well";
}

TEST_P(Goflow2Messages, ATemplateIsReplaced) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes)}), Error::none);
    EXPECT_EQ(strict_.netflow9({templates(256, Fields{{4, 1}}), data(256, record(6))}),
              Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 5u);
}

TEST_P(Goflow2Messages, ARecordIsNeverReadWithALaterTemplate) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes), data(256, record(6)),
                                templates(256, Fields{{1, 4}}), data(256, record(17))}),
              Error::none);
    ASSERT_EQ(strict_.sink.seen.size(), 1u) << "the set in front of the new template is left out";
    EXPECT_EQ(strict_.sink.seen[0].bytes.size(), 4u);
}

TEST_P(Goflow2Messages, ARefreshChangesNothing) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes), data(256, record(6)),
                                templates(256, five_bytes), data(256, record(17))}),
              Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 2u);
}

TEST_P(Goflow2Messages, AWithdrawnTemplateIsKnownAndGivesNothing) {
    EXPECT_EQ(strict_.ipfix({ipfix_templates(256, five_bytes), ipfix_templates(257, five_bytes)}),
              Error::none);
    EXPECT_EQ(strict_.ipfix({ipfix_templates(256, {})}), Error::bad_template);
    EXPECT_EQ(strict_.ipfix({data(256, record(6)), data(257, record(6))}), Error::none);
    ASSERT_EQ(strict_.sink.seen.size(), 1u) << "goflow2 would never end";
    EXPECT_EQ(strict_.sink.seen[0].template_id, 257u);
}

TEST_P(Goflow2Messages, RecordsOfNoBytesGiveNothing) {
    EXPECT_EQ(strict_.netflow9({templates(256, Fields{{1, 0}}), data(256, record(6))}),
              Error::bad_template);
    EXPECT_TRUE(strict_.sink.seen.empty());
    EXPECT_EQ(strict_.sink.origins.size(), 1u) << "the datagram is not lost";
}

TEST_P(Goflow2Messages, TooManyFieldsGiveNothing) {
    const Fields many(template_fields_max + 1, TemplateField{4, 1, 0});
    EXPECT_EQ(strict_.netflow9({templates(256, many), data(256, ByteBuilder{}.fill(600))}),
              Error::template_limit);
    EXPECT_TRUE(strict_.sink.seen.empty());
    EXPECT_EQ(strict_.netflow9({data(256, ByteBuilder{}.fill(600))}), Error::none);
    EXPECT_TRUE(strict_.sink.seen.empty());
}

TEST_P(Goflow2Messages, LowTemplateIdsAreHarmless) {
    EXPECT_EQ(strict_.netflow9({set(0, ByteBuilder{}.fill(8).bytes()), templates(255, five_bytes)}),
              Error::none);
    EXPECT_EQ(strict_.templates.size(), 0u);
}

// --- Variable length.

TEST_P(Goflow2Messages, PaddingMayBeOneMoreRecord) {
    const ByteBuilder body = ByteBuilder{}.u8(6).u8(1).raw({'a'}).fill(2);
    EXPECT_EQ(strict_.ipfix({ipfix_templates(256, byte_then_text), data(256, body)}), Error::none);
    ASSERT_EQ(strict_.sink.seen.size(), 2u);
    EXPECT_EQ(strict_.sink.seen[1].extents.at(1).size, 0u);
}

TEST_P(Goflow2Messages, AMissingLengthIsAnEmptyFlowOrTheEndOfTheDatagram) {
    const ByteBuilder body = ByteBuilder{}.u8(6).u8(1).raw({'a'}).fill(1);
    EXPECT_EQ(strict_.ipfix({ipfix_templates(256, byte_then_text), data(256, body)}),
              is_v2() ? Error::bad_record : Error::none);
    if (is_v2()) {
        EXPECT_TRUE(strict_.sink.seen.empty());
        return;
    }
    ASSERT_EQ(strict_.sink.seen.size(), 2u);
    EXPECT_EQ(strict_.sink.seen[1].template_id, 0u);
    EXPECT_TRUE(strict_.sink.seen[1].bytes.empty());
}

TEST_P(Goflow2Messages, AValueThatIsTooLongIsShort) {
    const ByteBuilder body = ByteBuilder{}.u8(6).u8(100).raw({'a'});
    EXPECT_EQ(strict_.ipfix({ipfix_templates(256, byte_then_text), data(256, body)}), Error::none);
    ASSERT_EQ(strict_.sink.seen.size(), 1u);
    EXPECT_EQ(strict_.sink.seen[0].extents.at(1).size, 1u);
}

TEST_P(Goflow2Messages, WithoutAFixedPartARecordEndsWithTheSet) {
    const ByteBuilder body = ByteBuilder{}.u8(1).raw({'a'}).u8(0);
    const Error outcome =
        strict_.ipfix({ipfix_templates(256, Fields{{96, variable_length}}), data(256, body)});
    EXPECT_EQ(outcome, is_v2() ? Error::bad_record : Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), is_v2() ? 0u : 2u);
}

TEST_P(Goflow2Messages, AWideNumberCostsV2TheDatagram) {
    EXPECT_EQ(strict_.netflow9({templates(256, Fields{{1, 9}}), templates(257, five_bytes),
                                data(257, record(6)), data(256, ByteBuilder{}.fill(9))}),
              is_v2() ? Error::bad_record : Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), is_v2() ? 0u : 2u);
    EXPECT_EQ(strict_.netflow9({data(257, record(6)), data(256, ByteBuilder{}.fill(8))}),
              Error::none)
        << "no record, no number";
    EXPECT_EQ(strict_.sink.seen.size(), 1u);
    EXPECT_EQ(
        strict_.ipfix({ipfix_templates(256, Fields{{5, 0}, {4, 0}, {1, variable_length}, {7, 1}}),
                       data(256, ByteBuilder{}.u8(9).fill(10))}),
        is_v2() ? Error::bad_record : Error::none);
}

// --- Sampling.

TEST_P(Goflow2Messages, ARateAppliesToTheWholeDatagramAndFromThenOn) {
    EXPECT_EQ(strict_.netflow9(
                  {templates(256, five_bytes),
                   set(1, netflow9_options_record(300, Fields{{1, 4}}, rate_of_all).bytes())}),
              Error::none);
    EXPECT_EQ(strict_.netflow9({data(256, record(6))}), Error::none);
    EXPECT_EQ(strict_.sink.origins.at(0).sampling_rate, 0u) << "unknown";
    EXPECT_EQ(strict_.netflow9({data(256, record(6)), data(300, ByteBuilder{}.u32(9).u32(100)),
                                data(300, ByteBuilder{}.u32(9).u32(200))}),
              Error::none);
    EXPECT_EQ(strict_.sink.origins.at(0).sampling_rate, 100u) << "the first of the datagram";
    EXPECT_EQ(strict_.sink.seen.size(), 1u) << "options are no flows";
    EXPECT_EQ(strict_.netflow9({data(256, record(6))}), Error::none);
    EXPECT_EQ(strict_.sink.origins.at(0).sampling_rate, 100u);
}

TEST_P(Goflow2Messages, TheRateOfALostDatagramIsLost) {
    EXPECT_EQ(
        strict_.ipfix({ipfix_templates(256, five_bytes),
                       set(3, ipfix_options_record(300, Fields{{149, 4}}, rate_of_all).bytes())}),
        Error::none);
    EXPECT_EQ(strict_.ipfix({data(300, ByteBuilder{}.u32(9).u32(100)), set(256, {}, 2)}),
              Error::bad_set_length);
    EXPECT_EQ(strict_.ipfix({data(256, record(6))}), Error::none);
    EXPECT_EQ(strict_.sink.origins.at(0).sampling_rate, 0u);
}

TEST_P(Goflow2Messages, AShortRateIsZeroOrTheEndOfTheDatagram) {
    EXPECT_EQ(
        strict_.ipfix({ipfix_templates(256, five_bytes),
                       set(3, ipfix_options_record(300, Fields{{149, 4}}, rate_of_all).bytes()),
                       set(3, ipfix_options_record(301, Fields{{149, 4}}, Fields{{34, 2}}).bytes()),
                       data(300, ByteBuilder{}.u32(9).u32(100))}),
        Error::none);
    EXPECT_EQ(strict_.ipfix({data(256, record(6)), data(301, ByteBuilder{}.u32(9).u16(50))}),
              is_v2() ? Error::bad_record : Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), is_v2() ? 0u : 1u);
    EXPECT_EQ(strict_.ipfix({data(256, record(6))}), Error::none);
    EXPECT_EQ(strict_.sink.origins.at(0).sampling_rate, is_v2() ? 100u : 0u);
}

// --- The headers.

TEST_P(Goflow2Messages, BytesBehindAnIpfixMessageAreNotRead) {
    EXPECT_EQ(strict_.ipfix(
                  {ipfix_templates(256, five_bytes), data(256, record(6)), data(256, record(17))},
                  {.length = 16 + 16 + 9}),
              Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 1u);
    EXPECT_EQ(strict_.ipfix({data(256, record(6))}, {.length = 2000}), Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 1u) << "a message that is shorter than it says is taken";
}

TEST_P(Goflow2Messages, AnIpfixLengthBelowTheHeadersIsNothingOrNoLimit) {
    EXPECT_EQ(strict_.ipfix({ipfix_templates(256, five_bytes)}), Error::none);
    EXPECT_EQ(strict_.ipfix({data(256, record(6))}, {.length = 15}), Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), is_v2() ? 1u : 0u);
    EXPECT_EQ(strict_.ipfix({data(256, record(6))}, {.length = 16}), Error::none);
    EXPECT_TRUE(strict_.sink.seen.empty());
}

TEST_P(Goflow2Messages, ADatagramIsCutAtNineThousandBytes) {
    EXPECT_EQ(strict_.netflow9({templates(256, Fields{{5, 1}})}), Error::none);
    ByteBuilder wire = netflow9_message();
    wire.bytes(data(256, ByteBuilder{}.fill(10'000)).bytes());
    EXPECT_EQ(strict_.decode(wire.bytes()), Error::none);
    EXPECT_EQ(strict_.sink.seen.size(), 9000u - 20 - 4);
}

TEST_P(Goflow2Messages, CutAnywhereItGivesNoMore) {
    ByteBuilder wire = netflow9_message({.count = 4});
    wire.bytes(templates(256, five_bytes).bytes()).bytes(data(256, record(6)).bytes());
    wire.bytes(templates(257, byte_then_text).bytes());
    wire.bytes(data(257, ByteBuilder{}.u8(6).u8(2).raw({'a', 'b'})).bytes());
    for (std::size_t size = 0; size < wire.size(); ++size) {
        SCOPED_TRACE(size);
        StrictDecoders fresh{GetParam()};
        const Error outcome = fresh.decode(wire.bytes().first(size));
        EXPECT_LE(fresh.sink.seen.size(), 2u);
        EXPECT_TRUE(size >= 20 || failed(outcome));
    }
}

TEST_P(Goflow2Messages, ExportersAndDomainsHaveTheirOwnTemplates) {
    EXPECT_EQ(strict_.netflow9({templates(256, five_bytes)}), Error::none);
    ByteBuilder other = netflow9_message({.source_id = 2});
    other.bytes(data(256, record(6)).bytes());
    EXPECT_EQ(strict_.decode(other.bytes()), Error::unknown_template);
    ByteBuilder same = netflow9_message();
    same.bytes(data(256, record(6)).bytes());
    EXPECT_EQ(strict_.decode(same.bytes(), 2), Error::unknown_template);
    EXPECT_EQ(strict_.decode(same.bytes(), 1), Error::none);
}

}  // namespace
}  // namespace flow::goflow2
