// SPDX-License-Identifier: BSD-3-Clause
// What the texts of [port] mean, and what is said about those that mean nothing.
#include "ingress/dpdk/port_options.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace flowd::dpdk {
namespace {

TEST(PortOptions, KnowsPciAddressesAndVirtualDevices) {
    EXPECT_EQ(kind_of("0000:3b:00.0"), DeviceKind::pci);
    EXPECT_EQ(kind_of("3b:00.1"), DeviceKind::pci);
    EXPECT_EQ(kind_of("0000:3b:00.0,representor=0"), DeviceKind::pci);
    EXPECT_EQ(kind_of("net_af_xdp0,iface=eth1"), DeviceKind::virtual_device);
    for (const char* text :
         {"", "eth1", "0000:3b:00", "3b:00.8", "zz:00.0", "3b-00.0", ":3b:00.0"}) {
        EXPECT_EQ(kind_of(text), DeviceKind::none) << text;
    }
    EXPECT_EQ(device_name("3b:00.1,x=1"), "0000:3b:00.1");
    EXPECT_EQ(device_name("0001:3b:00.1"), "0001:3b:00.1");
    EXPECT_EQ(device_name("net_af_xdp0,iface=eth1"), "net_af_xdp0");
}

TEST(PortOptions, TextsBecomeValues) {
    PortOptions options;
    options.mac = "02:00:5e:AA:bb:01";
    options.vlans = {"0", "4094"};
    options.addresses = {"192.0.2.10/24", "2001:db8::10/64"};
    options.gateways = {"192.0.2.1", "fe80::1"};
    options.groups = {"239.1.2.3", "ff05::7"};
    const auto identity = identity_of(options);
    ASSERT_TRUE(identity) << identity.error().sentence;
    EXPECT_EQ(identity->mac, (std::vector<std::uint8_t>{2, 0, 0x5e, 0xaa, 0xbb, 1}));
    EXPECT_EQ(identity->vlans, (std::vector<std::uint16_t>{0, 4094}));
    ASSERT_EQ(identity->addresses.size(), 2U);
    const std::vector<std::uint8_t> own{192, 0, 2, 10};
    EXPECT_EQ(identity->addresses[0].address, flow::Address::from(own)) << "not the network";
    EXPECT_EQ(identity->addresses[0].bits, 24);
    EXPECT_EQ(identity->addresses[1].bits, 64);
    EXPECT_EQ(identity->gateways.size(), 2U);
    EXPECT_EQ(identity->groups.size(), 2U);
}

TEST(PortOptions, WhatMeansNothingIsSaidWithItsKey) {
    const auto sentence = [](auto change) {
        PortOptions options;
        options.addresses = {"192.0.2.10/24"};
        change(options);
        const auto identity = identity_of(options);
        return identity ? std::string{} : identity.error().sentence;
    };
    EXPECT_EQ(sentence([](PortOptions&) {}), "");
    for (const char* mac : {"02:00:00:00:00", "02-00-00-00-00-01", "02:00:00:00:00:0g"}) {
        EXPECT_NE(sentence([&](PortOptions& port) { port.mac = mac; }).find("port.mac"),
                  std::string::npos)
            << mac;
    }
    EXPECT_NE(sentence([](PortOptions& port) { port.mac = "01:00:00:00:00:01"; }).find("group's"),
              std::string::npos);
    EXPECT_NE(sentence([](PortOptions& port) { port.vlans = {"4095"}; }).find("4094"),
              std::string::npos);
    for (const char* address : {"192.0.2.10", "192.0.2.10/33", "x/24", "239.0.0.1/24"}) {
        EXPECT_NE(
            sentence([&](PortOptions& port) { port.addresses = {address}; }).find("port.addresses"),
            std::string::npos)
            << address;
    }
    EXPECT_NE(
        sentence([](PortOptions& port) { port.gateways = {"192.0.2.0/24"}; }).find("gateways"),
        std::string::npos);
    EXPECT_NE(sentence([](PortOptions& port) { port.groups = {"192.0.2.1"}; }).find("groups"),
              std::string::npos);
    EXPECT_NE(sentence([](PortOptions& port) {
                  port.addresses.clear();
                  port.groups = {"239.1.2.3"};
              }).find("port.addresses"),
              std::string::npos);
}

TEST(PortOptions, PortsAreToldApart) {
    PortTables ports;
    EXPECT_FALSE(failed(check(ports))) << "without a device whatever the EAL finds is used";
    ports.single.device = "eth1";
    EXPECT_NE(check(ports).sentence.find("neither a PCI address"), std::string::npos);
    ports.several.push_back({.device = "3b:00.0"});
    EXPECT_FALSE(failed(check(ports))) << "the several count";
    ports.several.push_back({.device = "0000:3b:00.0,x=1"});
    EXPECT_NE(check(ports).sentence.find("twice"), std::string::npos);
    ports.several.back().device.clear();
    EXPECT_NE(check(ports).sentence.find("every [[port]]"), std::string::npos);
}

}  // namespace
}  // namespace flowd::dpdk
