// SPDX-License-Identifier: BSD-3-Clause
// Sharding: what an ingress whose exporters may belong to other RX workers does while an exporter
// moves. All calls come from the RX worker's thread, between bursts.
#pragma once

#include "ingress/shard_table.hpp"

namespace flowd {

class Sharding {
public:
    Sharding() = default;
    Sharding(const Sharding&) = delete;
    Sharding& operator=(const Sharding&) = delete;

    [[nodiscard]] virtual ShardTable& table() noexcept = 0;
    /// Datagrams that the move concerns wait from here on, in their order, until let_go().
    virtual void hold(const ShardMove& move) noexcept = 0;
    virtual void let_go() noexcept = 0;
    /// Some of them have not been received yet.
    [[nodiscard]] virtual bool holding() const noexcept = 0;
    /// Remembers what is in the rings to this worker now; passed() says that it has been received.
    virtual void mark() noexcept = 0;
    [[nodiscard]] virtual bool passed() const noexcept = 0;

    /// Receives nothing more from ports; what is in the rings still comes.
    virtual void close() noexcept = 0;
    /// Nothing comes any more: every worker has closed, and the rings to this one are empty.
    [[nodiscard]] virtual bool closed() const noexcept = 0;

protected:
    ~Sharding() = default;
};

}  // namespace flowd
