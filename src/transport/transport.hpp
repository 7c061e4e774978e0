// SPDX-License-Identifier: BSD-3-Clause
// Transport: where messages go. One instance per TX worker, used by its thread only. One virtual
// call per batch. What it takes is delivered at once (a file) or some time later (Kafka); its
// counts say at any moment where each message is.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <thread>

#include "flow/base/bytes.hpp"
#include "flow/model/batch.hpp"
#include "log/failure.hpp"
#include "metrics/counter.hpp"
#include "metrics/loss.hpp"
#include "metrics/observation.hpp"
#include "metrics/tx_ledger.hpp"

namespace flowd {

enum class TransportState : std::uint8_t {
    up,
    slow,      ///< the destination takes less than comes: batches wait in their ring
    spooling,  ///< what comes is kept on disk, behind what is there already
    dropping,  ///< messages are being lost; the reason was logged once
    closed,    ///< the reader has gone (a broken pipe): nothing will ever be delivered again
};

[[nodiscard]] constexpr std::string_view state_name(TransportState state) noexcept {
    constexpr std::array<std::string_view, 5> names{"up", "slow", "spooling", "dropping", "closed"};
    return names[static_cast<std::size_t>(state)];
}

/// Held by messages that are in flight: who waits for all of them lends one to deliver().
struct Ticket {
    std::size_t pending = 0;
    /// Its messages are in `taken` or `spool_restored` already: they come from a spool.
    bool counted = false;
};

/// Where a transport gets from what deliver() takes.
struct Delivery {
    Ticket* ticket = nullptr;  ///< may be null; outlives the transport or its messages
    std::uint32_t source = 0;  ///< of the messages, as the ledger counts sources

    [[nodiscard]] Place place() const noexcept {
        return ticket != nullptr && ticket->counted ? Place::spooled : Place::taken;
    }
};

/// Messages by where they are: `taken + spool_restored = delivered + sum of lost + in_flight +
/// spooled`, at every moment between two calls. Each message is counted once in `taken`, by who
/// takes it first: the transport, or the spool before it when it goes to disk. What a transport
/// takes from a spool moves from `spooled` (the spool subtracts it) to what the transport makes of
/// it. Written by the TX worker's thread only; anyone may read.
struct alignas(64) TransportCounts {
    Counter taken;
    Counter delivered;  ///< acknowledged, where the destination does that
    Counter bytes;      ///< delivered, terminators included, keys not
    Counter in_flight;  ///< taken, and neither delivered nor lost nor spooled
    std::array<Counter, loss_count> lost;
    Counter spooled;         ///< on disk now, and not in flight
    Counter spool_restored;  ///< found there at start
    Counter spool_damaged;   ///< segments of which something could not be read
    Counter state;           ///< a TransportState

    /// How a transport counts what deliver() takes.
    void take(std::uint64_t messages, const Delivery& delivery) noexcept {
        if (delivery.place() == Place::taken) taken.add(messages);
    }
    void lose(Loss loss, std::uint64_t messages) noexcept {
        lost[static_cast<std::size_t>(loss)].add(messages);
    }
    /// Changes with whatever happens to messages.
    [[nodiscard]] std::uint64_t moves() const noexcept {
        return taken.get() + delivered.get() + in_flight.get() + spooled.get() + lost_sum();
    }
    [[nodiscard]] std::uint64_t lost_by(Loss loss) const noexcept {
        return lost[static_cast<std::size_t>(loss)].get();
    }
    [[nodiscard]] std::uint64_t lost_sum() const noexcept {
        std::uint64_t sum = 0;
        for (const Counter& each : lost) sum += each.get();
        return sum;
    }
};

/// Takes back what a transport could not deliver when it was closed, in its order.
class Leftovers {
public:
    Leftovers() = default;
    Leftovers(const Leftovers&) = delete;
    Leftovers& operator=(const Leftovers&) = delete;
    virtual ~Leftovers() = default;

    /// `key` is null when there is none, `ticket` is the one that deliver() was lent, and no
    /// longer held by the message. True: it is not in flight any more, and counted elsewhere, also
    /// in the ledger. False: there is no room for it, so it is lost.
    [[nodiscard]] virtual bool take(flow::Bytes message, const flow::Bytes* key, Ticket* ticket,
                                    Owner owner) noexcept = 0;
};

/// How a transport ends.
struct Ending {
    std::chrono::milliseconds patience{0};  ///< to deliver what is in flight
    const std::atomic<bool>& hurry;         ///< ends that patience
    Leftovers* leftovers = nullptr;         ///< null: what is left is lost, as given_up
};

class Transport {
public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    /// Takes messages of `batch`, from `first` on, and says how many; it does not wait. Fewer than
    /// all: there is no room now.
    virtual std::size_t deliver(const flow::Batch& batch, std::size_t first,
                                const Delivery& delivery) noexcept = 0;
    /// Takes what the destination reports. Returns when there may be room again, or after `most`.
    virtual void wait(std::chrono::milliseconds most) noexcept {
        std::this_thread::sleep_for(most);
    }
    /// No batch is waiting: a good moment to flush. Returns how long the caller may sleep.
    virtual std::chrono::milliseconds idle() noexcept { return std::chrono::milliseconds{1000}; }
    /// Has it messages that only a later call of wait() or idle() delivers (a spool)? The end of a
    /// replay waits for them; a stop does not.
    [[nodiscard]] virtual bool has_backlog() const noexcept { return false; }
    /// SIGHUP: opens the destination anew where that means something.
    virtual void reopen() noexcept {}
    /// Last call: flushes and closes. The failure is for the exit status; it has been logged.
    virtual Failure close(const Ending& ending) noexcept = 0;

    [[nodiscard]] virtual TransportState state() const noexcept = 0;
    [[nodiscard]] virtual TransportCounts& counts() noexcept { return counts_; }
    /// The same by account: its rows add up to the counts between two calls.
    [[nodiscard]] virtual TxLedger& ledger() noexcept { return ledger_; }
    /// What a library says of itself. Any thread.
    [[nodiscard]] virtual NamedNumbers statistics() const { return {}; }

private:
    TransportCounts counts_;
    TxLedger ledger_;
};

}  // namespace flowd
