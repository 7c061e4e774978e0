// SPDX-License-Identifier: BSD-3-Clause
// The rows of the UDP ingress.
#include "ingress/udp/options.hpp"

#include <limits>

namespace flowd::udp {

std::vector<config::Row> rows(Options& options) {
    return {
        {.key = "ingress.udp.receive_buffer_bytes",
         .flag = "ingress.udp.receive-buffer",
         .target = &options.receive_buffer_bytes,
         .help = "Receive buffer of each socket; 0: what the system gives by default.",
         .unit = "bytes",
         .max = std::numeric_limits<int>::max() / 2},  // the kernel doubles it in an int
    };
}

}  // namespace flowd::udp
