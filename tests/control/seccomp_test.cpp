// SPDX-License-Identifier: BSD-3-Clause
// What a thread under the filter can do, and what it cannot. A filter is for good: each test has a
// thread or a child for it.
#include "control/seccomp.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

namespace flowd {
namespace {

/// Runs `body` in a thread under the filter.
template <class Body>
void filtered(Body body) {
    std::thread{[&] {
        ASSERT_EQ(install_rx_filter(Violation::refuse).sentence, "");
        body();
    }}.join();
}

struct Sockets {
    int receiver = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int sender = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};

    Sockets() {
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(receiver, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::getsockname(receiver, reinterpret_cast<sockaddr*>(&address), &size), 0);
    }
    ~Sockets() {
        ::close(receiver);
        ::close(sender);
    }
    [[nodiscard]] const sockaddr* to() const { return reinterpret_cast<const sockaddr*>(&address); }
};

TEST(RxFilter, FilesProgramsAndConnectionsAreOutOfReach) {
    const Sockets sockets;
    filtered([&] {
        EXPECT_EQ(::open("/etc/hostname", O_RDONLY | O_CLOEXEC), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::open("/dev/null", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::unlink("/nowhere"), -1);
        EXPECT_EQ(errno, EPERM);
        std::array<char*, 1> nothing{};
        EXPECT_EQ(::execve("/bin/true", nothing.data(), nothing.data()), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::fork(), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::socket(AF_INET, SOCK_STREAM, 0), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::connect(sockets.sender, sockets.to(), sizeof sockets.address), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::sendto(sockets.sender, "x", 1, 0, sockets.to(), sizeof sockets.address), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::kill(::getppid(), 0), -1);
        EXPECT_EQ(errno, EPERM);
    });
}

TEST(RxFilter, NothingThatWasWrittenBecomesCode) {
    filtered([] {
        void* const page =
            ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ASSERT_NE(page, MAP_FAILED);
        EXPECT_EQ(::mprotect(page, 4096, PROT_READ | PROT_EXEC), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                  MAP_FAILED);
        EXPECT_EQ(errno, EPERM);
        ::munmap(page, 4096);
    });
}

TEST(RxFilter, DatagramsArriveAndMemoryGrows) {
    const Sockets sockets;
    ASSERT_EQ(::sendto(sockets.sender, "flow", 4, 0, sockets.to(), sizeof sockets.address), 4);
    filtered([&] {
        pollfd waiting{sockets.receiver, POLLIN, 0};
        EXPECT_EQ(::poll(&waiting, 1, 1000), 1);
        std::array<char, 16> bytes{};
        iovec buffer{bytes.data(), bytes.size()};
        mmsghdr header{};
        header.msg_hdr.msg_iov = &buffer;
        header.msg_hdr.msg_iovlen = 1;
        ASSERT_EQ(::recvmmsg(sockets.receiver, &header, 1, MSG_DONTWAIT, nullptr), 1);
        EXPECT_EQ(header.msg_len, 4U);
        EXPECT_EQ(std::memcmp(bytes.data(), "flow", 4), 0);
        std::vector<std::vector<char>> blocks;
        for (std::size_t i = 0; i < 300; ++i) blocks.emplace_back(i * 1000, 'x');
        std::this_thread::sleep_for(std::chrono::microseconds{50});
        std::this_thread::yield();
        timespec used{};
        EXPECT_EQ(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used), 0);
    });
}

TEST(RxFilter, OtherThreadsAreFree) {
    filtered([] {});
    const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    EXPECT_GE(file, 0);
    ::close(file);
}

TEST(RxFilter, KillsWhereThatIsAskedFor) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (failed(install_rx_filter(Violation::kill))) ::_exit(2);
        static_cast<void>(::open("/etc/hostname", O_RDONLY | O_CLOEXEC));
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
    EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

}  // namespace
}  // namespace flowd
