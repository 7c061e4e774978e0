// SPDX-License-Identifier: BSD-3-Clause
// A client that sends bytes as it is told and reads what comes back: slow, broken and greedy ones
// are made of it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "http/descriptor.hpp"

namespace flowd::http {

class TestClient {
public:
    /// At 127.0.0.1, from 127.0.0.`from`.
    explicit TestClient(std::uint16_t port, std::uint8_t from = 1)
        : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(0x7f00'0000U + from);
        if (::bind(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            return;
        }
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        connected_ =
            ::connect(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    explicit TestClient(const std::string& path)
        : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        connected_ =
            ::connect(socket_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }

    [[nodiscard]] bool connected() const noexcept { return connected_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
        return true;
    }
    void shut() { ::shutdown(socket_.number(), SHUT_WR); }

    /// One response, its body included; empty when the server closes or says nothing in time.
    std::string response(bool with_body = true, int patience_ms = 60'000) {
        for (;;) {
            const std::size_t end = in_.find("\r\n\r\n");
            if (end != in_.npos) {
                const std::size_t at = in_.find("Content-Length: ");
                const std::size_t body =
                    with_body && at < end ? std::stoul(in_.substr(at + 16, 20)) : std::size_t{0};
                if (in_.size() >= end + 4 + body) {
                    std::string response = in_.substr(0, end + 4 + body);
                    in_.erase(0, response.size());
                    return response;
                }
            }
            if (!more(patience_ms)) return {};
        }
    }
    /// Has the server closed, within that time?
    [[nodiscard]] bool is_closed(int patience_ms) {
        while (more(patience_ms)) {
        }
        return closed_;
    }

private:
    bool more(int patience_ms) {
        pollfd wait{.fd = socket_.number(), .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, patience_ms) <= 0) return false;
        std::array<char, 65'536> chunk;
        const ssize_t size = ::recv(socket_.number(), chunk.data(), chunk.size(), 0);
        if (size <= 0) {
            closed_ = true;
            return false;
        }
        in_.append(chunk.data(), static_cast<std::size_t>(size));
        return true;
    }

    Descriptor socket_;
    bool connected_ = false;
    bool closed_ = false;
    std::string in_;
};

}  // namespace flowd::http
