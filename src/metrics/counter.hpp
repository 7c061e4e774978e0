// SPDX-License-Identifier: BSD-3-Clause
// A counter with one writer that anyone may read while it runs. Costs the writer a plain load and
// store.
#pragma once

#include <atomic>
#include <cstdint>

namespace flowd {

/// Relaxed: a reader wants a recent number, and orders nothing by it.
class Counter {
public:
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    /// The writer only.
    void add(std::uint64_t value) noexcept { set(get() + value); }
    void subtract(std::uint64_t value) noexcept { set(get() - value); }
    [[nodiscard]] std::uint64_t get() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace flowd
