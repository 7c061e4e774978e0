// SPDX-License-Identifier: BSD-3-Clause
// Ingress: where datagrams come from. One instance per RX worker; nothing is shared between
// instances, and all calls but the destructor come from that worker's thread. One virtual call per
// burst.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "flow/base/error.hpp"
#include "flow/model/datagram.hpp"

namespace flowd {

/// What became of the frames of one queue. Written by the RX worker only.
struct IngressStats {
    std::uint64_t datagrams =
        0;  ///< UDP datagrams that arrived, used or dropped: Σ `drops` included
    std::uint64_t payload_bytes = 0;  ///< their UDP payloads, of those handed on
    std::uint64_t missed = 0;  ///< lost before flowd saw them: the NIC's or the socket's own count
    std::array<std::uint64_t, flow::error_count> drops{};  ///< by reason, at the frame

    // What else became of frames; none of these is a datagram that is lost.
    std::uint64_t forwarded = 0;         ///< to the worker whose exporter it is
    std::uint64_t taken_over = 0;        ///< what other workers have forwarded to this one
    std::uint64_t held = 0;              ///< until an exporter's state had come
    std::uint64_t fragments = 0;         ///< that came
    std::uint64_t reassembled = 0;       ///< datagrams that were put together
    std::uint64_t checksums_bad = 0;     ///< of datagrams, used or dropped
    std::uint64_t answered = 0;          ///< ARP, neighbour discovery, ping
    std::uint64_t handed_to_kernel = 0;  ///< all else, where a TAP takes it
};

class Sharding;

class Ingress {
public:
    Ingress() = default;
    Ingress(const Ingress&) = delete;
    Ingress& operator=(const Ingress&) = delete;
    virtual ~Ingress() = default;

    /// Once, on the worker's thread, before the first receive(): registers the thread with the
    /// driver.
    virtual void attach() noexcept {}
    /// Once, on the worker's thread, after the last release().
    virtual void detach() noexcept {}

    /// The next burst, at most a few dozen; empty when there is nothing. Never waits. Borrowed
    /// until release().
    [[nodiscard]] virtual std::span<const flow::Datagram> receive() noexcept = 0;
    /// Gives the burst back. Called once after each receive(), empty or not.
    virtual void release() noexcept = 0;
    /// After an empty burst: waits as long as the idle policy says, about `most_ns` at most.
    virtual void wait(std::uint64_t most_ns) noexcept = 0;
    /// After an empty burst: nothing came, not even for others.
    [[nodiscard]] virtual bool idle() const noexcept { return true; }
    /// A replay that has given its last datagram. A live ingress never is.
    [[nodiscard]] virtual bool exhausted() const noexcept { return false; }

    /// The NUMA node that its buffers are in; negative: unknown, or all the same.
    [[nodiscard]] virtual int numa_node() const noexcept { return -1; }

    /// Null: exporters stay where they are.
    [[nodiscard]] virtual Sharding* sharding() noexcept { return nullptr; }

    /// Frames that came and are neither datagrams nor dropped yet: on their way to another worker
    /// or from there, held, or fragments. The worker's thread.
    [[nodiscard]] virtual std::uint64_t waiting() const noexcept { return 0; }
    [[nodiscard]] virtual const IngressStats& stats() noexcept = 0;
};

}  // namespace flowd
