// SPDX-License-Identifier: BSD-3-Clause
// The compiled XDP program as part of flowd. A build without clang has none.
#pragma once

#include "flow/base/bytes.hpp"

namespace flowd::dpdk::xdp {

/// An ELF file of the kernel's machine; empty when flowd was built without the program.
[[nodiscard]] flow::Bytes embedded_object() noexcept;

}  // namespace flowd::dpdk::xdp
