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
        default: break;
    }
    ADD_FAILURE() << info(column).name << ": no judge for its rendering";
    return {};
}

Json expected(const Flow& flow, const Schema& schema) {
    Json object = Json::object();
    for (const Column column : schema.columns()) {
        const ColumnField field = schema.field(column);
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

/// The same flow in goflow2 v2's shape, digit for digit what 2.2.6 prints.
TEST(JsonFormatter, NetflowV5FlowPrintsAsGoflow2V2Does) {
    const Formatter format{Schema::all(Profile::goflow2_v2)};
    const test::NetflowV5Flow sample;
    Flow flow = sample.flow();
    flow.set(Column::time_received_ns, std::uint64_t{1700000000123456789});
    flow.set(Column::time_flow_start_ns, std::uint64_t{1540209168921810119});
    flow.set(Column::time_flow_end_ns, std::uint64_t{1540209168925810119});
    EXPECT_EQ(test::line_within_bound(format, flow),
              R"({"type":"NETFLOW_V5","time_received_ns":1700000000123456789)"
              R"(,"sequence_num":25661,"sampling_rate":0,"sampler_address":"192.0.2.1")"
              R"(,"time_flow_start_ns":1540209168921810119)"
              R"(,"time_flow_end_ns":1540209168925810119,"bytes":590,"packets":5)"
              R"(,"src_addr":"10.128.2.121","dst_addr":"10.128.2.1","etype":"IPv4")"
              R"(,"proto":"TCP","src_port":8080,"dst_port":47384,"in_if":9,"out_if":2)"
              R"(,"src_mac":"00:00:00:00:00:00","dst_mac":"00:00:00:00:00:00","src_vlan":0)"
              R"(,"dst_vlan":0,"vlan_id":0,"ip_tos":0,"forwarding_status":0,"ip_ttl":0)"
              R"(,"ip_flags":0,"tcp_flags":27,"icmp_type":0,"icmp_code":0)"
              R"(,"ipv6_flow_label":0,"fragment_id":0,"fragment_offset":0,"src_as":0)"
              R"(,"dst_as":0,"next_hop":"0.0.0.0","next_hop_as":0,"src_net":"0.0.0.0/0")"
              R"(,"dst_net":"0.0.0.0/0","bgp_next_hop":"","bgp_communities":[],"as_path":[])"
              R"(,"mpls_ttl":[],"mpls_label":[],"mpls_ip":[],"observation_domain_id":0)"
              R"(,"observation_point_id":0,"layer_stack":[],"layer_size":[])"
              R"(,"ipv6_routing_header_addresses":[],"ipv6_routing_header_seg_left":0})");
}

TEST(JsonFormatter, ListsOfGoflow2V2PrintEachElementOnItsOwn) {
    Schema schema = Schema::all(Profile::goflow2_v2);
    schema.clear_line();
    for (const Column column : {Column::layer_stack, Column::layer_size, Column::mpls_ip}) {
        const ColumnField field = schema.field(column);
        schema.add_item({.column = column, .render = field.render, .key = field.key});
    }
    const std::array<std::uint32_t, 3> layers{0, 1, 200};
    const std::array<std::uint32_t, 2> sizes{14, 20};
    const std::array<std::uint8_t, 4> address{10, 0, 0, 1};
    const std::array<Bytes, 2> addresses{Bytes{address}, Bytes{}};
    Flow flow;
    flow.set(Column::layer_stack, std::span<const std::uint32_t>{layers});
    flow.set(Column::layer_size, std::span<const std::uint32_t>{sizes});
    flow.set(Column::mpls_ip, std::span<const Bytes>{addresses});
    EXPECT_EQ(test::line_within_bound(Formatter{schema}, flow),
              R"({"layer_stack":["Ethernet","IPv4","200"],"layer_size":[14,20],)"
              R"("mpls_ip":["10.0.0.1",""]})");
}

Schema custom_schema() {
    Schema schema = Schema::all(Profile::goflow2_v2);
    using Type = CustomColumn::Type;
    EXPECT_TRUE(schema.add_custom({.name = "n", .number = 999, .type = Type::varint}));
    EXPECT_TRUE(schema.add_custom({.name = "s", .number = 998, .type = Type::string}));
    EXPECT_TRUE(schema.add_custom({"a", 997, Type::varint, true}));
    schema.clear_line();
    const auto add = [&](std::size_t index, Render render, std::string_view key, bool always) {
        schema.add_item({custom_column(index), render, key, always});
    };
    add(0, Render::none, "n", false);
    add(1, Render::text, "s", true);
    add(2, Render::none, "a", false);
    schema.add_item({.column = Column::bytes, .render = Render::number, .key = "bytes"});
    return schema;
}

TEST(JsonFormatter, CustomColumnsWithoutValueAreLeftOut) {
    EXPECT_EQ(test::line_within_bound(Formatter{custom_schema()}, Flow{}), R"({"s":"","bytes":0})");
}

TEST(JsonFormatter, CustomColumnsWithoutValueThatArePrintedSayNothingTheirWay) {
    Schema schema = Schema::all(Profile::goflow2_v2);
    using Type = CustomColumn::Type;
    EXPECT_TRUE(schema.add_custom({.name = "n", .number = 999, .type = Type::varint}));
    EXPECT_TRUE(schema.add_custom({"a", 997, Type::bytes, true}));
    schema.clear_line();
    schema.add_item({custom_column(0), Render::etype_name, "e", true});
    schema.add_item({custom_column(0), Render::proto_name, "p", true});
    schema.add_item({custom_column(1), Render::text, "a", true});
    EXPECT_EQ(test::line_within_bound(Formatter{schema}, Flow{}),
              R"({"e":"unknown","p":"unknown","a":[]})");
}

TEST(JsonFormatter, CustomColumnsPrintTheLastValueAndArraysAll) {
    const std::string_view name = "a\"<\n";
    Flow flow;
    flow.append({custom_column(0), 1, {}});
    flow.append({custom_column(2), 3, {}});
    flow.append({custom_column(0), 2, {}});
    flow.append({custom_column(2), 0, {}});
    flow.append(
        {custom_column(1), 0, {reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}});
    EXPECT_EQ(test::line_within_bound(Formatter{custom_schema()}, flow),
              R"({"n":2,"s":"a\"\u003c\u000a","a":[3,0],"bytes":0})");
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
