// SPDX-License-Identifier: BSD-3-Clause
#include "flow/pipeline/pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "flow/format/protobuf/formatter.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/parsed_flow.hpp"
#include "support/plain_formatter.hpp"
#include "support/sflow_builder.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
const protobuf::Formatter format{schema, protobuf::Framing::bare};
const Fields ports{{4, 1}, {7, 2}, {11, 2}};

template <class Format>
class PipelineOf : public testing::Test {
protected:
    using Flows = std::vector<flowpb::FlowMessage>;

    explicit PipelineOf(const Format& with) : pipeline_{with, sink_, limits} {}

    Error process(Bytes payload, const Address& source = ipv4(192, 0, 2, 1),
                  std::uint64_t seconds = 1'700'000'000) {
        const ExactBytes exact{payload};
        Datagram given = datagram(exact.bytes(), seconds);
        given.source = source;
        given.accepts = accepts_;
        return pipeline_.process(given);
    }
    [[nodiscard]] Flows flows() const {
        Flows flows;
        for (const VectorSink::Message& message : sink_.messages) {
            flows.push_back(parse_flow(message.bytes()));
        }
        return flows;
    }
    [[nodiscard]] std::uint64_t drops(Error error) const {
        return pipeline_.stats().datagram_drops[static_cast<std::size_t>(error)];
    }
    void expect_balance() const {
        const PipelineStats& stats = pipeline_.stats();
        EXPECT_EQ(stats.datagrams,
                  std::accumulate(stats.datagram_drops.begin(), stats.datagram_drops.end(),
                                  stats.decoded + stats.parked_datagrams));
        EXPECT_EQ(stats.flows, sink_.messages.size() + sink_.refused + stats.flows_too_large);
    }

    static constexpr PipelineLimits limits{
        .templates = {.exporters_max = 2, .templates_max = 4, .templates_per_exporter_max = 4}};

    VectorSink sink_;
    Pipeline<Format, VectorSink> pipeline_;
    Protocols accepts_ = Protocols::all();
};

class PipelineTest : public PipelineOf<protobuf::Formatter> {
protected:
    PipelineTest() : PipelineOf{format} {}
};

class PlainPipelineTest : public PipelineOf<PlainFormatter<protobuf::Formatter>> {
protected:
    PlainPipelineTest() : PipelineOf{PlainFormatter{format}} {}
};

ByteBuilder two_netflow5_records() {
    ByteBuilder out = netflow5_message({.count = 2, .sequence = 25661, .sampling = 100});
    add_netflow5_record(out, 5);
    add_netflow5_record(out, 6);
    return out;
}

ByteBuilder teach() { return set(2, template_record(256, ports).bytes()); }
ByteBuilder data() { return set(256, ByteBuilder{}.u8(17).u16(53).u16(5353).bytes()); }
ByteBuilder message(const ByteBuilder& sets) { return ipfix_message({}, sets.bytes()); }

ByteBuilder one_sflow_sample() {
    const ByteBuilder vlans = tagged(1001, ByteBuilder{}.u32(10).u32(0).u32(20).u32(0).bytes());
    return sflow_message({}, tagged(1, flow_sample({}, vlans.bytes()).bytes()).bytes());
}

void expect_every_column(const flowpb::FlowMessage& flow) {
    EXPECT_EQ(flow.type(), flowpb::FlowMessage::NETFLOW_V5);
    EXPECT_EQ(flow.time_received(), 1'700'000'000u);
    EXPECT_EQ(flow.sequence_num(), 25661u);
    EXPECT_EQ(flow.sampling_rate(), 100u);
    EXPECT_EQ(flow.sampler_address(), std::string("\xc0\x00\x02\x01", 4));
    EXPECT_EQ(flow.time_flow_start(), 1'699'999'990u);
    EXPECT_EQ(flow.time_flow_start_ms(), 1'699'999'990'000u);
    EXPECT_EQ(flow.time_flow_end(), 1'699'999'996u);
    EXPECT_EQ(flow.time_flow_end_ms(), 1'699'999'995'500u);
    EXPECT_EQ(flow.bytes(), 590u);
    EXPECT_EQ(flow.packets(), 5u);
    EXPECT_EQ(flow.src_addr(), std::string("\x0a\x00\x00\x01", 4));
    EXPECT_EQ(flow.dst_addr(), std::string("\x0a\x00\x00\x02", 4));
    EXPECT_EQ(flow.next_hop(), std::string("\x0a\x00\x00\x03", 4));
    EXPECT_EQ(flow.etype(), 0x0800u);
    EXPECT_EQ(flow.proto(), 6u);
    EXPECT_EQ(flow.src_port(), 1024u);
    EXPECT_EQ(flow.dst_port(), 443u);
    EXPECT_EQ(flow.in_if(), 9u);
    EXPECT_EQ(flow.out_if(), 2u);
    EXPECT_EQ(flow.ip_tos(), 0xb8u);
    EXPECT_EQ(flow.tcp_flags(), 0x1bu);
    EXPECT_EQ(flow.src_as(), 64500u);
    EXPECT_EQ(flow.dst_as(), 64501u);
    EXPECT_EQ(flow.src_net(), 24u);
    EXPECT_EQ(flow.dst_net(), 16u);
    std::vector<const google::protobuf::FieldDescriptor*> filled;
    flow.GetReflection()->ListFields(flow, &filled);
    EXPECT_EQ(filled.size(), 26u) << "and no other column";
}

TEST_F(PipelineTest, WritesEveryColumnOfNetflow5) {
    EXPECT_EQ(process(two_netflow5_records().bytes()), Error::none);
    const Flows written = flows();
    ASSERT_EQ(written.size(), 2u);
    expect_every_column(written[0]);
    EXPECT_EQ(written[1].packets(), 6u);
    EXPECT_EQ(pipeline_.stats().templates_learnt, 0u) << "the built-in one does not count";
}

TEST_F(PlainPipelineTest, WritesEveryColumnOfNetflow5) {
    EXPECT_EQ(process(two_netflow5_records().bytes()), Error::none);
    ASSERT_EQ(flows().size(), 2u);
    expect_every_column(flows()[0]);
}

TEST_F(PipelineTest, TellsTheProtocolsApart) {
    EXPECT_EQ(process(two_netflow5_records().bytes()), Error::none);
    EXPECT_EQ(process(message(teach().bytes(data().bytes())).bytes()), Error::none);
    ByteBuilder nine = netflow9_message();
    nine.bytes(set(0, template_record(256, ports).bytes()).bytes()).bytes(data().bytes());
    EXPECT_EQ(process(nine.bytes()), Error::none);
    EXPECT_EQ(process(one_sflow_sample().bytes()), Error::none);
    const Flows written = flows();
    ASSERT_EQ(written.size(), 5u);
    EXPECT_EQ(written[1].type(), flowpb::FlowMessage::NETFLOW_V5);
    EXPECT_EQ(written[2].type(), flowpb::FlowMessage::IPFIX);
    EXPECT_EQ(written[2].observation_domain_id(), 1u);
    EXPECT_EQ(written[3].type(), flowpb::FlowMessage::NETFLOW_V9);
    EXPECT_EQ(written[3].src_port(), 53u);
    EXPECT_EQ(written[4].type(), flowpb::FlowMessage::SFLOW_5);
    EXPECT_EQ(written[4].sampling_rate(), 512u);
    EXPECT_EQ(written[4].dst_vlan(), 20u);
    EXPECT_EQ(written[4].sampler_address(), std::string("\x0a\x00\x00\xfe", 4));
    EXPECT_EQ(pipeline_.stats().decoded, 4u);
    EXPECT_EQ(pipeline_.stats().templates_learnt, 2u);
    expect_balance();
}

TEST_F(PipelineTest, RefusesProtocolsThatTheListenerDoesNotTake) {
    accepts_ = {.sflow = true};
    EXPECT_EQ(process(two_netflow5_records().bytes()), Error::protocol_not_here);
    EXPECT_EQ(process(message(teach()).bytes()), Error::protocol_not_here);
    EXPECT_EQ(process(one_sflow_sample().bytes()), Error::none);
    accepts_ = {.netflow5 = true, .netflow9 = true};
    EXPECT_EQ(process(one_sflow_sample().bytes()), Error::protocol_not_here);
    EXPECT_EQ(drops(Error::protocol_not_here), 3u);
    EXPECT_EQ(pipeline_.templates().size(), 0u);
    EXPECT_EQ(sink_.messages.size(), 1u);
    expect_balance();
}

TEST_F(PipelineTest, NamesWhatItDoesNotKnow) {
    EXPECT_EQ(process({}), Error::empty);
    EXPECT_EQ(process(ByteBuilder{}.u8(0).bytes()), Error::unknown_protocol);
    EXPECT_EQ(process(ByteBuilder{}.raw({0, 0, 0}).bytes()), Error::unknown_protocol);
    for (const unsigned version : {0u, 2u, 4u, 6u, 11u, 0xffffu}) {
        EXPECT_EQ(process(ByteBuilder{}.u16(version).fill(100).bytes()), Error::unknown_protocol);
    }
    EXPECT_EQ(process(ByteBuilder{}.u32(4).fill(100).bytes()), Error::unknown_protocol);
    EXPECT_EQ(drops(Error::unknown_protocol), 9u);
    EXPECT_EQ(pipeline_.exporters().size(), 0u) << "noise makes no exporter";
    expect_balance();
}

TEST_F(PipelineTest, CountsADamagedDatagramAndItsFlows) {
    EXPECT_EQ(process(message(teach()).bytes()), Error::none);
    const ByteBuilder bad = set(99, ByteBuilder{}.fill(5).bytes());
    EXPECT_EQ(process(message(ByteBuilder{bad}.bytes(data().bytes())).bytes()), Error::bad_set_id);
    EXPECT_EQ(drops(Error::bad_set_id), 1u);
    EXPECT_EQ(pipeline_.stats().decoded, 1u);
    EXPECT_EQ(pipeline_.stats().flows, 1u);
    EXPECT_EQ(sink_.messages.size(), 1u);
    expect_balance();
}

TEST_F(PipelineTest, CountsTheBytesOfPayloads) {
    const ByteBuilder wire = two_netflow5_records();
    static_cast<void>(process(wire.bytes()));
    static_cast<void>(process(wire.bytes().first(10)));
    EXPECT_EQ(pipeline_.stats().payload_bytes, wire.size() + 10);
}

TEST_F(PipelineTest, UsesAChangedTemplate) {
    EXPECT_EQ(process(message(teach().bytes(data().bytes())).bytes()), Error::none);
    const Fields swapped{{4, 1}, {11, 2}, {7, 2}};
    ByteBuilder sets = set(2, template_record(256, swapped).bytes());
    EXPECT_EQ(process(message(sets.bytes(data().bytes())).bytes()), Error::none);
    ASSERT_EQ(flows().size(), 2u);
    EXPECT_EQ(flows()[0].src_port(), 53u);
    EXPECT_EQ(flows()[1].dst_port(), 53u);
    EXPECT_EQ(pipeline_.stats().templates_learnt, 2u);
    EXPECT_EQ(process(message(sets).bytes()), Error::none);
    EXPECT_EQ(pipeline_.stats().templates_learnt, 2u) << "a refresh does not count";
}

TEST_F(PipelineTest, TellsWhoseMessageItIs) {
    EXPECT_EQ(process(two_netflow5_records().bytes(), ipv4(10, 0, 0, 1)), Error::none);
    EXPECT_EQ(process(two_netflow5_records().bytes(), ipv4(10, 0, 0, 2)), Error::none);
    ASSERT_EQ(sink_.messages.size(), 4u);
    EXPECT_EQ(sink_.messages[0].account, sink_.messages[1].account);
    EXPECT_NE(sink_.messages[1].account, sink_.messages[2].account);
    Account account;
    ASSERT_TRUE(pipeline_.ledger().read(row_of(sink_.messages[3].account), account));
    EXPECT_EQ(account.name.exporter, ipv4(10, 0, 0, 2));
    EXPECT_EQ(account.name.version, 5U);
    EXPECT_EQ(account.epoch, epoch_of(sink_.messages[3].account));
    EXPECT_EQ(account.counts.flows, 2U);
}

TEST_F(PipelineTest, ForgetsTheTemplatesOfAnEvictedExporter) {
    EXPECT_EQ(process(message(teach()).bytes(), ipv4(10, 0, 0, 1)), Error::none);
    EXPECT_EQ(process(message(teach()).bytes(), ipv4(10, 0, 0, 2)), Error::none);
    EXPECT_EQ(pipeline_.templates().size(), 2u);
    const std::uint64_t later = 1'700'000'000 + Exporters::stale_after_seconds + 1;
    EXPECT_EQ(process(message(data()).bytes(), ipv4(10, 0, 0, 3), later), Error::none);
    EXPECT_EQ(pipeline_.stats().flows, 0u)
        << "the template of the exporter that had the place before is not used";
    EXPECT_EQ(pipeline_.stats().exporters_evicted, 1u);
    EXPECT_EQ(pipeline_.templates().size(), 1u);
}

TEST_F(PipelineTest, WithoutRoomForAnExporterTakesNoTemplates) {
    EXPECT_EQ(process(message(teach()).bytes(), ipv4(10, 0, 0, 1)), Error::none);
    EXPECT_EQ(process(message(teach()).bytes(), ipv4(10, 0, 0, 2)), Error::none);
    EXPECT_EQ(process(message(teach().bytes(data().bytes())).bytes(), ipv4(10, 0, 0, 3)),
              Error::template_limit);
    EXPECT_EQ(process(two_netflow5_records().bytes(), ipv4(10, 0, 0, 3)), Error::none)
        << "what needs no template is decoded";
    EXPECT_EQ(sink_.messages.size(), 2u);
    EXPECT_EQ(sink_.messages[0].account, AccountTag{0});
    EXPECT_EQ(pipeline_.stats().exporters_evicted, 0u);
    expect_balance();
}

TEST_F(PipelineTest, WritesFlowsThatCameBeforeTheirTemplate) {
    EXPECT_EQ(process(message(data()).bytes(), ipv4(10, 0, 0, 1), 1'700'000'000), Error::none);
    EXPECT_EQ(pipeline_.stats().parked_datagrams, 1u);
    expect_balance();
    EXPECT_EQ(
        process(message(teach().bytes(data().bytes())).bytes(), ipv4(10, 0, 0, 1), 1'700'000'030),
        Error::none);
    const Flows written = flows();
    ASSERT_EQ(written.size(), 2u);
    EXPECT_EQ(written[0].time_received(), 1'700'000'000u) << "its own time";
    EXPECT_EQ(written[0].src_port(), 53u);
    EXPECT_EQ(written[1].time_received(), 1'700'000'030u);
    EXPECT_EQ(pipeline_.stats().decoded, 2u);
    EXPECT_EQ(pipeline_.stats().parked_datagrams, 0u);
    expect_balance();
}

TEST_F(PipelineTest, DropsInTheEndWhatStillWaits) {
    EXPECT_EQ(process(message(data()).bytes()), Error::none);
    EXPECT_EQ(process(two_netflow5_records().bytes()), Error::none);
    pipeline_.finish();
    EXPECT_EQ(drops(Error::unknown_template), 1u);
    EXPECT_EQ(pipeline_.stats().parked_datagrams, 0u);
    EXPECT_EQ(pipeline_.stats().decoded, 1u);
    expect_balance();
}

TEST_F(PipelineTest, SamplesNetflow5ByItsHeaderElseByTheConfiguration) {
    const std::vector<SamplingFallback> fallbacks{{ipv4(192, 0, 2, 0), 24, 50}};
    PipelineLimits configured = limits;
    configured.sampling.fallbacks = fallbacks;
    VectorSink sink;
    Pipeline<protobuf::Formatter, VectorSink> pipeline{format, sink, configured};
    ByteBuilder silent = netflow5_message({.count = 1});
    add_netflow5_record(silent, 5);
    const ByteBuilder said = two_netflow5_records();
    const ByteBuilder samples = one_sflow_sample();
    for (const ByteBuilder& wire : {silent, said, samples}) {
        const ExactBytes exact{wire.bytes()};
        EXPECT_EQ(pipeline.process(datagram(exact.bytes())), Error::none);
    }
    ASSERT_EQ(sink.messages.size(), 4u);
    EXPECT_EQ(parse_flow(sink.messages[0].bytes()).sampling_rate(), 50u);
    EXPECT_EQ(parse_flow(sink.messages[1].bytes()).sampling_rate(), 100u);
    EXPECT_EQ(parse_flow(sink.messages[3].bytes()).sampling_rate(), 512u);
}

TEST_F(PipelineTest, CountsWhatIsLostOnTheWay) {
    const auto five = [&](std::uint32_t sequence) {
        ByteBuilder out = netflow5_message({.count = 2, .sequence = sequence});
        add_netflow5_record(out, 5);
        add_netflow5_record(out, 6);
        EXPECT_EQ(process(out.bytes()), Error::none);
    };
    five(100);
    five(102);
    five(109);
    EXPECT_EQ(pipeline_.stats().sequence_lost, 5u);
    five(106);
    EXPECT_EQ(pipeline_.stats().sequence_lost, 3u);
    EXPECT_EQ(pipeline_.stats().sequence_late, 1u);
    for (const std::uint32_t sequence : {7u, 9u}) {
        EXPECT_EQ(process(sflow_message({.sequence = sequence, .sample_count = 0}, {}).bytes()),
                  Error::none);
    }
    EXPECT_EQ(pipeline_.stats().sequence_lost, 4u);
    const Domain engine{1, 0, 5};
    ASSERT_NE(pipeline_.domains().find(engine), nullptr);
    EXPECT_EQ(pipeline_.domains().find(engine)->sequence.lost(), 3u);
}

TEST_F(PipelineTest, GoesOnWhereAnEarlierRunEnded) {
    const ByteBuilder options =
        set(3, ipfix_options_record(300, Fields{{149, 4}}, Fields{{34, 4}}).bytes());
    ByteBuilder sets = teach();
    sets.bytes(options.bytes()).bytes(set(300, ByteBuilder{}.u32(1).u32(100).bytes()).bytes());
    EXPECT_EQ(process(message(sets).bytes()), Error::none);

    LearntState learnt;
    const ShardState& state = pipeline_.state();
    for (std::uint32_t at = 0; at != state.templates.end_slot();) {
        at = state.visit_templates(at, 1, [&](const StateKey& key, const Template& layout, bool) {
            learnt.templates.push_back({key,
                                        layout.id,
                                        layout.options,
                                        layout.scope_count,
                                        {layout.fields.begin(), layout.fields.end()}});
        });
    }
    for (std::uint32_t at = 0; at != state.domains.end_slot();) {
        at = state.visit_sampling(at, 1, [&](const StateKey& key, const auto& rates, bool) {
            learnt.sampling.push_back(
                {key, rates.rate_of_all(), {rates.samplers().begin(), rates.samplers().end()}});
        });
    }
    ASSERT_EQ(learnt.templates.size(), 2u);
    ASSERT_EQ(learnt.sampling.size(), 1u);

    VectorSink sink;
    Pipeline<protobuf::Formatter, VectorSink> next{format, sink, limits};
    for (const LearntTemplate& each : learnt.templates) {
        EXPECT_EQ(next.restore(each, 1'700'000'000), Error::none);
    }
    EXPECT_TRUE(next.restore(learnt.sampling.front(), 1'700'000'000));
    EXPECT_EQ(next.stats().templates_restored, 2u);
    EXPECT_EQ(next.stats().templates_learnt, 0u);
    const ByteBuilder wire = message(data());
    const ExactBytes exact{wire.bytes()};
    EXPECT_EQ(next.process(datagram(exact.bytes())), Error::none);
    ASSERT_EQ(sink.messages.size(), 1u);
    EXPECT_EQ(parse_flow(sink.messages[0].bytes()).sampling_rate(), 100u);
    EXPECT_EQ(next.sampling_rate({1, 1, 10}).source, sampling::Source::options);
}

TEST_F(PipelineTest, TellsExportersApartByPortWhenTold) {
    PipelineLimits by_port = limits;
    by_port.template_key = TemplateKey::address_port;
    VectorSink sink;
    Pipeline<protobuf::Formatter, VectorSink> pipeline{format, sink, by_port};
    const auto from = [&](const ByteBuilder& wire, std::uint16_t port) {
        const ExactBytes exact{wire.bytes()};
        Datagram given = datagram(exact.bytes());
        given.source_port = port;
        EXPECT_EQ(pipeline.process(given), Error::none);
    };
    from(message(teach()), 1000);
    from(message(data()), 2000);
    EXPECT_TRUE(sink.messages.empty());
    from(message(data()), 1000);
    EXPECT_EQ(sink.messages.size(), 1u);
    EXPECT_EQ(pipeline.exporters().size(), 2u);
}

TEST_F(PipelineTest, GoesOnWhenTheSinkIsFull) {
    sink_.refusing = true;
    EXPECT_EQ(process(two_netflow5_records().bytes()), Error::none);
    EXPECT_EQ(process(one_sflow_sample().bytes()), Error::none);
    EXPECT_EQ(sink_.refused, 3u);
    EXPECT_TRUE(sink_.messages.empty());
    EXPECT_EQ(pipeline_.stats().flows, 3u);
    sink_.refusing = false;
    EXPECT_EQ(process(two_netflow5_records().bytes()), Error::none);
    EXPECT_EQ(sink_.messages.size(), 2u);
    expect_balance();
}

TEST_F(PipelineTest, CountsAFlowThatFitsNoBatch) {
    const Fields fields{{47, variable_length}, {7, 2}};
    EXPECT_EQ(process(message(set(2, template_record(256, fields).bytes())).bytes()), Error::none);
    ByteBuilder record = ByteBuilder{}.u8(255).u16(65'000).fill(65'000, 7).u16(53);
    EXPECT_EQ(process(message(set(256, record.bytes())).bytes()), Error::none);
    EXPECT_EQ(pipeline_.stats().flows, 1u);
    EXPECT_EQ(pipeline_.stats().flows_too_large, 1u);
    expect_balance();
    record = ByteBuilder{}.u8(255).u16(60'000).fill(60'000, 7).u16(53);
    EXPECT_EQ(process(message(set(256, record.bytes())).bytes()), Error::none);
    ASSERT_EQ(sink_.messages.size(), 1u);
    EXPECT_EQ(flows()[0].mpls_label_ip().size(), 60'000u);
}

// The program reads eight bytes at a time, but never behind the datagram.
TEST_F(PipelineTest, TakesRecordsLargerThanItsScratchMemory) {
    for (const std::uint16_t size : {2000, 2046, 2047, 5000}) {
        const Fields fields{{15, size}, {7, 2}};
        ByteBuilder sets = set(2, template_record(256, fields).bytes());
        sets.bytes(set(256, ByteBuilder{}.fill(size, 9).u16(53).bytes()).bytes());
        EXPECT_EQ(process(message(sets).bytes()), Error::none);
        const flowpb::FlowMessage flow = parse_flow(sink_.messages.back().bytes());
        EXPECT_EQ(flow.next_hop(), std::string(size, 9));
        EXPECT_EQ(flow.src_port(), 53u);
    }
}

TEST_F(PipelineTest, DoesNotMixTheRecordsOfADatagram) {
    EXPECT_EQ(process(message(teach()).bytes()), Error::none);
    ByteBuilder body;
    for (unsigned i = 0; i < 200; ++i) body.u8(i % 2 == 0 ? 6 : 17).u16(i).u16(2 * i);
    EXPECT_EQ(process(message(set(256, body.bytes())).bytes()), Error::none);
    const Flows written = flows();
    ASSERT_EQ(written.size(), 200u);
    for (unsigned i = 0; i < 200; ++i) {
        EXPECT_EQ(written[i].proto(), i % 2 == 0 ? 6u : 17u);
        EXPECT_EQ(written[i].src_port(), i);
        EXPECT_EQ(written[i].dst_port(), 2 * i);
    }
}

// What is foreseen may be wrong, and is: of exporters that push each other out, of datagrams that
// end before what is looked at, of templates that come in the same burst.
TEST_F(PipelineTest, GivesOfABurstWhatItsDatagramsGive) {
    std::mt19937 random{3};
    const auto cut = [&](const ByteBuilder& whole) {
        const Bytes bytes = whole.bytes();
        return bytes.first(random() % 4 == 0 ? random() % (bytes.size() + 1) : bytes.size());
    };
    std::vector<std::unique_ptr<ExactBytes>> payloads;
    std::vector<Datagram> datagrams;
    for (int i = 0; i < 3000; ++i) {
        const unsigned kind = random() % 6;
        const ByteBuilder whole = kind == 0   ? message(teach())
                                  : kind == 1 ? two_netflow5_records()
                                  : kind == 2 ? one_sflow_sample()
                                              : message(data());
        payloads.push_back(std::make_unique<ExactBytes>(cut(whole)));
        Datagram given = datagram(payloads.back()->bytes(), 1'700'000'000);
        given.source = ipv4(192, 0, 2, static_cast<std::uint8_t>(random() % 4));
        datagrams.push_back(given);
    }
    VectorSink sink;
    Pipeline<protobuf::Formatter, VectorSink> singly{format, sink, limits};
    for (const Datagram& each : datagrams) static_cast<void>(singly.process(each));
    for (std::span<const Datagram> rest{datagrams}; !rest.empty();) {
        const auto burst = rest.first(std::min<std::size_t>(rest.size(), random() % 40));
        pipeline_.process(burst);
        rest = rest.subspan(burst.size());
    }
    expect_balance();
    EXPECT_EQ(pipeline_.stats().datagrams, datagrams.size());
    EXPECT_EQ(pipeline_.stats().datagram_drops, singly.stats().datagram_drops);
    EXPECT_EQ(pipeline_.stats().exporters_evicted, singly.stats().exporters_evicted);
    ASSERT_EQ(sink_.messages.size(), sink.messages.size());
    ASSERT_GT(sink.messages.size(), 1000U);
    for (std::size_t i = 0; i < sink.messages.size(); ++i) {
        const Bytes expected = sink.messages[i].bytes();
        const Bytes given = sink_.messages[i].bytes();
        ASSERT_TRUE(std::equal(given.begin(), given.end(), expected.begin(), expected.end())) << i;
    }
}

}  // namespace
}  // namespace flow
