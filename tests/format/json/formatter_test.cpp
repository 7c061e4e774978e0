// SPDX-License-Identifier: BSD-3-Clause
// JSON: the exact line of goflow2 v1.3.7, and any flow as nlohmann::json reads it back.
#include "flow/format/json/formatter.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "../render/judge.hpp"
#include "../render/random_flow.hpp"
#include "flow/model/flow_type.hpp"

namespace flow::json {
namespace {

using Json = nlohmann::ordered_json;

Json expected(const Flow& flow, Column column, Render render) {
    switch (render) {
        case Render::number: return flow.number(column);
        case Render::boolean: return flow.number(column) != 0;
        case Render::flow_type: {
            const std::uint64_t type = flow.number(column);
            if (type > 4) return std::to_string(type);
            return std::string{flow_type_name(static_cast<FlowType>(type))};
        }
        case Render::ip: return test::judged_ip(flow.bytes(column));
        case Render::mac: return test::judged_mac(flow.number(column));
        case Render::byte_list: {
            Json list = Json::array();
            for (const std::uint8_t octet : flow.bytes(column)) list.push_back(octet);
            return list;
        }
        case Render::number_list: {
            Json list = Json::array();
            for (const std::uint32_t number : flow.list(column)) list.push_back(number);
            return list;
        }
    }
    return {};
}

Json expected(const Flow& flow, const Schema& schema) {
    Json object = Json::object();
    for (const Column column : schema.columns()) {
        const ColumnField& field = schema.field(column);
        object[std::string{field.key}] = expected(flow, column, field.render);
    }
    return object;
}

TEST(JsonFormatter, NetflowV5FlowPrintsAsGoflow2Does) {
    const Formatter format{Schema::all(Profile::goflow2_v1)};
    const test::NetflowV5Flow sample;
    EXPECT_EQ(test::line_within_bound(format, sample.flow()),
              R"({"Type":"NETFLOW_V5","TimeReceived":1700000000,"SequenceNum":25661)"
              R"(,"SamplingRate":0,"FlowDirection":0,"SamplerAddress":"192.0.2.1")"
              R"(,"TimeFlowStart":1540209169,"TimeFlowEnd":1540209169)"
              R"(,"TimeFlowStartMs":1540209168828,"TimeFlowEndMs":1540209168832,"Bytes":590)"
              R"(,"Packets":5,"SrcAddr":"10.128.2.121","DstAddr":"10.128.2.1","Etype":2048)"
              R"(,"Proto":6,"SrcPort":8080,"DstPort":47384,"InIf":9,"OutIf":2)"
              R"(,"SrcMac":"00:00:00:00:00:00","DstMac":"00:00:00:00:00:00","SrcVlan":0)"
              R"(,"DstVlan":0,"VlanId":0,"IngressVrfId":0,"EgressVrfId":0,"IpTos":0)"
              R"(,"ForwardingStatus":0,"IpTtl":0,"TcpFlags":27,"IcmpType":0,"IcmpCode":0)"
              R"(,"Ipv6FlowLabel":0,"FragmentId":0,"FragmentOffset":0,"BiFlowDirection":0)"
              R"(,"SrcAs":0,"DstAs":0,"NextHop":"0.0.0.0","NextHopAs":0,"SrcNet":0,"DstNet":0)"
              R"(,"BgpNextHop":[],"BgpCommunities":[],"AsPath":[],"HasMpls":false,"MplsCount":0)"
              R"(,"Mpls_1Ttl":0,"Mpls_1Label":0,"Mpls_2Ttl":0,"Mpls_2Label":0,"Mpls_3Ttl":0)"
              R"(,"Mpls_3Label":0,"MplsLastTtl":0,"MplsLastLabel":0,"MplsLabelIp":[])"
              R"(,"ObservationDomainId":0,"ObservationPointId":0,"CustomInteger_1":0)"
              R"(,"CustomInteger_2":0,"CustomInteger_3":0,"CustomInteger_4":0)"
              R"(,"CustomInteger_5":0,"CustomBytes_1":[],"CustomBytes_2":[],"CustomBytes_3":[])"
              R"(,"CustomBytes_4":[],"CustomBytes_5":[],"CustomList_1":[]})");
}

TEST(JsonFormatter, AnyFlowReadsBackWithEveryColumnInOrder) {
    const auto schema = Schema::all(Profile::goflow2_v1);
    const Formatter format{schema};
    std::mt19937_64 random{8259};
    for (int i = 0; i < 3'000; ++i) {
        const test::RandomFlow sample{random};
        const std::string line = test::line_within_bound(format, sample.flow());
        const Json parsed = Json::parse(line, nullptr, false);
        ASSERT_FALSE(parsed.is_discarded()) << line;
        const Json wanted = expected(sample.flow(), schema);
        // Equal as text: the same values, the same order of keys, nothing between the tokens.
        ASSERT_EQ(parsed.dump(), wanted.dump());
        ASSERT_EQ(line, wanted.dump());
        if (HasFailure()) return;
    }
}

TEST(JsonFormatter, UnknownFlowTypePrintsAsQuotedNumber) {
    const Formatter format{Schema::all(Profile::goflow2_v1)};
    Flow flow;
    flow.set(Column::type, std::uint64_t{7});
    const std::string line = test::line_within_bound(format, flow);
    EXPECT_TRUE(line.starts_with(R"({"Type":"7","TimeReceived":0,)")) << line;
}

TEST(JsonFormatter, AddressOfAnotherSizePrintsAsEmptyString) {
    const Formatter format{Schema::all(Profile::goflow2_v1)};
    const std::vector<std::uint8_t> octets(17, 1);
    for (const std::size_t size : {1U, 3U, 5U, 15U, 17U}) {
        Flow flow;
        flow.set(Column::src_addr, Bytes{octets.data(), size});
        const Json parsed = Json::parse(test::line_within_bound(format, flow));
        EXPECT_EQ(parsed["SrcAddr"], "") << size;
    }
}

TEST(JsonFormatter, AddressThatIsNoIpColumnPrintsAsBytes) {
    const Formatter format{Schema::all(Profile::goflow2_v1)};
    const std::vector<std::uint8_t> octets{10, 0, 0, 1};
    Flow flow;
    flow.set(Column::bgp_next_hop, Bytes{octets});
    const std::string line = test::line_within_bound(format, flow);
    EXPECT_NE(line.find(R"(,"BgpNextHop":[10,0,0,1],"BgpCommunities":[],)"), std::string::npos);
}

TEST(JsonFormatter, WidestFlowStaysWithinItsBound) {
    const auto schema = Schema::all(Profile::goflow2_v1);
    const Formatter format{schema};
    const test::WidestFlow widest;
    const std::string line = test::line_within_bound(format, widest.flow());
    EXPECT_EQ(line, expected(widest.flow(), schema).dump());
}

}  // namespace
}  // namespace flow::json
