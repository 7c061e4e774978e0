// SPDX-License-Identifier: BSD-3-Clause
#include "worker/learnt_mailbox.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

class LearntMailboxTest : public testing::Test {
protected:
    LearntMailboxTest() {
        flow::LearntTemplate learnt{.key = {flow::test::ipv4(192, 0, 2, 1), 0, 9, 1}};
        learnt.fields.assign(200, flow::TemplateField{8, 4, 0});
        for (learnt.id = 256; learnt.id < 256 + template_count; ++learnt.id) {
            EXPECT_TRUE(state_.restore(learnt, 1'700'000'000));
        }
    }

    static constexpr std::uint32_t template_count = 300;  // 20 fit a page

    flow::DecodeStats stats_;
    flow::ShardState state_{flow::ShardLimits{}, stats_};
    LearntMailbox mailbox_;
};

TEST_F(LearntMailboxTest, GivesNothingUnasked) {
    mailbox_.serve(state_);
    EXPECT_TRUE(mailbox_.idle());
    EXPECT_EQ(mailbox_.page(), nullptr);
}

TEST_F(LearntMailboxTest, GivesAPageForEachQuestion) {
    mailbox_.ask();
    EXPECT_FALSE(mailbox_.idle());
    EXPECT_EQ(mailbox_.page(), nullptr) << "not served yet";
    mailbox_.serve(state_);
    const LearntPage* const page = mailbox_.page();
    ASSERT_NE(page, nullptr);
    const std::uint16_t first = page->templates[0].id;
    mailbox_.serve(state_);
    EXPECT_EQ(page->templates[0].id, first) << "a page is not overwritten while it is read";
    mailbox_.next();
    EXPECT_EQ(mailbox_.page(), nullptr);
    mailbox_.serve(state_);
    ASSERT_NE(mailbox_.page(), nullptr);
    EXPECT_NE(mailbox_.page()->templates[0].id, first);
}

TEST_F(LearntMailboxTest, WalksAnewWhenAskedAnew) {
    for (int walk = 0; walk < 2; ++walk) {
        std::uint32_t count = 0;
        mailbox_.ask();
        while (!mailbox_.idle()) {
            mailbox_.serve(state_);
            count += mailbox_.page()->template_count;
            mailbox_.next();
        }
        EXPECT_EQ(count, template_count);
    }
}

TEST_F(LearntMailboxTest, CrossesThreads) {
    std::atomic<bool> stop{false};
    std::thread worker{[&] {
        while (!stop.load(std::memory_order_relaxed)) mailbox_.serve(state_);
    }};
    for (int walk = 0; walk < 50; ++walk) {
        std::uint32_t count = 0;
        mailbox_.ask();
        while (!mailbox_.idle()) {
            const LearntPage* const page = mailbox_.page();
            if (page == nullptr) {
                std::this_thread::yield();
                continue;
            }
            count += page->template_count;
            mailbox_.next();
        }
        ASSERT_EQ(count, template_count);
    }
    stop.store(true, std::memory_order_relaxed);
    worker.join();
}

}  // namespace
}  // namespace flowd
