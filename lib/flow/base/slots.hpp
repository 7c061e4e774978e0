// SPDX-License-Identifier: BSD-3-Clause
// A fixed number of zeroed elements, sized at start. The pages behind elements that nobody touches
// are never backed by memory, so a generous limit costs address space only.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <type_traits>

namespace flow {

/// `T` must be valid when all its bytes are zero. Empty (`size() == 0`) when the system gave no
/// memory.
template <class T>
class Slots {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    Slots() noexcept = default;
    explicit Slots(std::size_t count) noexcept
        : memory_{static_cast<T*>(std::calloc(count, sizeof(T)))}, size_{memory_ ? count : 0} {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T& operator[](std::size_t index) noexcept {
        assert(index < size_);
        return memory_.get()[index];
    }
    [[nodiscard]] const T& operator[](std::size_t index) const noexcept {
        assert(index < size_);
        return memory_.get()[index];
    }

private:
    struct Free {
        void operator()(T* memory) const noexcept { std::free(memory); }
    };
    std::unique_ptr<T, Free> memory_;
    std::size_t size_ = 0;
};

}  // namespace flow
