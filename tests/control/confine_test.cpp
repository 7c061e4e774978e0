// SPDX-License-Identifier: BSD-3-Clause
#include "control/confine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <thread>

#include "control/privileges.hpp"

namespace flowd {
namespace {

bool can_open() {
    const int file = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (file >= 0) ::close(file);
    return file >= 0;
}

TEST(Confine, AnRxThreadHasNoRightsAndOpensNothing) {
    std::thread{[] {
        confine_rx_thread("on");
        EXPECT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), -1) << "no call that RX does not need";
        EXPECT_FALSE(can_open());
    }}.join();
    EXPECT_TRUE(can_open());
}

TEST(Confine, WithoutTheFilterItStillHasNoCapabilities) {
    std::thread{[] {
        confine_rx_thread("off");
        EXPECT_EQ(capabilities(), Capabilities{});
        EXPECT_TRUE(can_open());
    }}.join();
}

TEST(Confine, ATxThreadOpensFilesAndNoRawSockets) {
    std::thread{[] {
        confine_tx_thread();
        EXPECT_TRUE(can_open());
        EXPECT_FALSE(capabilities().has(CAP_NET_RAW));
        EXPECT_FALSE(capabilities().has(CAP_SYS_ADMIN));
        EXPECT_EQ(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
    }}.join();
}

}  // namespace
}  // namespace flowd
