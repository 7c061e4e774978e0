// SPDX-License-Identifier: BSD-3-Clause
// The classic BPF programs of the UDP ingress (socket(7), SO_ATTACH_REUSEPORT_CBPF and
// SO_ATTACH_FILTER). Cold: attached at start.
#pragma once

#include <cstdint>

namespace flowd::udp {

/// Lets the group of sockets that `descriptor` belongs to choose by the source address, never by
/// the port: an exporter that changes its port keeps its socket. False: errno says why not.
[[nodiscard]] bool choose_by_source(int descriptor, std::uint32_t socket_count) noexcept;

/// Refuses all datagrams until let_in(). Sockets of a group join it one by one, and until the
/// last one has, the choice among them is not yet the final one.
[[nodiscard]] bool keep_out(int descriptor) noexcept;
[[nodiscard]] bool let_in(int descriptor) noexcept;

}  // namespace flowd::udp
