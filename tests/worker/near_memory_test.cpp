// SPDX-License-Identifier: BSD-3-Clause
// The policy as the kernel tells it, of threads of their own: policies belong to threads.
#include "worker/near_memory.hpp"

#include <gtest/gtest.h>
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace flowd {
namespace {

struct Policy {
    int mode = -1;
    std::array<unsigned long, 16> nodes{};
};

Policy policy() {
    Policy now;
    ::syscall(SYS_get_mempolicy, &now.mode, now.nodes.data(), 1024UL, nullptr, 0UL);
    return now;
}

template <class Check>
void on_a_thread(Check check) {
    std::thread{check}.join();
}

class NearMemoryTest : public testing::Test {
protected:
    void SetUp() override {
        on_a_thread([this] { known_ = policy().mode == MPOL_DEFAULT; });
        if (!known_) GTEST_SKIP() << "no memory policies here, or one for this whole process";
    }

private:
    bool known_ = false;
};

TEST_F(NearMemoryTest, PrefersANodeAndEndsWithIt) {
    on_a_thread([] {
        {
            const NearMemory near{0};
            EXPECT_TRUE(near.active());
            EXPECT_EQ(policy().mode, MPOL_PREFERRED);
            EXPECT_EQ(policy().nodes[0], 1UL);
        }
        EXPECT_EQ(policy().mode, MPOL_DEFAULT);
    });
}

TEST_F(NearMemoryTest, ChangesNothingWithoutANode) {
    for (const int node : {-1, 1023, 1024, 1'000'000}) {  // a machine without node 1023
        on_a_thread([node] {
            const NearMemory near{node};
            EXPECT_FALSE(near.active()) << node;
            EXPECT_EQ(policy().mode, MPOL_DEFAULT) << node;
        });
    }
}

TEST_F(NearMemoryTest, LeavesAPolicyThatIsThere) {
    on_a_thread([] {
        unsigned long nodes = 1;
        ASSERT_EQ(::syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 64UL), 0);
        {
            const NearMemory near{0};
            EXPECT_FALSE(near.active());
            EXPECT_EQ(policy().mode, MPOL_BIND);
        }
        EXPECT_EQ(policy().mode, MPOL_BIND);
    });
}

}  // namespace
}  // namespace flowd
