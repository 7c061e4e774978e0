// SPDX-License-Identifier: BSD-3-Clause
// Tap: copies of datagrams on their way from an RX worker to a thread that shows them to a person:
// those of one exporter, or those that could not be decoded. A ring of bytes with one writer and
// one reader; full means that the newest is not kept, counted. Nothing is copied while nobody
// wants to see anything.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "flow/base/error.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/datagram.hpp"
#include "metrics/counter.hpp"

namespace flowd {

/// A datagram as it is kept. Its payload is the ring's, or whoever's copy it is.
struct TappedDatagram {
    std::uint64_t received_ns = 0;
    flow::Address source{};
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    flow::Error outcome = flow::Error::none;
    bool for_errors = false;  ///< one of the few errors a second that are to be kept as such
    flow::Bytes payload{};
};

/// What a tap takes.
struct TapSettings {
    bool errors = false;                       ///< what could not be decoded, a few a second
    bool all = false;                          ///< everything, or everything of one exporter:
    flow::Address only{};                      ///< size 0: of any
    std::uint16_t only_port = 0;               ///< 0: any
    std::size_t bytes = std::size_t{1} << 20;  ///< of the ring; rounded up to a power of two
};

class Tap {
public:
    /// Of errors, each exporter and reason may have so many in a second.
    static constexpr std::uint16_t errors_per_second = 8;

    explicit Tap(const TapSettings& settings) noexcept;
    Tap(const Tap&) = delete;
    Tap& operator=(const Tap&) = delete;

    /// RX worker: `outcome` is what was wrong with it.
    void offer(const flow::Datagram& datagram, flow::Error outcome) noexcept {
        const bool error = settings_.errors && failed(outcome) && is_in_share(datagram, outcome);
        if (error || (settings_.all && is_wanted(datagram))) keep(datagram, outcome, error);
    }

    /// Reader: `visit(const TappedDatagram&)` for what has come, in that order.
    template <class Visit>
    void drain(Visit visit) noexcept {
        std::uint64_t at = read_.load(std::memory_order_relaxed);
        const std::uint64_t end = written_.load(std::memory_order_acquire);  // pairs with keep()
        while (at != end) {
            const std::uint8_t* const from = &bytes_[at & mask_];
            Extent extent;
            std::memcpy(&extent, from, sizeof extent);
            if (extent.size == Extent::nothing) {
                at += extent.room;
                continue;
            }
            Header header;
            std::memcpy(&header, from, sizeof header);
            visit(TappedDatagram{header.received_ns, header.source, header.source_port,
                                 header.destination_port, header.outcome, header.for_errors,
                                 flow::Bytes{from + sizeof header, extent.size}});
            at += extent.room;
        }
        read_.store(at, std::memory_order_release);  // pairs with keep()
    }
    /// Any thread: wanted, but there was no room.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.get(); }
    /// Any thread: errors beyond those that an exporter may have.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_.get(); }

private:
    struct Extent {
        static constexpr std::uint32_t nothing = UINT32_MAX;

        std::uint32_t room;  ///< bytes of the ring, the header and the payload among them
        std::uint32_t size;  ///< of the payload; `nothing`: this is but the way to the ring's start
    };
    struct Header {
        Extent extent;
        std::uint64_t received_ns;
        flow::Address source;
        std::uint16_t source_port;
        std::uint16_t destination_port;
        flow::Error outcome;
        bool for_errors;
    };
    static constexpr std::size_t alignment = sizeof(Extent);

    /// Errors of the present second, of the exporters and reasons that share it.
    struct Share {
        std::uint32_t second;
        std::uint16_t count;
    };

    [[nodiscard]] bool is_wanted(const flow::Datagram& datagram) const noexcept;
    [[nodiscard]] bool is_in_share(const flow::Datagram& datagram, flow::Error outcome) noexcept;
    void keep(const flow::Datagram& datagram, flow::Error outcome, bool for_errors) noexcept;

    TapSettings settings_;
    flow::Slots<std::uint8_t> bytes_;
    std::uint64_t mask_;

    // Written by the RX worker only.
    alignas(64) std::atomic<std::uint64_t> written_{0};
    Counter lost_;
    Counter skipped_;
    std::array<Share, 256> shares_{};
    // Written by the reader only.
    alignas(64) std::atomic<std::uint64_t> read_{0};
};

/// Where a tap is put for an RX worker, and how its owner knows that the worker has let go of it.
/// What was put is numbered: the same pointer may be put again.
class TapPlace {
public:
    /// The tap's owner, one thread. Null: none any more.
    void put(Tap* tap) noexcept {
        wanted_.store(tap, std::memory_order_relaxed);
        const std::uint64_t number = number_.load(std::memory_order_relaxed) + 1;
        number_.store(number, std::memory_order_release);  // pairs with refresh()
    }
    /// The owner: the worker uses what was put, and nothing from before. A worker that has ended
    /// uses nothing.
    [[nodiscard]] bool settled() const noexcept {
        return seen_.load(std::memory_order_acquire) ==  // pairs with refresh()
               number_.load(std::memory_order_relaxed);
    }

    /// RX worker, between two bursts: what it uses in the next one.
    [[nodiscard]] Tap* refresh() noexcept {
        const std::uint64_t number = number_.load(std::memory_order_acquire);  // pairs with put()
        if (number != seen_.load(std::memory_order_relaxed)) [[unlikely]] {
            // Perhaps what was put since, whose number then comes next.
            used_ = wanted_.load(std::memory_order_relaxed);
            seen_.store(number, std::memory_order_release);  // pairs with settled()
        }
        return used_;
    }

private:
    std::atomic<Tap*> wanted_{nullptr};
    std::atomic<std::uint64_t> number_{0};
    std::atomic<std::uint64_t> seen_{0};
    Tap* used_ = nullptr;  ///< the worker's
};

}  // namespace flowd
