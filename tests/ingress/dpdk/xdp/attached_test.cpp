// SPDX-License-Identifier: BSD-3-Clause
// What stays attached to a kernel interface: a tap device of a network namespace of the test's own.
// Attaching is what the driver does; the process that dies is tests/e2e/xdp_test.py's.
#include "ingress/dpdk/xdp/attached.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <memory>

#include "ingress/dpdk/xdp/loaded.hpp"

namespace flowd::dpdk::xdp {
namespace {

TEST(XdpAttached, MissingInterfacesAreSaid) {
    EXPECT_EQ(detach_stale("no-such-if").sentence,
              "net_af_xdp: no-such-if: there is no such interface");
    detach("no-such-if");
}

TEST(XdpAttached, DroppedFramesOfMissingInterfacesAreNone) {
    EXPECT_EQ(kernel_rx_dropped("no-such-if"), 0);
    EXPECT_EQ(kernel_rx_dropped(""), 0);
    EXPECT_EQ(kernel_rx_dropped("../../../../../etc"), 0);
}

/// Its tests run in a namespace that ends with the program.
class XdpInterface : public ::testing::Test {
protected:
    static constexpr const char* interface = "xdptap0";

    void SetUp() override {
        if (embedded_object().empty()) GTEST_SKIP() << "built without clang: no XDP program";
        if (unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "network namespaces are not permitted";
        device_ = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
        if (device_ < 0) GTEST_SKIP() << "no /dev/net/tun";
        ifreq request{};
        std::copy_n(interface, std::strlen(interface), request.ifr_name);
        request.ifr_flags = IFF_TAP | IFF_NO_PI;
        ASSERT_EQ(ioctl(device_, TUNSETIFF, &request), 0) << std::strerror(errno);
        loaded_ = std::make_unique<Loaded>(some_ports, Addresses{});
        if (loaded_->may_not()) GTEST_SKIP() << "loading XDP programs is not permitted";
        ASSERT_GE(loaded_->file(), 0) << loaded_->error();
    }
    void TearDown() override {
        if (device_ >= 0) close(device_);
    }

    static int index() { return static_cast<int>(if_nametoindex(interface)); }
    static std::uint32_t attached_id() {
        std::uint32_t id = 0;
        EXPECT_EQ(bpf_xdp_query_id(index(), 0, &id), 0);
        return id;
    }
    static void attach(int program, std::uint32_t flags = 0) {
        ASSERT_EQ(bpf_xdp_attach(index(), program, flags, nullptr), 0);
        ASSERT_NE(attached_id(), 0);
    }

    int device_ = -1;
    std::unique_ptr<Loaded> loaded_;
};

TEST_F(XdpInterface, WithoutAProgramIsFree) {
    EXPECT_EQ(detach_stale(interface).sentence, "");
    detach(interface);
}

TEST_F(XdpInterface, OurStaleProgramIsRemovedInEitherMode) {
    for (const std::uint32_t flags : {0U, XDP_FLAGS_DRV_MODE, XDP_FLAGS_SKB_MODE}) {
        attach(loaded_->file(), flags);
        EXPECT_EQ(detach_stale(interface).sentence, "");
        EXPECT_EQ(attached_id(), 0) << flags;
        attach(loaded_->file(), flags);
        detach(interface);
        EXPECT_EQ(attached_id(), 0) << flags;
    }
}

TEST_F(XdpInterface, ProgramsOfOthersStay) {
    const bpf_insn pass[]{
        {.code = BPF_ALU64 | BPF_MOV | BPF_K,
         .dst_reg = 0,
         .src_reg = 0,
         .off = 0,
         .imm = XDP_PASS},
        {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
    for (const char* name : {"firewall", "flowd_xdp2", "flowd_xd"}) {
        const int program = bpf_prog_load(BPF_PROG_TYPE_XDP, name, "BSD", pass, 2, nullptr);
        ASSERT_GE(program, 0);
        attach(program);
        const std::uint32_t id = attached_id();
        EXPECT_EQ(detach_stale(interface).sentence,
                  "net_af_xdp: xdptap0: XDP program " + std::to_string(id) + " (" + name +
                      ") is attached and not flowd's; to remove it: "
                      "ip link set dev xdptap0 xdp off");
        detach(interface);
        EXPECT_EQ(attached_id(), id);
        EXPECT_EQ(bpf_xdp_detach(index(), 0, nullptr), 0);
        close(program);
    }
}

}  // namespace
}  // namespace flowd::dpdk::xdp
