// SPDX-License-Identifier: BSD-3-Clause
// Replaces operator new in this program: counts what a thread allocates after it has sealed itself.
// malloc and its kin are not replaced: what the library takes from them, it takes in constructors.
#pragma once

#include <cstddef>

namespace flowd::test {

/// From now on this thread should not allocate.
void seal_thread() noexcept;
/// Allocations of this thread since then; it may allocate again.
[[nodiscard]] std::size_t unseal_thread() noexcept;

}  // namespace flowd::test
