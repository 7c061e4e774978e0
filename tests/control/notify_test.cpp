// SPDX-License-Identifier: BSD-3-Clause
// What a service manager hears, at a socket of its kind.
#include "control/notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>

namespace flowd {
namespace {

class NotifierTest : public testing::Test {
protected:
    void SetUp() override {
        path_ =
            std::filesystem::temp_directory_path() / ("flowd-notify-" + std::to_string(::getpid()));
        std::filesystem::remove(path_);
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        ASSERT_LT(path_.native().size(), sizeof address.sun_path);
        std::memcpy(address.sun_path, path_.c_str(), path_.native().size());
        ASSERT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
        ::unsetenv("WATCHDOG_USEC");
        ::unsetenv("WATCHDOG_PID");
    }

    void TearDown() override {
        ::close(socket_);
        std::filesystem::remove(path_);
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
            ::unsetenv(name);
        }
    }

    /// The next message; empty when there is none.
    [[nodiscard]] std::string heard() const {
        std::array<char, 1024> text{};
        const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
        return {text.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
    }

    std::filesystem::path path_;
    int socket_ = -1;
};

TEST_F(NotifierTest, SaysThatItIsReadyAndThatItStops) {
    Notifier notifier;
    notifier.ready("collecting on 2 ports");
    EXPECT_EQ(heard(), "READY=1\nSTATUS=collecting on 2 ports");
    notifier.status("7 exporters");
    EXPECT_EQ(heard(), "STATUS=7 exporters");
    notifier.stopping("delivering what has arrived");
    EXPECT_EQ(heard(), "STOPPING=1\nSTATUS=delivering what has arrived");
    EXPECT_EQ(heard(), "");
}

TEST_F(NotifierTest, AStatusCannotSayAnythingElse) {
    Notifier notifier;
    notifier.status("listening\nSTOPPING=1");
    EXPECT_EQ(heard(), "STATUS=listening STOPPING=1");
}

TEST_F(NotifierTest, AReloadHasTheTimeAtWhichItBegan) {
    timespec before{};
    clock_gettime(CLOCK_MONOTONIC, &before);
    Notifier notifier;
    notifier.reloading();
    const std::string said = heard();
    const std::string head = "RELOADING=1\nMONOTONIC_USEC=";
    ASSERT_EQ(said.substr(0, head.size()), head);
    const unsigned long long microseconds = std::stoull(said.substr(head.size()));
    EXPECT_GE(microseconds, static_cast<unsigned long long>(before.tv_sec) * 1'000'000);
    EXPECT_LE(microseconds, static_cast<unsigned long long>(before.tv_sec + 60) * 1'000'000);
}

TEST_F(NotifierTest, FeedsTheWatchdogWhenHalfOfItsPatienceIsOver) {
    ::setenv("WATCHDOG_USEC", "1000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    Notifier notifier;
    ASSERT_EQ(notifier.watchdog_ns(), 1'000'000'000U);
    constexpr std::uint64_t start_ns = 5'000'000'000;
    notifier.tick(start_ns);
    EXPECT_EQ(heard(), "WATCHDOG=1");
    notifier.tick(start_ns + 499'999'999);
    EXPECT_EQ(heard(), "");
    notifier.tick(start_ns + 500'000'000);
    EXPECT_EQ(heard(), "WATCHDOG=1");
    notifier.tick(start_ns + 500'000'001);
    EXPECT_EQ(heard(), "");
}

TEST_F(NotifierTest, AWatchdogOfAnotherProcessIsNotFed) {
    ::setenv("WATCHDOG_USEC", "1000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    Notifier notifier;
    EXPECT_EQ(notifier.watchdog_ns(), 0U);
    notifier.tick(1);
    EXPECT_EQ(heard(), "");
}

TEST_F(NotifierTest, WithoutAManagerNothingIsSaid) {
    ::unsetenv("NOTIFY_SOCKET");
    Notifier notifier;
    notifier.ready("collecting");
    notifier.tick(1);
    EXPECT_EQ(heard(), "");
}

}  // namespace
}  // namespace flowd
