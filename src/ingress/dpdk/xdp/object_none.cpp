// SPDX-License-Identifier: BSD-3-Clause
// Of a build without clang: no XDP program.
#include "ingress/dpdk/xdp/object.hpp"

namespace flowd::dpdk::xdp {

flow::Bytes embedded_object() noexcept { return {}; }

}  // namespace flowd::dpdk::xdp
