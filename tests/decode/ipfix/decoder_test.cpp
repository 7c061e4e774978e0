// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/ipfix/decoder.hpp"

#include <gtest/gtest.h>

#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::ipfix {
namespace {

using namespace flow::test;

const Fields five_bytes{{4, 1}, {8, 4}};

class Ipfix : public testing::Test {
protected:
    Error decode(Bytes payload, ExporterIndex exporter = 1) {
        const ExactBytes exact{payload};
        return decoder_.decode(datagram(exact.bytes()), exporter, sink_);
    }
    Error decode_sets(std::initializer_list<ByteBuilder> sets, const IpfixHeader& header = {}) {
        ByteBuilder body;
        for (const ByteBuilder& each : sets) body.bytes(each.bytes());
        return decode(ipfix_message(header, body.bytes()).bytes());
    }
    void learn(unsigned id, const Fields& fields) {
        ASSERT_EQ(decode_sets({set(2, template_record(id, fields).bytes())}), Error::none);
        sink_ = {};
    }

    RecordingSink sink_;
    DecodeStats stats_;
    ShardState state_{
        {.templates = {.exporters_max = 4, .templates_max = 16, .templates_per_exporter_max = 8},
         .park = {.bytes_max = 0}},
        stats_};
    Decoder decoder_{state_};
};

TEST_F(Ipfix, ClaimsItsVersionOnly) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u16(10).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(9).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u8(0).bytes()));
    EXPECT_TRUE(Decoder::accepted({.netflow9 = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow5 = true, .sflow = true}));
}

TEST_F(Ipfix, HandsOnItsHeader) {
    EXPECT_EQ(decode_sets({}, {.seconds = 66, .sequence = 77, .domain = 88}), Error::none);
    ASSERT_EQ(sink_.origins.size(), 1u);
    const Origin& origin = sink_.origins.front();
    EXPECT_EQ(origin.type, FlowType::ipfix);
    EXPECT_EQ(origin.sampler, ipv4(192, 0, 2, 1));
    EXPECT_EQ(origin.exporter, 1u);
    EXPECT_EQ(origin.sequence, 77u);
    EXPECT_EQ(origin.export_seconds, 66u);
    EXPECT_EQ(origin.uptime_ms, 0u);
    EXPECT_EQ(origin.observation_domain, 88u);
}

TEST_F(Ipfix, LearnsATemplateBeforeTheRecordsBehindIt) {
    const ByteBuilder body = ByteBuilder{}.raw({6, 10, 0, 0, 1}).raw({17, 10, 0, 0, 2}).fill(4);
    EXPECT_EQ(
        decode_sets({set(2, template_record(256, five_bytes).bytes()), set(256, body.bytes())}),
        Error::none);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(sink_.learnt[0].layout.version, 10);
    ASSERT_EQ(sink_.seen.size(), 2u);
    EXPECT_EQ(sink_.seen[1].bytes, (std::vector<std::uint8_t>{17, 10, 0, 0, 2}));
}

TEST_F(Ipfix, ReadsEnterpriseFields) {
    learn(255 + 1, five_bytes);
    const Fields fields{{4, 1}, {7, 2, 29305}, {100, 8, 0xffffffff}};
    EXPECT_EQ(decode_sets({set(2, template_record(257, fields).bytes())}), Error::none);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    const auto& learnt = sink_.learnt[0].fields;
    ASSERT_EQ(learnt.size(), 3u);
    EXPECT_EQ(learnt[0].enterprise, 0u);
    EXPECT_EQ(learnt[1].id, 7) << "without the enterprise bit";
    EXPECT_EQ(learnt[1].enterprise, 29305u);
    EXPECT_EQ(learnt[2].enterprise, 0xffffffffu);
    EXPECT_EQ(sink_.learnt[0].layout.record_size, 11);
}

TEST_F(Ipfix, LearnsAnOptionsTemplateAndPassesOverItsData) {
    const ByteBuilder record =
        ipfix_options_record(300, Fields{{149, 4}}, Fields{{305, 4}, {9, 2, 9}});
    EXPECT_EQ(decode_sets({set(3, record.bytes()), set(300, ByteBuilder{}.fill(20).bytes())}),
              Error::none);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_TRUE(sink_.learnt[0].layout.options);
    EXPECT_EQ(sink_.learnt[0].layout.record_size, 10);
    EXPECT_EQ(sink_.learnt[0].fields[2].enterprise, 9u);
    EXPECT_TRUE(sink_.seen.empty());
}

TEST_F(Ipfix, EndsAtItsOwnLength) {
    learn(256, five_bytes);
    const ByteBuilder data = set(256, ByteBuilder{}.raw({6, 10, 0, 0, 1}).bytes());
    const ByteBuilder two = ByteBuilder{data}.bytes(data.bytes());
    EXPECT_EQ(decode(ipfix_message({.length = 16 + 9}, two.bytes()).bytes()), Error::none);
    EXPECT_EQ(sink_.seen.size(), 1u) << "bytes behind the length are not the message's";
}

TEST_F(Ipfix, ShorterThanItsLengthHandsOnWhatIsThere) {
    learn(256, five_bytes);
    const ByteBuilder data = set(256, ByteBuilder{}.raw({6, 10, 0, 0, 1}).bytes());
    EXPECT_EQ(decode_sets({data}, {.length = 1000}), Error::truncated);
    EXPECT_EQ(sink_.seen.size(), 1u);
}

TEST_F(Ipfix, RefusesALengthBelowItsHeader) {
    for (const unsigned length : {0u, 1u, 15u}) {
        EXPECT_EQ(decode_sets({}, {.length = length}), Error::bad_length);
    }
    EXPECT_TRUE(sink_.origins.empty());
    EXPECT_EQ(decode_sets({}, {.length = 16}), Error::none);
}

TEST_F(Ipfix, WithdrawsATemplate) {
    learn(256, five_bytes);
    learn(257, five_bytes);
    const ByteBuilder withdrawal = ByteBuilder{}.u16(256).u16(0);
    EXPECT_EQ(decode_sets({set(2, withdrawal.bytes())}), Error::none);
    EXPECT_EQ(state_.templates.find({1, 1, 10}, 256), nullptr);
    EXPECT_NE(state_.templates.find({1, 1, 10}, 257), nullptr);
    EXPECT_EQ(decode_sets({set(2, withdrawal.bytes())}), Error::none) << "twice is no failure";
}

TEST_F(Ipfix, WithdrawsAndTeachesInOneSet) {
    learn(256, five_bytes);
    ByteBuilder body;
    body.u16(256).u16(0).bytes(template_record(256, Fields{{7, 2}}).bytes());
    EXPECT_EQ(decode_sets({set(2, body.bytes())}), Error::none);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(state_.templates.find({1, 1, 10}, 256)->record_size, 2);
}

TEST_F(Ipfix, WithdrawsAllTemplatesOfADomain) {
    learn(256, five_bytes);
    learn(257, five_bytes);
    ASSERT_EQ(decode_sets({set(3, ipfix_options_record(258, Fields{{149, 4}}, {}).bytes()),
                           set(2, template_record(259, five_bytes).bytes())}),
              Error::none);
    ASSERT_EQ(decode_sets({set(2, template_record(256, five_bytes).bytes())}, {.domain = 2}),
              Error::none);
    EXPECT_EQ(decode_sets({set(2, ByteBuilder{}.u16(2).u16(0).bytes())}), Error::none);
    EXPECT_EQ(state_.templates.size(), 2u);
    EXPECT_NE(state_.templates.find({1, 1, 10}, 258), nullptr) << "options templates stay";
    EXPECT_NE(state_.templates.find({1, 2, 10}, 256), nullptr) << "so do those of another domain";
    EXPECT_EQ(decode_sets({set(3, ByteBuilder{}.u16(3).u16(0).bytes())}), Error::none);
    EXPECT_EQ(state_.templates.size(), 1u);
}

TEST_F(Ipfix, RefusesAWithdrawalOfAReservedId) {
    learn(256, five_bytes);
    EXPECT_EQ(decode_sets({set(2, ByteBuilder{}.u16(3).u16(0).bytes())}), Error::bad_template);
    EXPECT_EQ(decode_sets({set(2, ByteBuilder{}.u16(255).u16(0).bytes())}), Error::bad_template);
    EXPECT_EQ(decode_sets({set(2, ByteBuilder{}.u16(0).u16(0).bytes())}), Error::none) << "padding";
    EXPECT_EQ(state_.templates.size(), 1u);
}

TEST_F(Ipfix, RefusesBadTemplatesAndReadsTheNext) {
    ByteBuilder body = template_record(256, Fields{{4, 0}});
    body.bytes(template_record(255, five_bytes).bytes());
    body.bytes(template_record(257, Fields(template_fields_max + 1, {4, 1, 5})).bytes());
    body.bytes(template_record(258, five_bytes).bytes());
    EXPECT_EQ(decode_sets({set(2, body.bytes())}), Error::bad_template);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(sink_.learnt[0].layout.id, 258);
}

TEST_F(Ipfix, RefusesATemplateOfTooManyFields) {
    const Fields fields(template_fields_max + 1, {4, 1});
    EXPECT_EQ(decode_sets({set(2, template_record(256, fields).bytes())}), Error::template_limit);
    EXPECT_EQ(decode_sets({set(2, ByteBuilder{}.u16(256).u16(65535).u32(1).bytes())}),
              Error::truncated);
}

TEST_F(Ipfix, PassesOverADataSetWithoutItsTemplate) {
    learn(257, five_bytes);
    const ByteBuilder body = ByteBuilder{}.raw({6, 10, 0, 0, 1});
    EXPECT_EQ(decode_sets({set(256, body.bytes()), set(257, body.bytes())}),
              Error::unknown_template);
    EXPECT_EQ(sink_.seen.size(), 1u);
}

TEST_F(Ipfix, DoesNotUseTheTemplatesOfNetflow9) {
    const Fields fields = five_bytes;
    ASSERT_TRUE(state_.templates.put({1, 1, 9}, {256, false, fields}));
    EXPECT_EQ(decode_sets({set(256, ByteBuilder{}.fill(5).bytes())}), Error::unknown_template);
}

TEST_F(Ipfix, PassesOverReservedSetIds) {
    learn(256, five_bytes);
    const ByteBuilder data = set(256, ByteBuilder{}.raw({6, 10, 0, 0, 1}).bytes());
    for (const unsigned id : {0u, 1u, 4u, 255u}) {
        EXPECT_EQ(decode_sets({set(id, ByteBuilder{}.fill(8, 1).bytes()), data}),
                  Error::bad_set_id);
    }
    EXPECT_EQ(sink_.seen.size(), 4u);
}

// Whole records before the cut come through, and the message's length tells of every cut.
TEST_F(Ipfix, CutAnywhereHandsOnWholeRecords) {
    const ByteBuilder data = ByteBuilder{}.raw({6, 10, 0, 0, 1}).raw({6, 10, 0, 0, 2});
    ByteBuilder sets = set(2, template_record(256, five_bytes).bytes());  // 16 to 32
    sets.bytes(set(256, data.bytes()).bytes());                           // 32 to 46
    const ByteBuilder wire = ipfix_message({}, sets.bytes());
    for (std::size_t size = 0; size < wire.size(); ++size) {
        sink_ = {};
        EXPECT_EQ(decode(wire.bytes().first(size), 2), Error::truncated) << size;
        state_.templates.forget(2);
        EXPECT_EQ(sink_.origins.size(), size < 16 ? 0u : 1u) << size;
        EXPECT_EQ(sink_.learnt.size(), size < 32 ? 0u : 1u) << size;
        EXPECT_EQ(sink_.seen.size(), size < 41 ? 0u : 1u) << size;
    }
}

}  // namespace
}  // namespace flow::ipfix
