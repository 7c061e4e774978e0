// SPDX-License-Identifier: BSD-3-Clause
// The system calls themselves: libnuma would be a library for two of them.
#include "worker/near_memory.hpp"

#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstddef>

namespace flowd {

namespace {

constexpr std::size_t bits_per_word = CHAR_BIT * sizeof(unsigned long);
constexpr std::size_t node_count_max = 1024;  // as many as the kernel can be built for
using NodeMask = std::array<unsigned long, node_count_max / bits_per_word>;

[[nodiscard]] bool has_default_policy() noexcept {
    int policy = MPOL_DEFAULT;
    return ::syscall(SYS_get_mempolicy, &policy, nullptr, 0UL, nullptr, 0UL) == 0 &&
           policy == MPOL_DEFAULT;
}

}  // namespace

NearMemory::NearMemory(int numa_node) noexcept {
    const auto node = static_cast<std::size_t>(numa_node);
    if (numa_node < 0 || node >= node_count_max || !has_default_policy()) return;
    NodeMask mask{};
    mask[node / bits_per_word] = 1UL << (node % bits_per_word);
    // The kernel takes one bit less than it is told of.
    active_ = ::syscall(SYS_set_mempolicy, MPOL_PREFERRED, mask.data(), node_count_max + 1UL) == 0;
}

NearMemory::~NearMemory() {
    if (active_) ::syscall(SYS_set_mempolicy, MPOL_DEFAULT, nullptr, 0UL);
}

}  // namespace flowd
