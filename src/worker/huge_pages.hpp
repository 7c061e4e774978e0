// SPDX-License-Identifier: BSD-3-Clause
// Huge pages for tables that are read here and there: where rows of thousands of exporters lie on a
// page each, walks through page tables cost more than the rows.
#pragma once

#include <cstddef>
#include <span>

namespace flowd {

/// Tables below this stay on small pages: all of one may be touched, hence resident.
inline constexpr std::size_t huge_pages_from_bytes = std::size_t{4} << 20;

/// Asks the system to back a table with transparent huge pages as it is touched (madvise(2),
/// MADV_HUGEPAGE), if it is large. A wish: where the system has none, nothing happens.
void prefer_huge_pages(std::span<std::byte> table) noexcept;

}  // namespace flowd
