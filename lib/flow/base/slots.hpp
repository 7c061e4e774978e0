// SPDX-License-Identifier: BSD-3-Clause
// A fixed number of zeroed elements, sized at start. The pages behind elements that nobody touches
// are never backed by memory, so a generous limit costs address space only.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <type_traits>

namespace flow {

/// `T` must be valid when all its bytes are zero; it may be aligned to more than memory from the
/// heap is. Empty (`size() == 0`) when the system gave no
/// memory.
template <class T>
class Slots {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    Slots() noexcept = default;
    explicit Slots(std::size_t count) noexcept
        : memory_{std::calloc(count + spare, sizeof(T))}, size_{memory_ ? count : 0} {
        std::size_t room = (count + spare) * sizeof(T);
        void* first = memory_.get();
        if (size_ != 0) first_ = static_cast<T*>(std::align(alignof(T), sizeof(T), first, room));
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// All of it, for who has a wish about where its pages come from.
    [[nodiscard]] std::span<std::byte> memory() noexcept {
        return std::as_writable_bytes(std::span<T>{first_, size_});
    }
    [[nodiscard]] T& operator[](std::size_t index) noexcept {
        assert(index < size_);
        return first_[index];
    }
    [[nodiscard]] const T& operator[](std::size_t index) const noexcept {
        assert(index < size_);
        return first_[index];
    }

private:
    /// One more, for the elements to be moved to where they may lie.
    static constexpr std::size_t spare = alignof(T) > alignof(std::max_align_t) ? 1 : 0;

    struct Free {
        void operator()(void* memory) const noexcept { std::free(memory); }
    };
    std::unique_ptr<void, Free> memory_;
    T* first_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace flow
