// SPDX-License-Identifier: BSD-3-Clause
// Listeners: goflow2's comma-separated listen URIs, `sflow://:6343,netflow://:2055?count=2`. Read
// once at start by the main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flow/model/datagram.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// Where to listen, and for what.
struct Listener {
    flow::Protocols accepts;
    std::string host;  ///< empty: every address; IPv4 or IPv6 without brackets, or a name
    std::uint16_t port = 0;
    std::uint32_t count = 1;  ///< sockets that share the port
    std::string uri;          ///< as the person wrote it, for messages
};

/// Most sockets that one listener opens.
inline constexpr std::uint32_t listener_count_max = 64;

struct Listeners {
    std::vector<Listener> listeners;
    std::vector<std::string> notes;  ///< goflow2's options that change nothing here, to say once
};

/// The scheme's set: sflow; netflow (v1, v5, v7, v8, v9, IPFIX); nfl (without v9, IPFIX); flow
/// (all). Empty set: no such scheme.
[[nodiscard]] flow::Protocols scheme_protocols(std::string_view scheme) noexcept;

/// At least one listener, each on its own host and port. The failure names the URI, the part and
/// the limit.
[[nodiscard]] Outcome<Listeners> parse_listen(std::string_view uris);

}  // namespace flowd::config
