// SPDX-License-Identifier: BSD-3-Clause
// A value that is put up whole is read whole, and nobody waits for a writer that does nothing.
#include "metrics/published.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace flowd {
namespace {

struct Numbers {
    std::array<std::uint64_t, 13> all{};
};

TEST(Published, IsTheLastValueThatWasFinished) {
    Published<Numbers> page;
    EXPECT_EQ(page.read().all[5], 0U);
    page.publish({{1, 2, 3}});
    EXPECT_EQ(page.read().all[2], 3U);
}

TEST(Published, IsReadWhole) {
    Published<Numbers> page;
    std::atomic<bool> stop{false};
    std::thread writer{[&] {
        Numbers numbers;
        while (!stop.load(std::memory_order_relaxed)) {
            for (std::uint64_t& each : numbers.all) ++each;
            page.publish(numbers);
        }
    }};
    std::uint64_t last = 0;
    int changes = 0;
    while (changes < 200) {
        const Numbers read = page.read();
        for (const std::uint64_t each : read.all) ASSERT_EQ(each, read.all[0]);
        ASSERT_GE(read.all[0], last);
        changes += read.all[0] != last ? 1 : 0;
        last = read.all[0];
    }
    stop.store(true, std::memory_order_relaxed);
    writer.join();
}

}  // namespace
}  // namespace flowd
