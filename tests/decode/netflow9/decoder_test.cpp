// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/netflow9/decoder.hpp"

#include <gtest/gtest.h>

#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow::netflow9 {
namespace {

using namespace flow::test;

const Fields five_bytes{{4, 1}, {8, 4}};

class Netflow9 : public testing::Test {
protected:
    Error decode(Bytes payload, ExporterIndex exporter = 1) {
        const ExactBytes exact{payload};
        return decoder_.decode(datagram(exact.bytes()), exporter, sink_);
    }
    /// A datagram of these sets.
    Error decode_sets(std::initializer_list<ByteBuilder> sets, const Netflow9Header& header = {}) {
        ByteBuilder wire = netflow9_message(header);
        for (const ByteBuilder& each : sets) wire.bytes(each.bytes());
        return decode(wire.bytes());
    }
    void learn(unsigned id, const Fields& fields) {
        ASSERT_EQ(decode_sets({set(0, template_record(id, fields).bytes())}), Error::none);
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

TEST_F(Netflow9, ClaimsItsVersionOnly) {
    EXPECT_TRUE(Decoder::claims(ByteBuilder{}.u16(9).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u16(10).bytes()));
    EXPECT_FALSE(Decoder::claims(ByteBuilder{}.u8(9).bytes()));
    EXPECT_TRUE(Decoder::accepted({.netflow9 = true}));
    EXPECT_FALSE(Decoder::accepted({.netflow5 = true, .sflow = true}));
}

TEST_F(Netflow9, HandsOnItsHeader) {
    EXPECT_EQ(decode_sets({}, {.uptime_ms = 55, .seconds = 66, .sequence = 77, .source_id = 88}),
              Error::none);
    ASSERT_EQ(sink_.origins.size(), 1u);
    const Origin& origin = sink_.origins.front();
    EXPECT_EQ(origin.type, FlowType::netflow_v9);
    EXPECT_EQ(origin.sampler, ipv4(192, 0, 2, 1));
    EXPECT_EQ(origin.exporter, 1u);
    EXPECT_EQ(origin.sequence, 77u);
    EXPECT_EQ(origin.uptime_ms, 55u);
    EXPECT_EQ(origin.export_seconds, 66u);
    EXPECT_EQ(origin.observation_domain, 88u) << "the source id";
    EXPECT_EQ(origin.received_ns, 1'700'000'000'000'000'000u);
}

TEST_F(Netflow9, LearnsATemplateBeforeTheRecordsBehindIt) {
    const ByteBuilder body = ByteBuilder{}.raw({6, 10, 0, 0, 1}).raw({17, 10, 0, 0, 2}).fill(2);
    EXPECT_EQ(
        decode_sets({set(0, template_record(256, five_bytes).bytes()), set(256, body.bytes())}),
        Error::none);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(sink_.learnt[0].layout.version, 9);
    EXPECT_EQ(sink_.learnt[0].layout.record_size, 5);
    EXPECT_EQ(sink_.learnt[0].fields.size(), 2u);
    ASSERT_EQ(sink_.seen.size(), 2u) << "two bytes of padding are no record";
    EXPECT_EQ(sink_.seen[1].template_id, 256);
    EXPECT_EQ(sink_.seen[1].bytes, (std::vector<std::uint8_t>{17, 10, 0, 0, 2}));
}

TEST_F(Netflow9, LearnsARefreshOnlyOnce) {
    const ByteBuilder same = set(0, template_record(256, five_bytes).bytes());
    EXPECT_EQ(decode_sets({same, same}), Error::none);
    EXPECT_EQ(decode_sets({same}), Error::none);
    EXPECT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(decode_sets({set(0, template_record(256, Fields{{4, 1}}).bytes())}), Error::none);
    EXPECT_EQ(sink_.learnt.size(), 2u);
}

TEST_F(Netflow9, DoesNotTrustTheCount) {
    learn(256, five_bytes);
    const ByteBuilder data = set(256, ByteBuilder{}.raw({6, 10, 0, 0, 1}).bytes());
    EXPECT_EQ(decode_sets({data, data, data}, {.count = 0}), Error::none);
    EXPECT_EQ(decode_sets({data}, {.count = 65535}), Error::none);
    EXPECT_EQ(sink_.seen.size(), 4u);
}

TEST_F(Netflow9, ReadsManyTemplatesOfOneSet) {
    ByteBuilder body;
    for (unsigned id = 256; id < 260; ++id) {
        body.bytes(template_record(id, Fields(id - 255, {7, 2})).bytes());
    }
    EXPECT_EQ(decode_sets({set(0, body.fill(3).bytes())}), Error::none);
    ASSERT_EQ(sink_.learnt.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(sink_.learnt[i].fields.size(), i + 1);
}

TEST_F(Netflow9, TakesZerosBehindTemplatesForPadding) {
    EXPECT_EQ(decode_sets({set(0, template_record(256, five_bytes).fill(8).bytes())}), Error::none);
    EXPECT_EQ(sink_.learnt.size(), 1u);
}

TEST_F(Netflow9, RefusesATemplateWithoutFieldsAndReadsTheNext) {
    ByteBuilder body = template_record(256, Fields{});
    body.bytes(template_record(257, five_bytes).bytes());
    EXPECT_EQ(decode_sets({set(0, body.bytes())}), Error::bad_template);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(sink_.learnt[0].layout.id, 257);
    EXPECT_EQ(decode_sets({set(256, ByteBuilder{}.fill(20).bytes())}), Error::unknown_template);
}

TEST_F(Netflow9, RefusesATemplateOfZeroBytesOrALowId) {
    EXPECT_EQ(decode_sets({set(0, template_record(256, Fields{{4, 0}}).bytes())}),
              Error::bad_template);
    EXPECT_EQ(decode_sets({set(0, template_record(255, five_bytes).bytes())}), Error::bad_template);
    EXPECT_TRUE(sink_.learnt.empty());
}

TEST_F(Netflow9, RefusesATemplateOfTooManyFieldsAndReadsTheNext) {
    ByteBuilder body = template_record(256, Fields(template_fields_max + 1, {4, 1}));
    body.bytes(template_record(257, five_bytes).bytes());
    EXPECT_EQ(decode_sets({set(0, body.bytes())}), Error::template_limit);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(sink_.learnt[0].layout.id, 257);
}

TEST_F(Netflow9, StopsAtATemplateThatEndsInsideItsFields) {
    ByteBuilder body = template_record(256, five_bytes);
    body.u16(257).u16(3).u16(4).u16(1);
    EXPECT_EQ(decode_sets({set(0, body.bytes())}), Error::truncated);
    EXPECT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(decode_sets({set(0, ByteBuilder{}.u16(258).u16(65535).u32(1).bytes())}),
              Error::truncated);
}

TEST_F(Netflow9, LearnsAnOptionsTemplateAndPassesOverItsData) {
    const ByteBuilder record =
        netflow9_options_record(300, Fields{{1, 4}}, Fields{{34, 4}, {35, 1}});
    EXPECT_EQ(decode_sets({set(1, ByteBuilder{record}.fill(2).bytes()),
                           set(300, ByteBuilder{}.fill(9).bytes())}),
              Error::none);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_TRUE(sink_.learnt[0].layout.options);
    EXPECT_EQ(sink_.learnt[0].layout.record_size, 9);
    EXPECT_TRUE(sink_.seen.empty());
}

TEST_F(Netflow9, CountsTheFieldsOfAnOptionsTemplateInBytes) {
    // Part lengths of 7 and 2 bytes: one scope field, no option.
    const ByteBuilder body = ByteBuilder{}.u16(300).u16(7).u16(2).u16(1).u16(4);
    EXPECT_EQ(decode_sets({set(1, body.bytes())}), Error::none);
    ASSERT_EQ(sink_.learnt.size(), 1u);
    EXPECT_EQ(sink_.learnt[0].fields.size(), 1u);
    EXPECT_EQ(decode_sets({set(1, ByteBuilder{}.u16(301).u16(0).u16(0).bytes())}),
              Error::bad_template);
    EXPECT_EQ(decode_sets({set(1, ByteBuilder{}.u16(302).u16(65535).u16(65535).bytes())}),
              Error::truncated);
}

TEST_F(Netflow9, PassesOverADataSetWithoutItsTemplate) {
    learn(257, five_bytes);
    const ByteBuilder body = ByteBuilder{}.raw({6, 10, 0, 0, 1});
    EXPECT_EQ(decode_sets({set(256, body.bytes()), set(257, body.bytes())}),
              Error::unknown_template);
    EXPECT_EQ(sink_.seen.size(), 1u) << "the other set is used";
}

TEST_F(Netflow9, KeysTemplatesByExporterAndSource) {
    learn(256, five_bytes);
    const ByteBuilder data = set(256, ByteBuilder{}.raw({6, 10, 0, 0, 1}).bytes());
    EXPECT_EQ(decode_sets({data}, {.source_id = 2}), Error::unknown_template);
    EXPECT_EQ(decode(netflow9_message().bytes(data.bytes()).bytes(), 2), Error::unknown_template);
    EXPECT_EQ(decode(netflow9_message().bytes(data.bytes()).bytes(), 1), Error::none);
}

TEST_F(Netflow9, PassesOverReservedSetIds) {
    learn(256, five_bytes);
    const ByteBuilder data = set(256, ByteBuilder{}.raw({6, 10, 0, 0, 1}).bytes());
    for (const unsigned id : {2u, 3u, 255u}) {
        EXPECT_EQ(decode_sets({set(id, ByteBuilder{}.fill(8).bytes()), data}), Error::bad_set_id);
    }
    EXPECT_EQ(sink_.seen.size(), 3u);
}

TEST_F(Netflow9, StopsAtASetShorterThanItsHeader) {
    learn(256, five_bytes);
    const ByteBuilder data = set(256, ByteBuilder{}.raw({6, 10, 0, 0, 1}).bytes());
    for (unsigned length = 0; length < 4; ++length) {
        sink_ = {};
        EXPECT_EQ(decode_sets({data, set(256, {}, length), data}), Error::bad_set_length);
        EXPECT_EQ(sink_.seen.size(), 1u);
    }
}

TEST_F(Netflow9, ReadsTheFieldsOfVariableLengthThatSomeExportersSend) {
    learn(256, Fields{{4, 1}, {82, variable_length}});
    EXPECT_EQ(decode_sets({set(256, ByteBuilder{}.raw({6, 2, 'a', 'b'}).bytes())}), Error::none);
    ASSERT_EQ(sink_.seen.size(), 1u);
    ASSERT_EQ(sink_.seen[0].extents.size(), 2u);
    EXPECT_EQ(sink_.seen[0].extents[1].offset, 2);
    EXPECT_EQ(sink_.seen[0].extents[1].size, 2);
}

// Whole records before the cut come through; a cut between sets cannot be seen.
TEST_F(Netflow9, CutAnywhereHandsOnWholeRecords) {
    const ByteBuilder data = ByteBuilder{}.raw({6, 10, 0, 0, 1}).raw({6, 10, 0, 0, 2});
    ByteBuilder wire = netflow9_message();
    wire.bytes(set(0, template_record(256, five_bytes).bytes()).bytes());  // 16 bytes, 20 to 36
    wire.bytes(set(256, data.bytes()).bytes());                            // 14 bytes, 36 to 50
    for (std::size_t size = 0; size < wire.size(); ++size) {
        sink_ = {};
        const Error outcome = decode(wire.bytes().first(size), 2);
        state_.templates.forget(2);
        const bool between_sets = (size >= 20 && size < 24) || (size >= 36 && size < 40);
        EXPECT_EQ(outcome, between_sets ? Error::none : Error::truncated) << size;
        EXPECT_EQ(sink_.learnt.size(), size < 36 ? 0u : 1u) << size;
        EXPECT_EQ(sink_.seen.size(), size < 45 ? 0u : 1u) << size;
    }
}

}  // namespace
}  // namespace flow::netflow9
