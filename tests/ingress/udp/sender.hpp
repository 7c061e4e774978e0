// SPDX-License-Identifier: BSD-3-Clause
// Sender: a UDP socket of a test, with the source address that the test wants, on the loopback.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace flowd::udp {

struct Loopback {
    sockaddr_storage address{};
    socklen_t size = 0;

    Loopback(const std::string& host, std::uint16_t port) {
        sockaddr_in ipv4{};
        sockaddr_in6 ipv6{};
        if (::inet_pton(AF_INET, host.c_str(), &ipv4.sin_addr) == 1) {
            ipv4.sin_family = AF_INET;
            ipv4.sin_port = htons(port);
            std::memcpy(&address, &ipv4, size = sizeof ipv4);
        } else {
            EXPECT_EQ(::inet_pton(AF_INET6, host.c_str(), &ipv6.sin6_addr), 1) << host;
            ipv6.sin6_family = AF_INET6;
            ipv6.sin6_port = htons(port);
            std::memcpy(&address, &ipv6, size = sizeof ipv6);
        }
    }
    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&address);
    }
};

class Sender {
public:
    /// Sends from `source`, and a port of the system's choice, to `destination`.
    Sender(const std::string& source, const std::string& destination, std::uint16_t port) {
        const Loopback from{source, 0};
        const Loopback to{destination, port};
        socket_ = ::socket(from.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::bind(socket_, from.get(), from.size), 0) << source;
        EXPECT_EQ(::connect(socket_, to.get(), to.size), 0) << destination;
    }
    ~Sender() { ::close(socket_); }
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    void send(std::string_view payload) const {
        EXPECT_EQ(::send(socket_, payload.data(), payload.size(), 0),
                  static_cast<ssize_t>(payload.size()));
    }
    [[nodiscard]] std::uint16_t port() const {
        sockaddr_in6 local{};
        socklen_t size = sizeof local;
        EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&local), &size), 0);
        return ntohs(local.sin6_port);  // where sockaddr_in has it too
    }

private:
    int socket_ = -1;
};

[[nodiscard]] inline bool loopback_has_ipv6() {
    const int socket = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const Loopback local{"::1", 0};
    const bool has = socket >= 0 && ::bind(socket, local.get(), local.size) == 0;
    if (socket >= 0) ::close(socket);
    return has;
}

}  // namespace flowd::udp
