// SPDX-License-Identifier: BSD-3-Clause
// Published: a value that one thread puts up whole, as often as it likes, and that any thread reads
// whole: the last one that was finished. The writer never waits; readers repeat what a writer has
// disturbed (a seqlock).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <type_traits>

namespace flowd {

template <class T>
class Published {
public:
    Published() noexcept { publish(T{}); }

    /// The one writer.
    void publish(const T& value) noexcept {
        Words words;
        std::memcpy(words.data(), &value, sizeof value);
        const std::uint64_t version = version_.load(std::memory_order_relaxed);
        version_.store(version + 1, std::memory_order_relaxed);  // odd: being written
        for (std::size_t i = 0; i < word_count; ++i) {
            // Release: who reads one of these words sees that odd version, too.
            words_[i].store(words[i], std::memory_order_release);
        }
        version_.store(version + 2, std::memory_order_release);  // pairs with the first load below
    }

    /// Any thread.
    [[nodiscard]] T read() const noexcept {
        for (;;) {
            Words words;
            const std::uint64_t before = version_.load(std::memory_order_acquire);
            for (std::size_t i = 0; i < word_count; ++i) {
                words[i] = words_[i].load(std::memory_order_acquire);  // the next load stays behind
            }
            const std::uint64_t after = version_.load(std::memory_order_relaxed);
            if (before != after || before % 2 != 0) {
                std::this_thread::yield();  // the writer may need this CPU
                continue;
            }
            T value;
            std::memcpy(static_cast<void*>(&value), words.data(), sizeof value);
            return value;
        }
    }

private:
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % sizeof(std::uint64_t) == 0);
    static constexpr std::size_t word_count = sizeof(T) / sizeof(std::uint64_t);
    using Words = std::array<std::uint64_t, word_count>;

    std::atomic<std::uint64_t> version_{0};
    std::array<std::atomic<std::uint64_t>, word_count> words_{};
};

}  // namespace flowd
