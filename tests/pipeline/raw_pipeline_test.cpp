// SPDX-License-Identifier: BSD-3-Clause
// Whole datagrams to raw messages: one for each, its envelope, and the counters.
#include "flow/pipeline/raw_pipeline.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/netflow_builder.hpp"
#include "support/sflow_builder.hpp"
#include "support/vector_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;
using Json = nlohmann::json;

class RawPipelineTest : public ::testing::Test {
protected:
    std::string process(Bytes payload, Error expected = Error::none) {
        const std::size_t before = sink_.messages.size();
        EXPECT_EQ(pipeline_.process(datagram(payload)), expected);
        if (sink_.messages.size() == before) return {};
        const auto bytes = sink_.messages.back().bytes();
        return {bytes.begin(), bytes.end()};
    }

    VectorSink sink_;
    RawPipeline<VectorSink> pipeline_{raw::Shape::json, produce::Settings{}, sink_,
                                      PipelineLimits{}};
};

TEST_F(RawPipelineTest, NamesTheProtocolTheSenderAndTheTime) {
    ByteBuilder v5 = netflow5_message({.count = 1});
    add_netflow5_record(v5);
    Json json = Json::parse(process(v5.bytes()));
    EXPECT_EQ(json["type"], "netflowv5");
    EXPECT_EQ(json["src"], "192.0.2.1:50000");
    EXPECT_EQ(json["time_received"], "2023-11-14T22:13:20Z");
    EXPECT_EQ(json["message"]["records"].size(), 1U);
    EXPECT_EQ(Json::parse(process(netflow9_message().bytes()))["type"], "netflowv9");
    EXPECT_EQ(Json::parse(process(ipfix_message({}, {}).bytes()))["type"], "ipfix");
    EXPECT_EQ(Json::parse(process(sflow_message({.sample_count = 0}, {}).bytes()))["type"],
              "sflow");
    EXPECT_EQ(pipeline_.stats().flows, 4U);
    EXPECT_EQ(pipeline_.stats().decoded, 4U);
}

TEST_F(RawPipelineTest, DataIsDecodedByTemplatesOfEarlierDatagrams) {
    const Fields scopes{{149, 4}};
    const Fields options{{305, 4}};
    const ByteBuilder learnt = set(3, ipfix_options_record(300, scopes, options).bytes());
    static_cast<void>(process(ipfix_message({}, learnt.bytes()).bytes()));
    const ByteBuilder data = set(300, ByteBuilder{}.u32(7).u32(100).bytes());
    const Json json = Json::parse(process(ipfix_message({}, data.bytes()).bytes()));
    const Json& record = json["message"]["flow-sets"][0]["records"][0];
    EXPECT_EQ(record["scope-values"][0]["value"], "AAAABw==");
    EXPECT_EQ(record["option-values"][0]["value"], "AAAAZA==");
    EXPECT_EQ(pipeline_.stats().templates_learnt, 1U);
}

TEST_F(RawPipelineTest, WhatIsWrongIsCountedAndTheRestIsWritten) {
    const ByteBuilder data = set(300, ByteBuilder{}.u32(7).bytes());
    const Json json =
        Json::parse(process(ipfix_message({}, data.bytes()).bytes(), Error::unknown_template));
    EXPECT_EQ(json["message"]["flow-sets"][0]["records"], "AAAABw==");
    EXPECT_EQ(process({}, Error::empty), "");
    EXPECT_EQ(process(ByteBuilder{}.u32(0x000a0000).bytes(), Error::truncated), "");
    EXPECT_EQ(process(ByteBuilder{}.u32(0xffff0000).bytes(), Error::unknown_protocol), "");
    EXPECT_EQ(pipeline_.stats().datagrams, 4U);
    EXPECT_EQ(pipeline_.stats().decoded, 0U);
    EXPECT_EQ(pipeline_.stats().flows, 1U);
}

TEST_F(RawPipelineTest, AMessageThatFitsNoBatchIsCounted) {
    const ByteBuilder learnt =
        set(2, template_record(256, Fields(100, TemplateField{4, 1, 0})).bytes());
    static_cast<void>(process(ipfix_message({}, learnt.bytes()).bytes()));
    const ByteBuilder data = set(256, ByteBuilder{}.fill(4000, 6).bytes());
    EXPECT_EQ(process(ipfix_message({}, data.bytes()).bytes()), "");
    EXPECT_EQ(pipeline_.stats().flows_too_large, 1U);
}

TEST(RawText, SaysWhatGoflow2Says) {
    VectorSink sink;
    RawPipeline<VectorSink> pipeline{raw::Shape::text, produce::Settings{}, sink, PipelineLimits{}};
    const auto line = [&](const ByteBuilder& payload) {
        EXPECT_EQ(pipeline.process(datagram(payload.bytes())), Error::none);
        const auto bytes = sink.messages.back().bytes();
        return std::string{bytes.begin(), bytes.end()};
    };
    const std::string head = "2023-11-14T22:13:20Z 192.0.2.1:50000: ";
    EXPECT_EQ(line(netflow9_message({.count = 3})), head + "NetFlowV9 count:3 seq:78");
    EXPECT_EQ(line(ipfix_message({}, {})), head + "IPFIX count:16 seq:79");
    EXPECT_EQ(line(netflow5_message({.count = 0})), head + "NetFlowV5 seq:77 count:0");
    EXPECT_EQ(line(sflow_message({.sample_count = 0}, {})),
              head + "sFlow5 agent:10.0.0.254 seq:80 count:0");
}

}  // namespace
}  // namespace flow
