// SPDX-License-Identifier: BSD-3-Clause
// The rules, and what is done against foreign pages in an allowed browser: they may call flowd by a
// name of their own that they point here (DNS rebinding), or post to it.
#include "http/access.hpp"

#include <algorithm>
#include <cstddef>

#include "config/text.hpp"
#include "log/address.hpp"

namespace flowd::http {

namespace {

bool contains(const config::Network& network, const flow::Address& address) noexcept {
    if (network.address.size != address.size) return false;
    for (unsigned i = 0; i < address.size; ++i) {
        const unsigned kept = network.bits > 8 * i ? std::min(network.bits - 8 * i, 8U) : 0;
        const unsigned mask = 0xff00U >> kept & 0xffU;
        if (((network.address.octets[i] ^ address.octets[i]) & mask) != 0) return false;
    }
    return true;
}

/// The Host header without its port and brackets.
std::string_view host_name(std::string_view host) noexcept {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

bool is_address(std::string_view host) { return parse_address(host).size != 0; }

/// Empty: none.
std::string_view token_of(const Request& request) noexcept {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view value = request.header("Authorization");
    if (value.size() <= scheme.size() || !same_word(value.substr(0, scheme.size()), scheme)) {
        return {};
    }
    return value.substr(scheme.size());
}

/// A browser says who asks: a page of another site may not.
bool is_cross_site(const Request& request) noexcept {
    const std::string_view site = request.header("Sec-Fetch-Site");
    if (!site.empty() && site != "same-origin" && site != "none") return true;
    const std::string_view origin = request.header("Origin");
    if (origin.empty()) return false;
    const std::size_t slashes = origin.find("//");
    return slashes == origin.npos || !same_word(origin.substr(slashes + 2), request.header("Host"));
}

/// A page that has flowd's address behind its own name (DNS rebinding) is of the same origin, for
/// which browsers leave out Origin, and Sec-Fetch-Site without TLS. They always say a language.
bool is_browser(const Request& request) noexcept {
    constexpr std::array<std::string_view, 3> said{"Origin", "Sec-Fetch-Site", "Accept-Language"};
    return std::any_of(request.headers.begin(), request.headers.end(), [&](const Header& each) {
        if (same_word(each.name, "User-Agent")) return each.value.starts_with("Mozilla/");
        return std::any_of(said.begin(), said.end(),
                           [&](std::string_view name) { return same_word(each.name, name); });
    });
}

constexpr std::string_view unknown_name =
    "flowd does not know itself by this name (Host); http.names tells it, an IP address works "
    "always";

/// Then its address is the proxy's. Whatever they say: a client may send an empty one, to which
/// the proxy adds a second.
bool came_through_proxy(const Request& request) noexcept {
    constexpr std::array<std::string_view, 4> said{"Forwarded", "X-Forwarded-For", "X-Real-IP",
                                                   "Via"};
    return std::any_of(request.headers.begin(), request.headers.end(), [&](const Header& each) {
        return std::any_of(said.begin(), said.end(),
                           [&](std::string_view name) { return same_word(each.name, name); });
    });
}

}  // namespace

bool same_secret(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
    }
    // Opaque to the compiler, which would stop at the first difference otherwise.
    asm volatile("" : "+r"(difference));
    return difference == 0;
}

bool is_loopback(const flow::Address& address) noexcept {
    if (address.size == 4) return address.octets[0] == 127;
    if (address.size != 16 || address.octets[15] != 1) return false;
    return std::all_of(address.octets.begin(), address.octets.end() - 1,
                       [](std::uint8_t octet) { return octet == 0; });
}

std::string_view Access::refusal(const Request& request, Audience audience) const {
    if (audience == Audience::anyone || request.client.is_socket) return {};
    if (audience == Audience::everyone) {
        const bool is_refused = is_browser(request) && !is_known_host(request.header("Host"));
        return is_refused ? unknown_name : std::string_view{};
    }
    const std::string_view token = token_of(request);
    if (!token.empty() && !settings_.token.empty()) {
        if (!same_secret(token, settings_.token)) return "the token is wrong";
        return audience == Audience::changers && is_cross_site(request)
                   ? std::string_view{"a page of another site may change nothing"}
                   : std::string_view{};
    }
    if (audience == Audience::changers) {
        return settings_.token.empty()
                   ? "changes come over the UNIX socket (flowctl uses it), or with a token: "
                     "http.token sets one"
                   : "changes come over the UNIX socket (flowctl uses it), or with the token";
    }
    return refusal_of_viewer(request);
}

std::string_view Access::refusal_of_viewer(const Request& request) const {
    const Client& client = request.client;
    // Unless it is told to, nginx says nothing of its client, and speaks HTTP/1.0.
    const bool is_local =
        client.is_loopback && !request.is_http_1_0 && !came_through_proxy(request);
    const bool is_allowed =
        std::any_of(settings_.allowed.begin(), settings_.allowed.end(),
                    [&](const config::Network& each) { return contains(each, client.address); });
    if (!is_local && !is_allowed && client.is_loopback && request.is_http_1_0) {
        return "over HTTP/1.0 it may be a proxy that asks: clients on flowd's own machine speak "
               "HTTP/1.1, others want the token";
    }
    if (!is_local && !is_allowed) {
        return "this is for clients on flowd's own machine; http.allow names networks that may "
               "see it, http.token sets a token";
    }
    return is_known_host(request.header("Host")) ? std::string_view{} : unknown_name;
}

bool Access::is_known_host(std::string_view host) const {
    if (host.empty()) return true;  // no browser
    std::string_view name = host_name(host);
    if (name.ends_with('.')) name.remove_suffix(1);
    const std::string lower = config::lower(name);
    if (lower == "localhost" || lower.ends_with(".localhost") || is_address(name)) return true;
    return std::any_of(settings_.names.begin(), settings_.names.end(),
                       [name](const std::string& each) { return same_word(each, name); });
}

}  // namespace flowd::http
