// SPDX-License-Identifier: BSD-3-Clause
// Addresses through the C library.
#include "http/listen.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "config/numbers.hpp"
#include "config/text.hpp"
#include "log/reason.hpp"

namespace flowd::http {

namespace {

constexpr int backlog = 64;

/// Everything but the port; nothing when the brackets are wrong.
std::optional<std::string> host_of(std::string_view text) {
    if (!text.empty() && text.front() == '[') {
        if (text.size() < 3 || text.back() != ']') return {};
        return std::string{text.substr(1, text.size() - 2)};
    }
    if (text.find_first_of(":[]/ ") != text.npos) return {};
    return std::string{text};
}

Outcome<ListenAddress> parse_address(std::string_view text) {
    const auto failure = [text](std::string_view why) {
        return Failure{"http.listen: " + config::in_quotes(text) + std::string{why}};
    };
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return failure(" has no port; write host:port or :port");
    const std::optional<std::string> host = host_of(text.substr(0, colon));
    if (!host) return failure(" is not host:port, [IPv6]:port or :port");
    const std::optional<std::int64_t> port = config::parse_integer(text.substr(colon + 1));
    if (!port || *port < 0 || *port > 65'535) return failure(": the port is not 0 to 65535");
    return ListenAddress{*host, static_cast<std::uint16_t>(*port), std::string{text}};
}

struct Place {
    int family = AF_INET;
    sockaddr_storage address{};
    socklen_t size = 0;
};

std::string text_of(const sockaddr_storage& address, socklen_t size, std::uint16_t& port) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    const int error =
        ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(),
                      service.data(), service.size(), NI_NUMERICHOST | NI_NUMERICSERV);
    if (error != 0) return "?";
    port = static_cast<std::uint16_t>(std::strtoul(service.data(), nullptr, 10));
    const std::string text{host.data()};
    return (text.find(':') != text.npos ? '[' + text + ']' : text) + ':' + service.data();
}

/// Zero, or why not.
int bind_and_listen(const Place& place, ListenSocket& made) {
    Descriptor socket{
        ::socket(place.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)};
    if (!socket) return errno;
    const int on = 1;
    const int off = 0;
    ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (place.family == AF_INET6) {
        ::setsockopt(socket.number(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    const auto* const address = reinterpret_cast<const sockaddr*>(&place.address);
    if (::bind(socket.number(), address, place.size) != 0) return errno;
    if (::listen(socket.number(), backlog) != 0) return errno;
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&bound), &size);
    made.place = text_of(bound, size, made.port);
    made.descriptor = std::move(socket);
    return 0;
}

std::vector<Place> everywhere(std::uint16_t port) {
    Place both{.family = AF_INET6, .size = sizeof(sockaddr_in6)};
    const sockaddr_in6 any6{.sin6_family = AF_INET6,
                            .sin6_port = htons(port),
                            .sin6_flowinfo = 0,
                            .sin6_addr = in6addr_any,
                            .sin6_scope_id = 0};
    std::memcpy(&both.address, &any6, sizeof any6);
    Place v4{.family = AF_INET, .size = sizeof(sockaddr_in)};
    sockaddr_in any4{};
    any4.sin_family = AF_INET;
    any4.sin_port = htons(port);
    std::memcpy(&v4.address, &any4, sizeof any4);
    return {both, v4};
}

Outcome<std::vector<Place>> places_of(const ListenAddress& address) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(address.port);
    const int error = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
    if (error != 0) {
        return Failure{"cannot look up " + config::in_quotes(address.host) + ": " +
                       ::gai_strerror(error)};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{found, &::freeaddrinfo};
    std::vector<Place> places;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        Place place{.family = each->ai_family, .size = each->ai_addrlen};
        std::memcpy(&place.address, each->ai_addr, each->ai_addrlen);
        places.push_back(place);
    }
    return places;
}

/// A family or an address that this machine lacks.
bool is_absent(int error) noexcept { return error == EAFNOSUPPORT || error == EADDRNOTAVAIL; }

}  // namespace

Outcome<std::vector<ListenAddress>> parse_addresses(std::string_view text) {
    std::vector<ListenAddress> all;
    if (config::trimmed(text).empty()) return all;
    for (const std::string_view part : config::split(text, ',')) {
        Outcome<ListenAddress> parsed = parse_address(config::trimmed(part));
        if (!parsed) return parsed.error();
        all.push_back(std::move(*parsed));
    }
    return all;
}

flow::Result<std::vector<ListenSocket>, ListenFailure> listen_at(const ListenAddress& address) {
    const std::string place = "http.listen: " + address.text + ": ";
    std::vector<Place> places;
    if (address.host.empty()) {
        places = everywhere(address.port);
    } else {
        Outcome<std::vector<Place>> found = places_of(address);
        if (!found) return ListenFailure{place + found.error().sentence};
        places = std::move(*found);
    }
    std::vector<ListenSocket> sockets;
    int absent = 0;
    for (const Place& each : places) {
        ListenSocket made;
        const int error = bind_and_listen(each, made);
        if (error == 0) {
            sockets.push_back(std::move(made));
            if (address.host.empty()) break;  // both families are in it
        } else if (is_absent(error)) {
            absent = error;
        } else {
            return ListenFailure{place + reason(error), error == EADDRINUSE};
        }
    }
    if (sockets.empty()) return ListenFailure{place + reason(absent)};
    return sockets;
}

}  // namespace flowd::http
