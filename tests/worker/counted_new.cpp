// SPDX-License-Identifier: BSD-3-Clause
// In a file of its own, so that the compiler does not see through operator new.
#include "counted_new.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local bool is_sealed = false;
thread_local std::size_t allocation_count = 0;
}  // namespace

namespace flowd::test {

void seal_thread() noexcept {
    allocation_count = 0;
    is_sealed = true;
}

std::size_t unseal_thread() noexcept {
    is_sealed = false;
    return allocation_count;
}

}  // namespace flowd::test

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    if (is_sealed) ++allocation_count;
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
    if (void* const memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
