// SPDX-License-Identifier: BSD-3-Clause
// A request and its response as handlers see them: no sockets, no threads.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/model/address.hpp"

namespace flowd::http {

struct Header {
    std::string name;
    std::string value;
};

struct Client {
    flow::Address address{};  ///< none for a UNIX socket's
    bool is_loopback = false;
    bool is_socket = false;  ///< came over flowd's UNIX socket
};

struct Request {
    std::string method{};  ///< GET, POST; HEAD only until the router has seen it
    std::string path{};    ///< decoded, without the query
    std::string query{};   ///< as it came
    std::vector<Header> headers{};
    std::string body{};
    Client client{};
    bool is_http_1_0 = false;
    std::vector<std::string> arguments{};  ///< what stood for the {names} of the route's path
    /// Asked by handlers that wait: has the client left, or has the server no more time for them?
    /// Null: never.
    std::function<bool()> given_up{};

    /// Of the first one of that name, in any case; empty when there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
    /// A parameter of the query, decoded.
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body{};
    std::vector<Header> headers{};
};

/// Longer targets are refused.
inline constexpr std::size_t target_size_max = 4 * 1024;

/// Path and query from `/path?query` as it came. False when it is broken or too long.
[[nodiscard]] bool set_target(Request& request, std::string_view target);

/// Names of headers and hosts, which ASCII's case does not tell apart.
[[nodiscard]] bool same_word(std::string_view left, std::string_view right) noexcept;

/// `%41` and, in a query, `+`; nothing when it is broken or hides a control character.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

}  // namespace flowd::http
