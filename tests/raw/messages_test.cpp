// SPDX-License-Identifier: BSD-3-Clause
// Datagrams built field by field, and what nlohmann::json finds in their raw messages.
#include "flow/raw/messages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/byte_builder.hpp"
#include "support/netflow_builder.hpp"
#include "support/sflow_builder.hpp"

namespace flow::raw {
namespace {

using namespace flow::test;
using Json = nlohmann::ordered_json;

constexpr std::size_t room = 64 * 1024;

class RawMessages : public ::testing::Test {
protected:
    template <class Write>
    Json written(Write write) {
        std::vector<std::uint8_t> memory(room);
        JsonWriter out{memory};
        write(out);
        EXPECT_FALSE(out.failed());
        return Json::parse(memory.begin(), memory.begin() + (out.end() - memory.data()));
    }
    Json netflow9(Bytes payload) {
        return written(
            [&](JsonWriter& out) { write_netflow9(out, payload, templates_, 1, layout_); });
    }
    Json ipfix(Bytes payload) {
        return written([&](JsonWriter& out) { write_ipfix(out, payload, templates_, 1, layout_); });
    }
    void learn(std::uint8_t version, std::uint16_t id, const Fields& fields, bool options = false) {
        ASSERT_TRUE(templates_.put({1, 1, version}, {id, options, fields}));
    }

    TemplateStore templates_{{.exporters_max = 4, .templates_max = 8}, 1};
    VariableLayout layout_;
};

TEST_F(RawMessages, OfNetflow5HasHeaderAndRecords) {
    ByteBuilder payload = netflow5_message({.count = 1, .nanoseconds = 5, .sampling = 0x4064});
    add_netflow5_record(payload);
    const Json json = written([&](JsonWriter& out) { write_netflow5(out, payload.bytes()); });
    EXPECT_EQ(json["version"], 5);
    EXPECT_EQ(json["unix-nsecs"], 5);
    EXPECT_EQ(json["flow-sequence"], 77);
    EXPECT_EQ(json["sampling-interval"], 0x4064);
    ASSERT_EQ(json["records"].size(), 1U);
    const Json& record = json["records"][0];
    EXPECT_EQ(record["src-addr"], "10.0.0.1");
    EXPECT_EQ(record["next-hop"], "10.0.0.3");
    EXPECT_EQ(record["doctets"], 590);
    EXPECT_EQ(record["tcp-flags"], 0x1b);
    EXPECT_EQ(record["dst-mask"], 16);
    EXPECT_EQ(record.size(), 20U);
}

TEST_F(RawMessages, OfNetflow5HasNoRecordThatIsNotThere) {
    const ByteBuilder payload = netflow5_message({.count = 30});
    const Json json = written([&](JsonWriter& out) { write_netflow5(out, payload.bytes()); });
    EXPECT_EQ(json["count"], 30);
    EXPECT_TRUE(json["records"].empty());
}

TEST_F(RawMessages, OfNetflow9ListTemplatesOptionsAndData) {
    learn(9, 256, {{8, 4}, {4, 1}});
    ByteBuilder payload = netflow9_message({.count = 3, .source_id = 1});
    payload.bytes(set(0, template_record(256, Fields{{8, 4}, {4, 1}}).bytes()).bytes());
    payload.bytes(
        set(1, netflow9_options_record(257, Fields{{1, 4}}, Fields{{34, 4}}).bytes()).bytes());
    payload.bytes(set(256, ByteBuilder{}.raw({10, 0, 0, 1, 17}).fill(3).bytes()).bytes());
    const Json json = netflow9(payload.bytes());
    EXPECT_EQ(json["system-uptime"], 100'000);
    EXPECT_EQ(json["source-id"], 1);
    ASSERT_EQ(json["flow-sets"].size(), 3U);

    const Json& learnt = json["flow-sets"][0]["records"][0];
    EXPECT_EQ(learnt["template-id"], 256);
    EXPECT_EQ(learnt["fields"].dump(), R"([{"pen-provided":false,"type":8,"length":4,"pen":0},)"
                                       R"({"pen-provided":false,"type":4,"length":1,"pen":0}])");
    const Json& options = json["flow-sets"][1]["records"][0];
    EXPECT_EQ(options["scope-length"], 4);
    EXPECT_EQ(options["scopes"][0]["type"], 1);
    EXPECT_EQ(options["options"][0]["type"], 34);
    const Json& data = json["flow-sets"][2];
    EXPECT_EQ(data["id"], 256);
    EXPECT_EQ(data["length"], 12);
    ASSERT_EQ(data["records"].size(), 1U);
    EXPECT_EQ(data["records"][0]["values"][0]["value"], "CgAAAQ==");
    EXPECT_EQ(data["records"][0]["values"][1]["value"], "EQ==");
}

TEST_F(RawMessages, OfIpfixHaveEnterprisesScopesAndVariableLengths) {
    learn(10, 300, {{82, variable_length}, {100, 2, 9}});
    const ByteBuilder sets =
        ByteBuilder{}
            .bytes(set(2, template_record(300, Fields{{82, variable_length}, {100, 2, 9}}).bytes())
                       .bytes())
            .bytes(set(3, ipfix_options_record(301, Fields{{149, 4}}, Fields{{305, 4}}).bytes())
                       .bytes())
            .bytes(set(300, ByteBuilder{}.u8(2).raw({'l', 'o'}).u16(7).bytes()).bytes())
            .bytes(set(999, ByteBuilder{}.u32(1).bytes()).bytes());
    const Json json = ipfix(ipfix_message({}, sets.bytes()).bytes());
    EXPECT_EQ(json["observation-domain-id"], 1);
    ASSERT_EQ(json["flow-sets"].size(), 4U);
    const Json& fields = json["flow-sets"][0]["records"][0]["fields"];
    EXPECT_EQ(fields[1].dump(), R"({"pen-provided":true,"type":100,"length":2,"pen":9})");
    const Json& options = json["flow-sets"][1]["records"][0];
    EXPECT_EQ(options["scope-field-count"], 1);
    EXPECT_EQ(options["scopes"][0]["type"], 149);
    EXPECT_EQ(options["options"][0]["type"], 305);
    const Json& values = json["flow-sets"][2]["records"][0]["values"];
    EXPECT_EQ(values[0]["value"], "bG8=");
    EXPECT_EQ(values[1]["pen"], 9);
    EXPECT_EQ(json["flow-sets"][3]["records"], "AAAAAQ==");  // no template
}

TEST_F(RawMessages, OfSflowHaveSamplesAndTheirRecords) {
    const ByteBuilder frame = ByteBuilder{}.fill(14, 1);
    const ByteBuilder router =
        tagged(1002, ByteBuilder{}.u32(1).raw({10, 0, 0, 9}).u32(24).u32(16).bytes());
    const ByteBuilder records =
        ByteBuilder{}.bytes(raw_header(1, 64, frame.bytes()).bytes()).bytes(router.bytes());
    const ByteBuilder sample = tagged(1, flow_sample({.record_count = 2}, records.bytes()).bytes());
    const ByteBuilder payload = sflow_message({}, sample.bytes());
    const Json json = written([&](JsonWriter& out) { write_sflow(out, payload.bytes()); });
    EXPECT_EQ(json["agent-ip"], "10.0.0.254");
    EXPECT_EQ(json["uptime"], 5000);
    ASSERT_EQ(json["samples"].size(), 1U);
    const Json& first = json["samples"][0];
    EXPECT_EQ(first["header"]["format"], 1);
    EXPECT_EQ(first["header"]["source-id-value"], 3);
    EXPECT_EQ(first["sampling-rate"], 512);
    EXPECT_EQ(first["flow-records-count"], 2);
    ASSERT_EQ(first["records"].size(), 2U);
    EXPECT_EQ(first["records"][0]["data"]["frame-length"], 64);
    EXPECT_EQ(first["records"][0]["data"]["header-data"], "AQEBAQEBAQEBAQEBAQE=");
    EXPECT_EQ(first["records"][1]["data"]["next-hop"], "10.0.0.9");
}

TEST_F(RawMessages, OfSflowGatewaysHaveEverySegment) {
    ByteBuilder body;
    body.u32(1).raw({10, 0, 0, 9}).u32(64500).u32(64501).u32(64502).u32(2);
    body.u32(2).u32(2).u32(1).u32(2).u32(1).u32(1).u32(3);  // a sequence of two, a set of one
    body.u32(1).u32(77).u32(100);
    const ByteBuilder record = tagged(1003, body.bytes());
    const ByteBuilder sample = tagged(1, flow_sample({}, record.bytes()).bytes());
    const ByteBuilder payload = sflow_message({}, sample.bytes());
    const Json json = written([&](JsonWriter& out) { write_sflow(out, payload.bytes()); });
    const Json& data = json["samples"][0]["records"][0]["data"];
    EXPECT_EQ(data["as-path"].dump(), "[1,2,3]");
    EXPECT_EQ(data["as-path-length"], 3);
    EXPECT_EQ(data["communities"].dump(), "[77]");
    EXPECT_EQ(data["local-pref"], 100);
}

TEST_F(RawMessages, OfDiscardedPacketsHaveReasonAndExtensions) {
    const ByteBuilder acl =
        tagged(1037, ByteBuilder{}.u32(7).u32(3).raw({'a', 'c', 'l', 0}).u32(1).bytes());
    ByteBuilder body;
    body.u32(1).u32(0).u32(3).u32(9).u32(4).u32(5).u32(262).u32(1).bytes(acl.bytes());
    const ByteBuilder payload = sflow_message({}, tagged(5, body.bytes()).bytes());
    const Json json = written([&](JsonWriter& out) { write_sflow(out, payload.bytes()); });
    const Json& sample = json["samples"][0];
    EXPECT_EQ(sample["reason"], 262);
    EXPECT_EQ(sample["header"]["source-id-value"], 3);
    EXPECT_EQ(sample["records"][0]["data"].dump(), R"({"number":7,"name":"acl","direction":1})");
}

TEST_F(RawMessages, CutAnywhereStayJson) {
    ByteBuilder body;
    body.u32(1).raw({10, 0, 0, 9}).u32(64500).u32(64501).u32(64502).u32(1).u32(2).u32(2);
    body.u32(1).u32(2).u32(1).u32(77).u32(100);
    const ByteBuilder sample =
        tagged(1, flow_sample({}, tagged(1003, body.bytes()).bytes()).bytes());
    const ByteBuilder payload = sflow_message({}, sample.bytes());
    for (std::size_t size = 28; size <= payload.size(); ++size) {
        const std::vector<std::uint8_t> cut{
            payload.bytes().begin(), payload.bytes().begin() + static_cast<std::ptrdiff_t>(size)};
        const Json json = written([&](JsonWriter& out) { write_sflow(out, cut); });
        EXPECT_LE(json["samples"].size(), 1U) << size;
    }
}

}  // namespace
}  // namespace flow::raw
