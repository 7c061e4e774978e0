// SPDX-License-Identifier: BSD-3-Clause
// What a virtual device's text says, and what is added to it.
#include "ingress/dpdk/xdp/device.hpp"

#include <gtest/gtest.h>

namespace flowd::dpdk::xdp {
namespace {

TEST(XdpDevice, DriverIsKnownByTheNameInFront) {
    EXPECT_TRUE(is_af_xdp("net_af_xdp0,iface=eth1"));
    EXPECT_TRUE(is_af_xdp("net_af_xdp"));
    EXPECT_FALSE(is_af_xdp("net_af_packet0,iface=net_af_xdp0"));
    EXPECT_FALSE(is_af_xdp("0000:3b:00.0"));
    EXPECT_TRUE(is_af_packet("net_af_packet0,iface=eth1"));
    EXPECT_FALSE(is_af_packet("net_pcap0,iface=net_af_packet"));
}

TEST(XdpDevice, InterfaceIsTheLastOneGiven) {
    EXPECT_EQ(interface_of("net_af_xdp0,iface=eth1"), "eth1");
    EXPECT_EQ(interface_of("net_af_xdp0,start_queue=1,iface=eth1,queue_count=2"), "eth1");
    EXPECT_EQ(interface_of("net_af_xdp0,iface=eth1,iface=eth2"), "eth2");
    EXPECT_EQ(interface_of("net_af_xdp0"), "");
    EXPECT_EQ(interface_of("net_af_xdp0,myiface=eth1"), "");
    EXPECT_EQ(interface_of("net_af_xdp0,iface"), "");
    EXPECT_EQ(interface_of("iface=eth1"), "");
}

TEST(XdpDevice, ArgumentsAreFoundByTheirWholeKey) {
    EXPECT_TRUE(has_argument("net_af_xdp0,iface=eth1,xdp_prog=a.o", "xdp_prog"));
    EXPECT_FALSE(has_argument("net_af_xdp0,iface=eth1,xdp_prog2=a.o", "xdp_prog"));
    EXPECT_FALSE(has_argument("net_af_xdp0,iface=xdp_prog", "xdp_prog"));
    EXPECT_FALSE(has_argument("", "xdp_prog"));
}

TEST(XdpDevice, ProgramAndBudgetAreAddedWhereTheUserIsSilent) {
    const Program program;
    EXPECT_EQ(add_program("net_af_xdp0,iface=eth1", program),
              "net_af_xdp0,iface=eth1,xdp_prog=" + program.path() + ",busy_budget=0");
    EXPECT_EQ(add_program("net_af_xdp0,iface=eth1,busy_budget=64", program),
              "net_af_xdp0,iface=eth1,busy_budget=64,xdp_prog=" + program.path());
    EXPECT_EQ(add_program("net_af_xdp0,iface=eth1,xdp_prog=a.o,busy_budget=1", program),
              "net_af_xdp0,iface=eth1,xdp_prog=a.o,busy_budget=1");
    EXPECT_EQ(add_program("net_af_packet0,iface=eth1", program), "net_af_packet0,iface=eth1");
}

TEST(XdpDevice, FrameCountIsAddedToAfPacketWhereTheUserIsSilent) {
    EXPECT_EQ(add_frame_count("net_af_packet0,iface=eth1"),
              "net_af_packet0,iface=eth1,framecnt=65536");
    EXPECT_EQ(add_frame_count("net_af_packet0,iface=eth1,framecnt=512"),
              "net_af_packet0,iface=eth1,framecnt=512");
    EXPECT_EQ(add_frame_count("net_af_xdp0,iface=eth1"), "net_af_xdp0,iface=eth1");
}

}  // namespace
}  // namespace flowd::dpdk::xdp
