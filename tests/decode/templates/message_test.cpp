// SPDX-License-Identifier: BSD-3-Clause
// What NetFlow v9 and IPFIX have in common, seen through the decoder of each.
#include "flow/decode/templates/message.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "flow/decode/ipfix/decoder.hpp"
#include "flow/decode/netflow9/decoder.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;

const Fields five_bytes{{4, 1}, {8, 4}};

class MessageTest : public testing::Test {
protected:
    static constexpr TemplateLimits templates{
        .exporters_max = 4, .templates_max = 16, .templates_per_exporter_max = 8};

    void use(ShardLimits limits) {
        limits.templates = templates;
        stats_ = {};
        state_.emplace(limits, stats_);
    }
    MessageTest() { use({}); }

    template <class Decoder>
    Error decode(Bytes payload, const Address& source = ipv4(192, 0, 2, 1)) {
        const ExactBytes exact{payload};
        Datagram given = datagram(exact.bytes(), seconds_);
        given.source = source;
        state_->open(given);
        ++stats_.datagrams;
        Decoder decoder{*state_};
        const ExporterIndex exporter = state_->enter(given);
        return state_->close(exporter, decoder.decode(given, exporter, sink_));
    }
    Error ipfix(std::initializer_list<ByteBuilder> sets, const IpfixHeader& header = {}) {
        ByteBuilder body;
        for (const ByteBuilder& each : sets) body.bytes(each.bytes());
        return decode<ipfix::Decoder>(ipfix_message(header, body.bytes()).bytes());
    }
    Error netflow9(std::initializer_list<ByteBuilder> sets, const Netflow9Header& header = {}) {
        ByteBuilder wire = netflow9_message(header);
        for (const ByteBuilder& each : sets) wire.bytes(each.bytes());
        return decode<netflow9::Decoder>(wire.bytes());
    }
    [[nodiscard]] std::uint64_t rate() const { return sink_.origins.back().sampling_rate; }

    DecodeStats stats_;
    std::optional<ShardState> state_;
    RecordingSink sink_;
    std::uint64_t seconds_ = 1'700'000'000;
};

ByteBuilder teach() { return set(2, template_record(256, five_bytes).bytes()); }
ByteBuilder teach9() { return set(0, template_record(256, five_bytes).bytes()); }
ByteBuilder data(unsigned last = 1) {
    return set(256, ByteBuilder{}.raw({6, 10, 0, 0, last}).bytes());
}
/// Scope and rate.
ByteBuilder teach_rate(unsigned id = 300, std::uint16_t element = 34, std::uint16_t size = 4) {
    return set(3, ipfix_options_record(id, Fields{{149, 4}}, Fields{{element, size}}).bytes());
}
ByteBuilder say_rate(std::uint32_t rate, unsigned id = 300) {
    return set(id, ByteBuilder{}.u32(1).u32(rate).bytes());
}

TEST_F(MessageTest, TakesARateFromOptionsData) {
    EXPECT_EQ(ipfix({teach(), teach_rate(), data()}), Error::none);
    EXPECT_EQ(rate(), 0u);
    EXPECT_EQ(ipfix({say_rate(100)}), Error::none);
    EXPECT_EQ(ipfix({data()}), Error::none);
    EXPECT_EQ(rate(), 100u);
    EXPECT_EQ(ipfix({data()}, {.domain = 2}), Error::none);
    EXPECT_EQ(rate(), 0u) << "of another domain";
    EXPECT_EQ(state_->rate_of(Domain{1, 1, 10}).rate, 100u);
    EXPECT_EQ(state_->rate_of(Domain{1, 1, 10}).source, sampling::Source::options);
    EXPECT_EQ(state_->rate_of(Domain{1, 2, 10}).source, sampling::Source::none);
}

TEST_F(MessageTest, TakesARateFromOptionsDataOfNetflow9) {
    const ByteBuilder record = netflow9_options_record(300, Fields{{1, 4}}, Fields{{50, 2}});
    const ByteBuilder said = set(300, ByteBuilder{}.u32(1).u16(512).u16(0).bytes());
    EXPECT_EQ(netflow9({teach9(), set(1, record.bytes()), said}), Error::none);
    EXPECT_EQ(netflow9({data()}), Error::none);
    EXPECT_EQ(rate(), 512u);
    EXPECT_EQ(netflow9({data()}, {.source_id = 99}), Error::none);
    EXPECT_EQ(rate(), 0u);
}

TEST_F(MessageTest, UsesANewRateFromThereOnInTheDatagram) {
    EXPECT_EQ(ipfix({teach(), teach_rate(), data(), say_rate(100), data(), say_rate(100), data(),
                     say_rate(7)}),
              Error::none);
    ASSERT_EQ(sink_.origins.size(), 3u) << "a rate that is known already begins nothing";
    EXPECT_EQ(sink_.origins[0].sampling_rate, 0u);
    EXPECT_EQ(sink_.origins[1].sampling_rate, 100u);
    EXPECT_EQ(sink_.origins[2].sampling_rate, 7u);
}

TEST_F(MessageTest, HandsOnTheRatesOfSamplers) {
    const ByteBuilder record =
        ipfix_options_record(300, Fields{{302, 1}}, Fields{{309, 4}, {310, 4}});
    ByteBuilder said;
    said.u8(1).u32(1).u32(1000).u8(2).u32(1).u32(10);
    EXPECT_EQ(ipfix({teach(), set(3, record.bytes()), set(300, said.bytes()), data()}),
              Error::none);
    const auto samplers = sink_.origins.back().samplers;
    ASSERT_EQ(samplers.size(), 2u);
    EXPECT_EQ(samplers[0].sampler, 1u);
    EXPECT_EQ(samplers[0].rate, 1000u);
    EXPECT_EQ(samplers[1].rate, 10u);
    EXPECT_EQ(rate(), 0u) << "which of them is not known";
}

TEST_F(MessageTest, FallsBackToTheConfiguredRate) {
    const std::vector<SamplingFallback> fallbacks{{ipv4(192, 0, 2, 0), 24, 50}};
    use({.sampling = {.fallbacks = fallbacks}});
    EXPECT_EQ(ipfix({teach(), data()}), Error::none);
    EXPECT_EQ(rate(), 50u);
    EXPECT_EQ(state_->rate_of(Domain{1, 1, 10}).source, sampling::Source::configured);
    EXPECT_EQ(ipfix({teach_rate(), say_rate(100), data()}), Error::none);
    EXPECT_EQ(rate(), 100u) << "the exporter knows better";
    const ByteBuilder message = ipfix_message({}, teach().bytes());
    EXPECT_EQ(decode<ipfix::Decoder>(message.bytes(), ipv4(10, 0, 0, 1)), Error::none);
    EXPECT_EQ(rate(), 0u);
}

TEST_F(MessageTest, TakesTheRateOfAnotherDomainWhenTold) {
    use({.sampling = {.across_domains = true}});
    EXPECT_EQ(ipfix({teach_rate(), say_rate(100)}, {.domain = 5}), Error::none);
    EXPECT_EQ(ipfix({teach(), data()}, {.domain = 6}), Error::none);
    EXPECT_EQ(rate(), 100u);
    const ByteBuilder message = ipfix_message({}, teach().bytes());
    EXPECT_EQ(decode<ipfix::Decoder>(message.bytes(), ipv4(10, 0, 0, 1)), Error::none);
    EXPECT_EQ(rate(), 0u) << "not of another exporter";
}

TEST_F(MessageTest, DecodesDataThatCameBeforeItsTemplate) {
    EXPECT_EQ(ipfix({data(1)}, {.seconds = 10, .sequence = 1}), Error::none);
    EXPECT_EQ(ipfix({data(2)}, {.seconds = 20, .sequence = 2}), Error::none);
    EXPECT_TRUE(sink_.seen.empty());
    EXPECT_EQ(stats_.parked_datagrams, 2u);
    sink_.origins.clear();
    EXPECT_EQ(ipfix({teach(), data(3)}, {.seconds = 30, .sequence = 3}), Error::none);
    ASSERT_EQ(sink_.seen.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sink_.seen[i].bytes.back(), i + 1);
    ASSERT_EQ(sink_.origins.size(), 4u) << "this one, both before, and this one again";
    EXPECT_EQ(sink_.origins[1].sequence, 1u);
    EXPECT_EQ(sink_.origins[1].export_seconds, 10u);
    EXPECT_EQ(sink_.origins[2].sequence, 2u);
    EXPECT_EQ(sink_.origins[3].sequence, 3u);
    EXPECT_EQ(stats_.decoded, 3u);
    EXPECT_EQ(stats_.parked_datagrams, 0u);
}

TEST_F(MessageTest, DecodesWaitingDataWithoutDataBehindTheTemplate) {
    EXPECT_EQ(netflow9({data()}), Error::none);
    EXPECT_EQ(netflow9({teach9()}), Error::none);
    EXPECT_EQ(sink_.seen.size(), 1u);
}

TEST_F(MessageTest, KnowsTheRateOfWaitingDataByTheOptionsBehindTheTemplate) {
    EXPECT_EQ(ipfix({data(), say_rate(100)}), Error::none);
    sink_.origins.clear();
    EXPECT_EQ(ipfix({teach(), teach_rate()}), Error::none);
    ASSERT_EQ(sink_.seen.size(), 1u);
    EXPECT_EQ(rate(), 100u);
    EXPECT_EQ(sink_.origins[sink_.origins.size() - 2].sampling_rate, 100u) << "as it was decoded";
    EXPECT_EQ(stats_.sets_unparked, 2u);
}

TEST_F(MessageTest, DecodesWaitingSetsOfManyTemplates) {
    for (unsigned id = 256; id < 264; ++id) {
        EXPECT_EQ(ipfix({set(id, ByteBuilder{}.fill(5, id - 255).bytes())}), Error::none);
    }
    ByteBuilder records;
    for (unsigned id = 256; id < 264; ++id) records.bytes(template_record(id, five_bytes).bytes());
    EXPECT_EQ(ipfix({set(2, records.bytes())}), Error::none);
    ASSERT_EQ(sink_.seen.size(), 8u);
    for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(sink_.seen[i].template_id, 256 + i);
}

TEST_F(MessageTest, DropsWhatHasWaitedInVain) {
    EXPECT_EQ(ipfix({data()}), Error::none);
    seconds_ += 61;
    EXPECT_EQ(ipfix({teach()}), Error::none);
    EXPECT_TRUE(sink_.seen.empty());
    EXPECT_EQ(stats_.sets_expired, 1u);
    EXPECT_EQ(stats_.datagram_drops[static_cast<std::size_t>(Error::unknown_template)], 1u);
    EXPECT_EQ(stats_.decoded, 1u);
}

TEST_F(MessageTest, CountsADamagedDatagramOnceThoughItsSetsWait) {
    EXPECT_EQ(ipfix({data(), set(7, {})}), Error::bad_set_id);
    EXPECT_EQ(stats_.parked_datagrams, 0u);
    EXPECT_EQ(ipfix({teach()}), Error::none);
    EXPECT_EQ(sink_.seen.size(), 1u);
    EXPECT_EQ(stats_.decoded, 1u);
    EXPECT_EQ(stats_.datagram_drops[static_cast<std::size_t>(Error::bad_set_id)], 1u);
}

TEST_F(MessageTest, CountsLostRecordsOfIpfix) {
    EXPECT_EQ(ipfix({teach(), teach_rate(), data(), data(), say_rate(5)}, {.sequence = 100}),
              Error::none);
    EXPECT_EQ(ipfix({teach()}, {.sequence = 103}), Error::none);
    EXPECT_EQ(ipfix({data()}, {.sequence = 103}), Error::none);
    EXPECT_EQ(stats_.sequence_lost, 0u);
    EXPECT_EQ(ipfix({data()}, {.sequence = 114}), Error::none);
    EXPECT_EQ(stats_.sequence_lost, 10u);
    ASSERT_NE(state_->domains.find({1, 1, 10}), nullptr);
    EXPECT_EQ(state_->domains.find({1, 1, 10})->sequence.lost(), 10u);
}

TEST_F(MessageTest, CountsNoLossWhereRecordsCouldNotBeCounted) {
    EXPECT_EQ(ipfix({data()}, {.sequence = 100}), Error::none);
    EXPECT_EQ(ipfix({teach()}, {.sequence = 137}), Error::none);
    EXPECT_EQ(ipfix({data()}, {.sequence = 137}), Error::none);
    EXPECT_EQ(stats_.sequence_lost, 0u);
}

TEST_F(MessageTest, CountsLostDatagramsOfNetflow9) {
    EXPECT_EQ(netflow9({teach9(), data(), data()}, {.sequence = 7}), Error::none);
    EXPECT_EQ(netflow9({set(999, ByteBuilder{}.fill(5).bytes())}, {.sequence = 8}), Error::none);
    EXPECT_EQ(netflow9({data()}, {.sequence = 11}), Error::none);
    EXPECT_EQ(stats_.sequence_lost, 2u);
    EXPECT_EQ(netflow9({data()}, {.sequence = 10}), Error::none);
    EXPECT_EQ(stats_.sequence_lost, 1u);
    EXPECT_EQ(stats_.sequence_late, 1u);
}

TEST_F(MessageTest, TellsScopesFromOptions) {
    EXPECT_EQ(ipfix({teach_rate()}), Error::none);
    EXPECT_EQ(sink_.learnt.back().layout.scope_count, 1);
    const ByteBuilder record =
        netflow9_options_record(300, Fields{{1, 4}, {2, 4}}, Fields{{34, 4}});
    EXPECT_EQ(netflow9({set(1, record.bytes())}), Error::none);
    EXPECT_EQ(sink_.learnt.back().layout.scope_count, 2);
    const ByteBuilder liar = ByteBuilder{}.u16(301).u16(1).u16(9).u16(34).u16(4);
    EXPECT_EQ(ipfix({set(3, liar.bytes())}), Error::none);
    EXPECT_EQ(sink_.learnt.back().layout.scope_count, 1) << "not more than there are";
}

}  // namespace
}  // namespace flow
