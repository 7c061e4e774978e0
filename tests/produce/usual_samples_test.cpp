// SPDX-License-Identifier: BSD-3-Clause
// Samples of sFlow that a program writes are, byte for byte, what the plain way writes: in both
// profiles, with flowd's own columns and without, in all formats, by every kernel.
#include "flow/produce/usual_samples.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/format/text/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"
#include "random_samples.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/plain_formatter.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;
using produce::Settings;
using protobuf::Framing;

constexpr PipelineLimits limits{
    .templates = {.exporters_max = 2, .templates_max = 4, .templates_per_exporter_max = 4},
    .domains = {.domains_max = 64, .domains_per_exporter_max = 64},
    .park = {.bytes_max = 0}};

constexpr std::uint64_t now_ns = 1'700'000'000'123'456'789;

/// What came of each datagram: its outcome, then its messages; then what was counted.
using Outcome = std::vector<std::string>;

/// One pipeline for all: what one datagram leaves behind must not show in the next.
template <class Format>
Outcome process(const Format& format, const Settings& settings,
                const std::vector<ByteBuilder>& datagrams, std::uint64_t received_ns = now_ns) {
    VectorSink sink;
    Pipeline<Format, VectorSink> pipeline{format, settings, sink, limits};
    Outcome outcome;
    for (const ByteBuilder& wire : datagrams) {
        const ExactBytes exact{wire.bytes()};
        Datagram given = datagram(exact.bytes());
        received_ns += 1'234'567;
        given.received_ns = received_ns;
        sink.refusing = outcome.size() % 13 == 12;
        outcome.push_back(std::to_string(static_cast<int>(pipeline.process(given))));
        for (const VectorSink::Message& message : sink.messages) {
            outcome.emplace_back(message.bytes().begin(), message.bytes().end());
        }
        sink.messages.clear();
    }
    outcome.push_back("flows " + std::to_string(pipeline.stats().flows));
    outcome.push_back("refused " + std::to_string(sink.refused));
    return outcome;
}

std::size_t datagram_count() {
#ifdef __SANITIZE_ADDRESS__
    constexpr std::size_t usual = 600;  // ten times as slow
#else
    constexpr std::size_t usual = 3'000;
#endif
    return std::getenv("FLOWD_NIGHTLY") != nullptr ? 200'000 : usual;
}

const std::vector<ByteBuilder>& random_datagrams() {
    static const auto datagrams = [] {
        RandomSamples samples{20261};
        std::vector<ByteBuilder> made;
        for (std::size_t i = 0; i < datagram_count(); ++i) made.push_back(samples.datagram());
        return made;
    }();
    return datagrams;
}

struct Case {
    const char* name;
    Profile profile;
    bool own_columns = false;
    Dialect dialect = Dialect::standard;
    std::uint64_t received_ns = now_ns;
};

void PrintTo(const Case& given, std::ostream* out) { *out << given.name; }

class UsualSamples : public testing::TestWithParam<Case> {
protected:
    UsualSamples() {
        settings_.schema = Schema::all(GetParam().profile);
        settings_.dialect = GetParam().dialect;
        if (!GetParam().own_columns) return;
        for (std::size_t i = 0; i < column_count; ++i) {
            if (column_table[i].own()) settings_.schema.add(static_cast<Column>(i));
        }
    }

    template <class Format>
    void compare(const Format& format, const char* what) {
        const auto received = GetParam().received_ns;
        const auto plain = process(PlainFormatter{format}, settings_, random_datagrams(), received);
        const auto given = process(format, settings_, random_datagrams(), received);
        ASSERT_EQ(plain.size(), given.size()) << what;
        for (std::size_t i = 0; i < plain.size(); ++i) ASSERT_EQ(plain[i], given[i]) << what << i;
    }

    Settings settings_;
};

TEST_P(UsualSamples, AreWrittenInProtobufAsThePlainWayDoes) {
    for (const protobuf::Kernel& kernel : protobuf::kernels()) {
        for (const Framing framing : {Framing::bare, Framing::length_prefixed}) {
            compare(protobuf::Formatter{settings_.schema, framing, kernel.run}, kernel.name);
        }
    }
}

TEST_P(UsualSamples, AreWrittenInLinesAsThePlainWayDoes) {
    compare(json::Formatter{settings_.schema}, "json");
    compare(text::Formatter{settings_.schema}, "text");
}

INSTANTIATE_TEST_SUITE_P(
    All, UsualSamples,
    testing::Values(Case{"V1", Profile::goflow2_v1}, Case{"V2", Profile::goflow2_v2},
                    Case{"OwnColumnsV1", Profile::goflow2_v1, true},
                    Case{"OwnColumnsV2", Profile::goflow2_v2, true},
                    Case{"StrictV1", Profile::goflow2_v1, false, Dialect::goflow2_v1},
                    Case{"StrictV2", Profile::goflow2_v2, false, Dialect::goflow2_v2},
                    Case{"AtTheEndOf32Bits", Profile::goflow2_v1, false, Dialect::standard,
                         4'294'967'295'000'000'000},
                    Case{"OfTheEpoch", Profile::goflow2_v2, false, Dialect::standard, 0}),
    [](const auto& each) { return std::string{each.param.name}; });

produce::SampleShape shape_of(const Settings& settings, std::initializer_list<ByteBuilder> each) {
    const produce::Frames frames{settings};
    produce::UsualSamples samples{settings, frames};
    EXPECT_TRUE(samples.begin(Origin{}));
    ByteBuilder records;
    for (const ByteBuilder& record : each) records.bytes(record.bytes());
    const ExactBytes exact{records.bytes()};
    std::array<std::uint8_t, produce::UsualSamples::record_size> record;
    return samples.read(
        {.record_count = static_cast<std::uint32_t>(each.size()), .records = exact.bytes()},
        record);
}

/// Of a frame in a sample of its own.
produce::SampleShape shape_of(const Settings& settings, Bytes frame) {
    return shape_of(settings, {raw_header(1, 100, frame)});
}

// Were all random samples usual, or none, the comparison would prove little.
TEST(UsualSamplesShapes, AllOccurAmongRandomFrames) {
    const Settings settings{.schema = Schema::all(Profile::goflow2_v2)};
    RandomSamples random{7};
    std::array<int, produce::sample_shape::count + 1> counts{};
    for (int i = 0; i < 4'000; ++i) ++counts[shape_of(settings, random.frame().bytes())];
    namespace shape = produce::sample_shape;
    for (std::size_t i = 0; i < shape::count; ++i) {
        const bool of_frame = (i & shape::vlans) == 0;
        EXPECT_GE(counts.at(i), of_frame ? 40 : 0) << i;
    }
    EXPECT_GT(counts.at(shape::unusual), 1'000);
}

TEST(UsualSamplesShapes, TellTagsApartOnlyWhereLayersAreListed) {
    const Settings v1{.schema = Schema::all(Profile::goflow2_v1)};
    RandomSamples random{8};
    for (int i = 0; i < 2'000; ++i) {
        EXPECT_EQ(shape_of(v1, random.frame().bytes()) & produce::sample_shape::tagged, 0);
    }
}

TEST(UsualSamplesShapes, AreThoseOfOneFrameAndTheVlansOfASwitch) {
    namespace shape = produce::sample_shape;
    const Settings v1{.schema = Schema::all(Profile::goflow2_v1)};
    const ByteBuilder vlans = tagged(1001, ByteBuilder{}.u32(7).u32(0).u32(8).u32(0).bytes());
    const ByteBuilder router = tagged(1002, ByteBuilder{}.u32(0).u32(24).u32(24).bytes());
    const ByteBuilder unread = tagged(4097, ByteBuilder{}.u32(7).bytes());
    ByteBuilder udp;
    udp.fill(12, 2).u16(packet::ethertype::ipv4).u8(0x45).fill(8).u8(packet::protocol::udp);
    const ByteBuilder frame = raw_header(1, 100, udp.fill(40, 1).bytes());
    EXPECT_EQ(shape_of(v1, {frame}), 0);
    EXPECT_EQ(shape_of(v1, {frame, unread}), 0);
    EXPECT_EQ(shape_of(v1, {frame, vlans}), shape::vlans);
    EXPECT_EQ(shape_of(v1, {vlans, frame}), shape::vlans);
    EXPECT_EQ(shape_of(v1, {frame, frame}), shape::unusual);
    EXPECT_EQ(shape_of(v1, {frame, router}), shape::unusual);
    EXPECT_EQ(shape_of(v1, {vlans}), shape::unusual);
    EXPECT_EQ(shape_of(v1, {unread}), shape::unusual);
}

TEST(UsualSamplesShapes, AreNotReadForGoflow2NorForMappings) {
    const Mapping mapping;
    for (const Settings& settings :
         {Settings{.dialect = Dialect::goflow2_v1}, Settings{.mapping = &mapping}}) {
        const produce::Frames frames{settings};
        produce::UsualSamples samples{settings, frames};
        EXPECT_FALSE(samples.begin(Origin{}));
    }
}

}  // namespace
}  // namespace flow
