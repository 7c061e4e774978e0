// SPDX-License-Identifier: BSD-3-Clause
// What stays attached to a kernel interface: a tap device of a network namespace of the test's own.
// Attaching is what the driver does; the process that dies is tests/e2e/xdp_test.py's.
#include "ingress/dpdk/xdp/attached.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

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

/// Without CAP_SYS_ADMIN as long as it lives.
class Unprivileged {
public:
    Unprivileged() {
        syscall(SYS_capget, &header_, before_);
        __user_cap_data_struct less[2]{before_[0], before_[1]};
        less[0].effective &= ~(1U << CAP_SYS_ADMIN);
        EXPECT_EQ(syscall(SYS_capset, &header_, less), 0);
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
    ~Unprivileged() { EXPECT_EQ(syscall(SYS_capset, &header_, before_), 0); }

private:
    __user_cap_header_struct header_{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct before_[2]{};
};

/// Its tests run in a namespace that ends with the program.
class XdpInterface : public ::testing::Test {
protected:
    static constexpr const char* interface = "xdptap0";

    void SetUp() override {
        if (embedded_object().empty()) GTEST_SKIP() << "built without clang: no XDP program";
        if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) {
            GTEST_SKIP() << "namespaces are not permitted";
        }
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

    /// The interface is up, and /sys is that of this namespace.
    static bool is_prepared_for_frames() {
        const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        ifreq request{};
        std::copy_n(interface, std::strlen(interface), request.ifr_name);
        request.ifr_flags = IFF_UP;
        const bool is_up = ioctl(any, SIOCSIFFLAGS, &request) == 0;
        close(any);
        return is_up && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("none", "/sys", "sysfs", 0, nullptr) == 0;
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

TEST_F(XdpInterface, DroppedFramesAreCounted) {
    if (!is_prepared_for_frames()) GTEST_SKIP() << "/sys cannot be mounted: " << strerror(errno);
    EXPECT_EQ(kernel_rx_dropped(interface), 0);
    // Nobody takes frames of this type.
    const std::string frame = std::string(12, '\xff') + "\x12\x34" + std::string(60, 'x');
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(write(device_, frame.data(), frame.size()), static_cast<int>(frame.size()));
    }
    EXPECT_EQ(kernel_rx_dropped(interface), 3);
}

TEST_F(XdpInterface, TheProgramOfALivingProcessStays) {
    attach(loaded_->file());
    const pid_t child = fork();  // it has all files that we have
    ASSERT_GE(child, 0);
    if (child == 0) {
        pause();
        _exit(0);
    }
    const std::uint32_t id = attached_id();
    EXPECT_EQ(detach_stale(interface).sentence,
              "net_af_xdp: xdptap0: XDP program " + std::to_string(id) +
                  " (flowd_xdp) is in use by process " + std::to_string(child));
    detach(interface);
    EXPECT_EQ(attached_id(), id);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_EQ(detach_stale(interface).sentence, "");
    EXPECT_EQ(attached_id(), 0);
}

TEST_F(XdpInterface, AProgramThatWeMayNotSeeStays) {
    attach(loaded_->file());
    const std::uint32_t id = attached_id();
    {
        const Unprivileged here;
        EXPECT_EQ(detach_stale(interface).sentence,
                  "net_af_xdp: xdptap0: XDP program " + std::to_string(id) +
                      " is attached, and only CAP_SYS_ADMIN may see whose it is; to remove it: "
                      "ip link set dev xdptap0 xdp off");
        detach(interface);
    }
    EXPECT_EQ(attached_id(), id);
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
