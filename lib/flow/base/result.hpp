// SPDX-License-Identifier: BSD-3-Clause
// A value, or the reason there is none. Named after std::expected, which GCC 12 has only in C++23
// mode and clang 14 cannot use, so that a later switch is mechanical.
#pragma once

#include <cassert>
#include <utility>

#include "flow/base/error.hpp"

namespace flow {

/// `T` and `E` are default-constructible; `E{}` means success. `failed(E)` must be found by
/// argument-dependent lookup. Trivially copyable when both are, so that small results travel in a
/// register.
template <class T, class E = Error>
class [[nodiscard]] Result {
public:
    constexpr Result(T value) noexcept : value_{std::move(value)} {}
    constexpr Result(E error) noexcept : error_{std::move(error)} { assert(failed(error_)); }

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return !failed(error_); }
    [[nodiscard]] constexpr const T& operator*() const noexcept { return value_; }
    [[nodiscard]] constexpr T& operator*() noexcept { return value_; }
    [[nodiscard]] constexpr const T* operator->() const noexcept { return &value_; }
    [[nodiscard]] constexpr T* operator->() noexcept { return &value_; }
    [[nodiscard]] constexpr const E& error() const noexcept { return error_; }

private:
    T value_{};
    E error_{};
};

}  // namespace flow
