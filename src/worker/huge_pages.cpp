// SPDX-License-Identifier: BSD-3-Clause
// The system call.
#include "worker/huge_pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <memory>

namespace flowd {

void prefer_huge_pages(std::span<std::byte> table) noexcept {
    if (table.size() < huge_pages_from_bytes) return;
    const long page_size = ::sysconf(_SC_PAGESIZE);
    if (page_size <= 0) return;
    const auto page = static_cast<std::size_t>(page_size);
    void* first = table.data();
    std::size_t size = table.size();
    if (std::align(page, page, first, size) == nullptr) return;
    static_cast<void>(::madvise(first, size - size % page, MADV_HUGEPAGE));
}

}  // namespace flowd
