// SPDX-License-Identifier: BSD-3-Clause
// Who may see and change what. Read-only once made; any thread.
//   anyone    the page, which holds no numbers, where there is a token
//   everyone  metrics, health, templates; browsers only by a name that flowd knows
//   viewers   the page and the API: this machine, http.allow, the token, the UNIX socket
//   changers  what changes something: the token, the UNIX socket
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/network.hpp"
#include "http/request.hpp"

namespace flowd::http {

enum class Audience : std::uint8_t { anyone, everyone, viewers, changers };

class Access {
public:
    struct Settings {
        std::vector<config::Network> allowed{};
        std::vector<std::string> names{};  ///< of this machine, as browsers call it
        std::string token{};               ///< empty: nobody has it
    };
    Access() = default;
    explicit Access(Settings settings) : settings_{std::move(settings)} {}

    /// Why not, in a sentence; empty: the client may.
    [[nodiscard]] std::string_view refusal(const Request& request, Audience audience) const;

private:
    [[nodiscard]] std::string_view refusal_of_viewer(const Request& request) const;
    [[nodiscard]] bool is_known_host(std::string_view host) const;

    Settings settings_;
};

/// In a time that says nothing about where they differ.
[[nodiscard]] bool same_secret(std::string_view left, std::string_view right) noexcept;

/// A client's address as access control needs it.
[[nodiscard]] bool is_loopback(const flow::Address& address) noexcept;

}  // namespace flowd::http
