// SPDX-License-Identifier: BSD-3-Clause
// Opens sockets: address, sharing, receive buffer. Main thread, at start.
#include "ingress/udp/socket.hpp"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "ingress/udp/source_filter.hpp"
#include "log/log.hpp"

namespace flowd::udp {

namespace {

/// A socket address of either family.
struct Place {
    sockaddr_storage address{};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&address);
    }
    [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&address); }
    [[nodiscard]] bool is_ipv6() const noexcept { return address.ss_family == AF_INET6; }
    /// Both families have the port at the same offset.
    [[nodiscard]] std::uint16_t port() const noexcept {
        return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
    }
};
static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));

[[nodiscard]] Failure failure(const config::Listener& listener, const std::string& what) {
    return Failure{"listen: " + listener.uri + ": " + what};
}

[[nodiscard]] Failure system_failure(const config::Listener& listener, std::string_view what,
                                     int error) {
    return failure(listener, std::string{what} + ": " + std::generic_category().message(error));
}

[[nodiscard]] bool set_option(const Descriptor& socket, int level, int option, int value) noexcept {
    return ::setsockopt(socket.number(), level, option, &value, sizeof value) == 0;
}

[[nodiscard]] bool system_has_ipv6() noexcept {
    return static_cast<bool>(Descriptor{::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)});
}

/// Every address: of both families through one dual-stack socket where there is IPv6.
[[nodiscard]] Place everywhere(std::uint16_t port) noexcept {
    Place place;
    if (system_has_ipv6()) {
        const sockaddr_in6 any{.sin6_family = AF_INET6,
                               .sin6_port = htons(port),
                               .sin6_flowinfo = 0,
                               .sin6_addr = in6addr_any,
                               .sin6_scope_id = 0};
        std::memcpy(&place.address, &any, sizeof any);
        place.size = sizeof any;
    } else {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_port = htons(port);
        std::memcpy(&place.address, &any, sizeof any);
        place.size = sizeof any;
    }
    return place;
}

/// The first address of the host, when it is a name.
Outcome<Place> find_place(const config::Listener& listener) {
    if (listener.host.empty()) return everywhere(listener.port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(listener.port);
    const int error = ::getaddrinfo(listener.host.c_str(), port.c_str(), &hints, &found);
    const int system_error = errno;
    if (error == EAI_SYSTEM) {
        return system_failure(listener, "cannot look up \"" + listener.host + "\"", system_error);
    }
    if (error != 0) {
        return failure(listener,
                       "cannot look up \"" + listener.host + "\": " + ::gai_strerror(error));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{found, &::freeaddrinfo};
    Place place;
    place.size = std::min<socklen_t>(found->ai_addrlen, sizeof place.address);
    std::memcpy(&place.address, found->ai_addr, place.size);
    return place;
}

[[nodiscard]] std::string place_text(const Place& place) {
    std::array<char, NI_MAXHOST> host{};
    if (::getnameinfo(place.get(), place.size, host.data(), host.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0) {
        return "?";
    }
    const std::string port = std::to_string(place.port());
    return place.is_ipv6() ? "[" + std::string{host.data()} + "]:" + port
                           : std::string{host.data()} + ":" + port;
}

[[nodiscard]] Failure bind_failure(const config::Listener& listener, const Place& place,
                                   int error) {
    const std::string what = "cannot bind " + place_text(place);
    if (error == EADDRINUSE) {
        return failure(listener, what + ": address in use: another socket receives there");
    }
    Failure result = system_failure(listener, what, error);
    if (error == EACCES && place.port() < 1024) {
        result.sentence += ": a port below 1024 needs CAP_NET_BIND_SERVICE";
    } else if (error == EADDRNOTAVAIL) {
        result.sentence += ": no interface of this machine has it";
    }
    return result;
}

/// Sets the receive buffer, above net.core.rmem_max where we may, and says what the system gave.
/// The kernel doubles what it is asked for, for its bookkeeping, and reports the double.
[[nodiscard]] std::int64_t set_receive_buffer(const Descriptor& socket,
                                              std::int64_t bytes) noexcept {
    const int wanted = static_cast<int>(bytes);
    if (bytes > 0 && !set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, wanted)) {
        [[maybe_unused]] const bool judged_by_what_it_gives =
            set_option(socket, SOL_SOCKET, SO_RCVBUF, wanted);
    }
    int given = 0;
    socklen_t size = sizeof given;
    ::getsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &given, &size);
    return given / 2;
}

/// One socket, bound. `place` gets the port that the system chose when it was 0.
Outcome<Socket> bind_socket(const Options& options, const config::Listener& listener, Place& place,
                            bool shares) {
    const int family = place.address.ss_family;
    Descriptor socket{::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket) return system_failure(listener, "cannot open a socket", errno);
    bool set = true;
    if (place.is_ipv6()) set = set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (shares) {
        set = set && set_option(socket, SOL_SOCKET, SO_REUSEPORT, 1) && keep_out(socket.number());
    }
    if (!set) return system_failure(listener, "cannot set an option of a socket", errno);
    const std::int64_t given = set_receive_buffer(socket, options.receive_buffer_bytes);
    if (::bind(socket.number(), place.get(), place.size) != 0) {
        return bind_failure(listener, place, errno);
    }
    socklen_t size = sizeof place.address;
    ::getsockname(socket.number(), place.get(), &size);
    Socket bound;
    bound.descriptor = std::move(socket);
    bound.accepts = listener.accepts;
    bound.port = place.port();
    bound.receive_buffer_bytes = given;
    return bound;
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

Outcome<std::vector<Socket>> open_sockets(const Options& options, const config::Listener& listener,
                                          std::uint32_t count) {
    auto found = find_place(listener);
    if (!found) return found.error();
    Place place = *found;
    std::vector<Socket> sockets;
    const bool shares = count > 1;
    if (shares) {
        // Sockets that share a port would also join those of another flowd, which would then lose
        // exporters to us without a word. One that does not share finds out; it is closed again.
        auto alone = bind_socket(options, listener, place, false);
        if (!alone) return alone.error();
    }
    for (std::uint32_t index = 0; index < count; ++index) {
        auto socket = bind_socket(options, listener, place, shares);
        if (!socket) return socket.error();
        sockets.push_back(std::move(*socket));
    }
    if (!shares) return sockets;
    if (!choose_by_source(sockets.front().descriptor.number(), count)) {
        return system_failure(listener, "cannot choose sockets by source address", errno);
    }
    for (Socket& socket : sockets) {
        if (!let_in(socket.descriptor.number())) {
            return system_failure(listener, "cannot let datagrams in", errno);
        }
        socket.drops = kernel_drops(socket.descriptor);  // what was kept out was never ours
    }
    return sockets;
}

std::uint32_t kernel_drops(const Descriptor& descriptor) noexcept {
    std::array<std::uint32_t, SK_MEMINFO_VARS> information{};
    socklen_t size = sizeof information;
    ::getsockopt(descriptor.number(), SOL_SOCKET, SO_MEMINFO, information.data(), &size);
    return information[SK_MEMINFO_DROPS];
}

void warn_of_small_buffer(std::int64_t wanted, std::int64_t given) {
    if (given >= wanted) return;
    log::warn("ingress.udp.receive_buffer_bytes: " + std::to_string(wanted) +
              " is wanted, but the system gives " + std::to_string(given) +
              "; raise its limit with: sysctl -w net.core.rmem_max=" + std::to_string(wanted));
}

}  // namespace flowd::udp
