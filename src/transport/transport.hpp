// SPDX-License-Identifier: BSD-3-Clause
// Transport: where messages go. One instance per TX worker, used by its thread only; it may block.
// One virtual call per batch.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/model/batch.hpp"
#include "log/failure.hpp"

namespace flowd {

/// What became of a batch; the rest of its messages is lost and counted by the caller as
/// `transport_failed`.
struct Delivery {
    std::size_t messages = 0;
    std::size_t bytes = 0;
};

enum class TransportState : std::uint8_t {
    up,
    failing,  ///< messages are being lost; the reason was logged once
    closed,   ///< the reader has gone (a broken pipe): nothing will ever be delivered again
};

class Transport {
public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    virtual Delivery deliver(const flow::Batch& batch) noexcept = 0;
    /// No batch is waiting: a good moment to poll or to flush.
    virtual void idle() noexcept {}
    /// SIGHUP: opens the destination anew where that means something.
    virtual void reopen() noexcept {}
    /// Last call: flushes and closes. The failure is for the exit status; it has been logged.
    virtual Failure close() noexcept = 0;

    [[nodiscard]] virtual TransportState state() const noexcept = 0;
};

}  // namespace flowd
