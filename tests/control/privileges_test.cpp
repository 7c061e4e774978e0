// SPDX-License-Identifier: BSD-3-Clause
// Each test gives rights up in a child: they do not come back.
#include "control/privileges.hpp"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

namespace flowd {
namespace {

constexpr const char* user = "nobody";  // of every Debian, and nobody runs tests as it

/// Runs `body` in a child; true when it returned true there. What failed is printed.
template <class Body>
[[nodiscard]] bool in_child(Body body) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const bool good = body();
        std::fflush(nullptr);
        ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool holds(bool condition, const char* what) {
    if (!condition) std::printf("does not hold: %s\n", what);
    return condition;
}

bool works(const Failure& failure) { return holds(!failed(failure), failure.sentence.c_str()); }

bool can_open_raw_socket() {
    const int socket = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1);
    if (socket >= 0) ::close(socket);
    return socket >= 0;
}

bool is_root_with(Capabilities wanted) {
    return ::geteuid() == 0 && (capabilities() & wanted) == wanted;
}

constexpr Capabilities needed_by_tests{CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_NET_RAW,
                                       CAP_NET_ADMIN};

TEST(Capabilities, AreASet) {
    constexpr Capabilities few{CAP_NET_ADMIN, CAP_BPF};
    EXPECT_TRUE(few.has(CAP_BPF));
    EXPECT_FALSE(few.has(CAP_NET_RAW));
    EXPECT_EQ(few & Capabilities{CAP_BPF}, Capabilities{CAP_BPF});
    EXPECT_EQ((Capabilities{CAP_BPF} | Capabilities{CAP_NET_ADMIN}), few);
    EXPECT_EQ(Capabilities::of_bits(few.bits()), few);
}

TEST(Duties, OnlyRootNeedsCapabilitiesForFiles) {
    const Capabilities files = needed_for({.opens_files = true});
    EXPECT_EQ(files.has(CAP_DAC_OVERRIDE), ::geteuid() == 0);
    EXPECT_EQ(needed_for({}), Capabilities{});
    EXPECT_EQ(needed_for({.owns_xdp = true}), Capabilities{CAP_NET_ADMIN});
    EXPECT_EQ(needed_for({.maps_memory = true}), Capabilities{CAP_IPC_LOCK});
}

TEST(KeepOnly, WhatIsGivenUpStaysAway) {
    EXPECT_TRUE(in_child([] {
        const Capabilities before = capabilities();
        return works(keep_only({CAP_NET_ADMIN})) &&
               holds(capabilities() == (before & Capabilities{CAP_NET_ADMIN}), "one is left") &&
               holds(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "no new privileges") &&
               works(keep_only({CAP_NET_ADMIN, CAP_SYS_ADMIN})) &&
               holds(!capabilities().has(CAP_SYS_ADMIN), "none comes back") &&
               holds(!can_open_raw_socket(), "no raw socket");
    }));
}

TEST(KeepOnly, AThreadGivesUpItsOwn) {
    if (!is_root_with(needed_by_tests)) GTEST_SKIP() << "needs root";
    EXPECT_TRUE(in_child([] {
        bool thread_has_none = false;
        std::thread{[&] {
            thread_has_none = works(keep_only({})) && capabilities() == Capabilities{};
        }}.join();
        return holds(thread_has_none, "the thread has none") &&
               holds(capabilities().has(CAP_NET_RAW), "the process still has");
    }));
}

TEST(BecomeUser, ChangesUserGroupsAndEveryThread) {
    if (!is_root_with(needed_by_tests)) GTEST_SKIP() << "needs root";
    const passwd* const entry = ::getpwnam(user);
    ASSERT_NE(entry, nullptr);
    const uid_t uid = entry->pw_uid;
    const gid_t gid = entry->pw_gid;
    EXPECT_TRUE(in_child([uid, gid] {
        std::atomic<int> step{0};
        uid_t other_uid = 0;
        Capabilities other_has{CAP_NET_ADMIN};
        std::thread other{[&] {
            while (step.load(std::memory_order_acquire) == 0) std::this_thread::yield();
            other_uid = ::geteuid();
            other_has = capabilities();
        }};
        const bool became = works(become_user(user, {CAP_NET_ADMIN}));
        step.store(1, std::memory_order_release);
        other.join();
        return became && holds(::getuid() == uid && ::geteuid() == uid, "user") &&
               holds(::getgid() == gid && ::getegid() == gid, "group") &&
               holds(capabilities() == Capabilities{CAP_NET_ADMIN}, "what is kept") &&
               holds(other_uid == uid, "the other thread's user") &&
               holds(other_has == Capabilities{}, "the other thread has none") &&
               holds(::setuid(0) != 0, "no way back") &&
               holds(::open("/etc/shadow", O_RDONLY | O_CLOEXEC) < 0, "root's files are closed") &&
               holds(!can_open_raw_socket(), "no raw socket");
    }));
}

TEST(BecomeUser, ANameThatNobodyHasIsSaid) {
    const Failure failure = become_user("flowd-nobody-has-this", {});
    EXPECT_EQ(failure.sentence, "process.user: no user is called \"flowd-nobody-has-this\"");
}

TEST(BecomeUser, OnlyRootCan) {
    EXPECT_TRUE(in_child([] {
        if (::geteuid() == 0 && ::setuid(12345) != 0) return holds(false, "setuid");
        const Failure failure = become_user(user, {});
        return holds(failure.sentence.find("only root can become nobody") != std::string::npos,
                     failure.sentence.c_str());
    }));
}

TEST(BecomeUser, NoNameChangesNothing) {
    const Capabilities before = capabilities();
    EXPECT_EQ(become_user("", {}).sentence, "");
    EXPECT_EQ(capabilities(), before);
}

}  // namespace
}  // namespace flowd
