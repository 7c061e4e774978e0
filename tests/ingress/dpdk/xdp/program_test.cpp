// SPDX-License-Identifier: BSD-3-Clause
// The prepared program: what it refuses, the file that it is, and what the kernel says of it.
#include "ingress/dpdk/xdp/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "ingress/dpdk/xdp/loaded.hpp"

namespace flowd::dpdk::xdp {
namespace {

std::string contents(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

flow::Address numbered(std::uint8_t size, std::uint8_t number) {
    flow::Address address;
    address.size = size;
    address.octets[0] = 0x20;
    address.octets[3] = number;
    return address;
}

class XdpProgram : public ::testing::Test {
protected:
    void SetUp() override {
        if (embedded_object().empty()) GTEST_SKIP() << "built without clang: no XDP program";
    }
};

TEST(XdpProgramless, BuildsSayWhatIsMissing) {
    if (!embedded_object().empty()) GTEST_SKIP() << "built with the XDP program";
    EXPECT_EQ(Program::prepare(some_ports, {}).error().sentence,
              "net_af_xdp: this flowd was built without its XDP program (clang was missing): build "
              "it with clang, or give the device an xdp_prog= of your own");
}

TEST_F(XdpProgram, NeedsAPort) {
    EXPECT_EQ(Program::prepare({}, {}).error().sentence,
              "net_af_xdp: no UDP port to take: flowd listens to none");
}

TEST_F(XdpProgram, TakesThirtyTwoAddressesOfAFamily) {
    std::vector<flow::Address> addresses;
    for (std::uint8_t i = 0; i < 32; ++i) addresses.push_back(numbered(4, i));
    for (std::uint8_t i = 0; i < 32; ++i) addresses.push_back(numbered(16, i));
    EXPECT_TRUE(Program::prepare(some_ports, addresses));
    addresses.push_back(numbered(16, 33));
    EXPECT_EQ(Program::prepare(some_ports, addresses).error().sentence,
              "net_af_xdp: more than 32 IPv6 addresses: the XDP program holds no more");
    addresses.back() = numbered(4, 33);
    EXPECT_EQ(Program::prepare(some_ports, addresses).error().sentence,
              "net_af_xdp: more than 32 IPv4 addresses: the XDP program holds no more");
    addresses.assign(1, {});
    EXPECT_EQ(Program::prepare(some_ports, addresses).error().sentence,
              "net_af_xdp: an address to take is empty");
}

TEST_F(XdpProgram, IsAFileThatNobodyCanChangeAndThatEndsWithIt) {
    std::string path;
    {
        auto prepared = Program::prepare(some_ports, {});
        ASSERT_TRUE(prepared) << prepared.error().sentence;
        const Program program = std::move(*prepared);
        path = program.path();
        EXPECT_EQ(contents(path).size(), embedded_object().size());
        EXPECT_EQ(contents(path).substr(0, 4),
                  "\x7f"
                  "ELF");
        const int file = open(path.c_str(), O_WRONLY);
        EXPECT_TRUE(file < 0 || write(file, "x", 1) < 0);
        if (file >= 0) close(file);
    }
    EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST_F(XdpProgram, DiffersByItsSettingsOnly) {
    const auto one = Program::prepare(some_ports, {});
    const auto same = Program::prepare(some_ports, {});
    const std::array<std::uint16_t, 1> other_ports{2056};
    const auto other = Program::prepare(other_ports, {});
    EXPECT_EQ(contents(one->path()), contents(same->path()));
    EXPECT_NE(contents(one->path()), contents(other->path()));
}

TEST_F(XdpProgram, IsAcceptedByTheKernelWithAnySettings) {
    std::vector<flow::Address> addresses;
    for (std::uint8_t i = 0; i < 64; ++i) addresses.push_back(numbered(i < 32 ? 4 : 16, i));
    for (const std::size_t count : {0, 1, 32, 33, 64}) {
        Loaded loaded{some_ports, Addresses{addresses}.first(count)};
        if (loaded.may_not()) GTEST_SKIP() << "loading XDP programs is not permitted";
        EXPECT_GE(loaded.file(), 0) << count << " addresses: " << loaded.error();
        EXPECT_EQ(loaded.name(), program_name);
    }
}

}  // namespace
}  // namespace flowd::dpdk::xdp
