// SPDX-License-Identifier: BSD-3-Clause
// Text: the flow whose JSON line goflow2 v1.3.7 is known to print, and the same values as JSON.
#include "flow/format/text/formatter.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

#include "../render/random_flow.hpp"
#include "flow/format/json/formatter.hpp"

namespace flow::text {
namespace {

TEST(TextFormatter, NetflowV5FlowPrintsAsGoflow2Does) {
    const Formatter format{Schema::all(Profile::goflow2_v1)};
    const test::NetflowV5Flow sample;
    EXPECT_EQ(test::line_within_bound(format, sample.flow()),
              R"(Type="NETFLOW_V5" TimeReceived=1700000000 SequenceNum=25661 SamplingRate=0)"
              R"( FlowDirection=0 SamplerAddress="192.0.2.1" TimeFlowStart=1540209169)"
              R"( TimeFlowEnd=1540209169 TimeFlowStartMs=1540209168828)"
              R"( TimeFlowEndMs=1540209168832 Bytes=590 Packets=5 SrcAddr="10.128.2.121")"
              R"( DstAddr="10.128.2.1" Etype=2048 Proto=6 SrcPort=8080 DstPort=47384 InIf=9)"
              R"( OutIf=2 SrcMac="00:00:00:00:00:00" DstMac="00:00:00:00:00:00" SrcVlan=0)"
              R"( DstVlan=0 VlanId=0 IngressVrfId=0 EgressVrfId=0 IpTos=0 ForwardingStatus=0)"
              R"( IpTtl=0 TcpFlags=27 IcmpType=0 IcmpCode=0 Ipv6FlowLabel=0 FragmentId=0)"
              R"( FragmentOffset=0 BiFlowDirection=0 SrcAs=0 DstAs=0 NextHop="0.0.0.0")"
              R"( NextHopAs=0 SrcNet=0 DstNet=0 BgpNextHop=[] BgpCommunities=[] AsPath=[])"
              R"( HasMpls=false MplsCount=0 Mpls_1Ttl=0 Mpls_1Label=0 Mpls_2Ttl=0 Mpls_2Label=0)"
              R"( Mpls_3Ttl=0 Mpls_3Label=0 MplsLastTtl=0 MplsLastLabel=0 MplsLabelIp=[])"
              R"( ObservationDomainId=0 ObservationPointId=0 CustomInteger_1=0)"
              R"( CustomInteger_2=0 CustomInteger_3=0 CustomInteger_4=0 CustomInteger_5=0)"
              R"( CustomBytes_1=[] CustomBytes_2=[] CustomBytes_3=[] CustomBytes_4=[])"
              R"( CustomBytes_5=[] CustomList_1=[])");
}

/// The JSON line as text. No value holds a brace, a colon behind a quote or a comma before a quote.
std::string to_text(std::string json) {
    json = json.substr(1, json.size() - 2);
    std::string text;
    for (std::size_t key = 0; key < json.size();) {
        const std::size_t key_end = json.find("\":", key);
        std::size_t next = json.find(",\"", key_end);
        if (next == std::string::npos) next = json.size();
        if (!text.empty()) text += ' ';
        text += json.substr(key + 1, key_end - key - 1) + '=';
        text += json.substr(key_end + 2, next - key_end - 2);
        key = next + 1;
    }
    return text;
}

TEST(TextFormatter, AnyFlowHasTheValuesOfItsJsonLine) {
    const auto schema = Schema::all(Profile::goflow2_v1);
    const Formatter format{schema};
    const json::Formatter json{schema};
    std::mt19937_64 random{7};
    for (int i = 0; i < 2'000; ++i) {
        const test::RandomFlow sample{random};
        ASSERT_EQ(test::line_within_bound(format, sample.flow()),
                  to_text(test::line_within_bound(json, sample.flow())));
        if (HasFailure()) return;
    }
}

TEST(TextFormatter, EmptyValueAtTheEndOfTheLine) {
    const Formatter format{Schema::all(Profile::goflow2_v1)};
    const std::string line = test::line_within_bound(format, Flow{});
    EXPECT_TRUE(line.starts_with("Type=\"FLOWUNKNOWN\" TimeReceived=0 ")) << line;
    EXPECT_TRUE(line.ends_with(" CustomBytes_5=[] CustomList_1=[]")) << line;
}

}  // namespace
}  // namespace flow::text
