// SPDX-License-Identifier: BSD-3-Clause
// LayerKind: the numbers and names of goflow2 v2's enum, and flowd's own behind them.
#include "flow/model/layer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace flow {
namespace {

TEST(LayerKind, NamesAndNumbersAreGoflow2s) {
    constexpr std::array<std::string_view, 14> goflow2{"Ethernet",
                                                       "IPv4",
                                                       "IPv6",
                                                       "TCP",
                                                       "UDP",
                                                       "MPLS",
                                                       "Dot1Q",
                                                       "ICMP",
                                                       "ICMPv6",
                                                       "GRE",
                                                       "IPv6HeaderRouting",
                                                       "IPv6HeaderFragment",
                                                       "Geneve",
                                                       "Teredo"};
    for (std::size_t i = 0; i < goflow2.size(); ++i) {
        EXPECT_EQ(layer_name(static_cast<LayerKind>(i)), goflow2[i]);
    }
    EXPECT_EQ(layer_name(static_cast<LayerKind>(99)), "Custom");
}

TEST(LayerKind, FlowdsOwnFollow) {
    EXPECT_EQ(layer_name(static_cast<LayerKind>(14)), "VXLAN");
    EXPECT_EQ(layer_name(static_cast<LayerKind>(15)), "PPPoE");
    EXPECT_EQ(layer_name(static_cast<LayerKind>(16)), "IPv6HeaderOptions");
}

TEST(LayerKind, AnyOtherNumberHasNoName) {
    EXPECT_EQ(layer_name(static_cast<LayerKind>(17)), "");
    EXPECT_EQ(layer_name(static_cast<LayerKind>(98)), "");
    EXPECT_EQ(layer_name(static_cast<LayerKind>(255)), "");
}

}  // namespace
}  // namespace flow
