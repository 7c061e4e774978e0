// SPDX-License-Identifier: BSD-3-Clause
// The TCP addresses of http.listen, and the sockets that listen there. Main thread, at start.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/descriptor.hpp"
#include "log/failure.hpp"

namespace flowd::http {

struct ListenAddress {
    std::string host;        ///< empty: every address; IPv6 without brackets
    std::uint16_t port = 0;  ///< 0: the system chooses
    std::string text;        ///< as the person wrote it

    [[nodiscard]] bool operator==(const ListenAddress&) const noexcept = default;
};

/// `:8080, 192.0.2.1:80, [2001:db8::1]:80, localhost:8080`. Empty text: none.
[[nodiscard]] Outcome<std::vector<ListenAddress>> parse_addresses(std::string_view text);

struct ListenSocket {
    Descriptor descriptor;
    std::string place;  ///< "127.0.0.1:8080", "[::]:8080"
    std::uint16_t port = 0;
};

/// Why an address cannot be listened at, and whether that is because somebody else does.
struct [[nodiscard]] ListenFailure {
    std::string sentence;
    bool in_use = false;
};

/// One socket for every address that the host's name has; both families in one for "every address".
[[nodiscard]] flow::Result<std::vector<ListenSocket>, ListenFailure> listen_at(
    const ListenAddress& address);
[[nodiscard]] inline bool failed(const ListenFailure& failure) noexcept {
    return !failure.sentence.empty();
}

}  // namespace flowd::http
