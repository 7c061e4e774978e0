// SPDX-License-Identifier: BSD-3-Clause
// The UDP ingress: datagrams from the kernel's sockets. One instance per RX worker; worker k reads
// socket k of each listener that has more than k. All memory is taken by open(), on the main
// thread.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "config/listen.hpp"
#include "ingress/ingress.hpp"
#include "ingress/udp/options.hpp"
#include "log/failure.hpp"

namespace flowd::udp {

/// One ingress per worker. A listener gets as many sockets as it asks for, `worker_count` at most;
/// a worker may get none and then has nothing to do. The failure names the listener's URI.
[[nodiscard]] Outcome<std::vector<std::unique_ptr<Ingress>>> open(
    const Options& options, const std::vector<config::Listener>& listeners,
    std::size_t worker_count);

}  // namespace flowd::udp
