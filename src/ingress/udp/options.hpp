// SPDX-License-Identifier: BSD-3-Clause
// The settings of the UDP ingress. Read once at start by the main thread.
#pragma once

#include <cstdint>
#include <vector>

#include "config/row.hpp"

namespace flowd::udp {

struct Options {
    /// Of each socket. The kernel doubles it and counts its own bookkeeping against it: 8 MiB hold
    /// about 7,300 datagrams of 1,400 bytes (measured), 8 ms of a full 10 GbE.
    std::int64_t receive_buffer_bytes = 8 * 1024 * 1024;
};

/// The rows of `options`, which must outlive them.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

}  // namespace flowd::udp
