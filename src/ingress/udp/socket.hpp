// SPDX-License-Identifier: BSD-3-Clause
// Sockets of the UDP ingress: opened at start by the main thread, each read by one RX worker.
// Cold; what runs per datagram is in ingress.cpp.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "config/listen.hpp"
#include "flow/model/datagram.hpp"
#include "ingress/udp/options.hpp"
#include "log/failure.hpp"

namespace flowd::udp {

/// Owns a file descriptor.
class Descriptor {
public:
    Descriptor() noexcept = default;
    explicit Descriptor(int number) noexcept : number_{number} {}
    Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_ = -1;
};

struct Socket {
    Descriptor descriptor;
    flow::Protocols accepts;
    std::uint16_t port = 0;                 ///< local
    std::uint32_t drops = 0;                ///< the kernel's count when we last looked; it wraps
    std::int64_t receive_buffer_bytes = 0;  ///< what the system gave
};

/// `count` sockets on the listener's address and port. Above one they share it, and the kernel
/// chooses among them by the source address alone, so that an exporter stays on one socket. The
/// failure names the URI.
[[nodiscard]] Outcome<std::vector<Socket>> open_sockets(const Options& options,
                                                        const config::Listener& listener,
                                                        std::uint32_t count);

/// Datagrams that the kernel has dropped at the socket since it was made: no room, or a wrong
/// checksum. Wraps at 32 bits.
[[nodiscard]] std::uint32_t kernel_drops(const Descriptor& descriptor) noexcept;

/// Says in the log that the system gives less than was wanted, and what would change that.
void warn_of_small_buffer(std::int64_t wanted, std::int64_t given);

}  // namespace flowd::udp
