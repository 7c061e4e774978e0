// SPDX-License-Identifier: BSD-3-Clause
// perf-sharding FILE [DATAGRAMS]: what it costs that exporters belong to workers, as CPU time of
// one thread per datagram of a capture (net_pcap, from memory), in two pairs:
//   inline   flowd's way of a frame (headers, listener, owner, load) where all exporters are its
//   bare     own, against rx_burst and a look at every cache line
//   forward  every datagram is another worker's: staged, through the ring, parsed a second time
//   dispatch a dispatcher that knows IPv4 at offset 14 only: a hash of the source, one bulk
//   enqueue,
//            one dequeue, and the same look
// Both ends of a ring run in turns on this thread: what two cores pay for each other's cache lines
// comes on top, to both alike. Rounds of the four alternate, the best of each counts; answers are
// compared first.
#include <rte_jhash.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "ingress/clock.hpp"
#include "ingress/dpdk/exchange.hpp"
#include "ingress/dpdk/intake.hpp"
#include "ingress/dpdk/lanes.hpp"
#include "ingress/dpdk/queue.hpp"
#include "ingress/dpdk/replay.hpp"
#include "ingress/dpdk/thread.hpp"
#include "ingress/shard_table.hpp"
#include "perf/support/require.hpp"

namespace flow::perf {

namespace {

using namespace flowd::dpdk;

constexpr std::uint16_t burst_max = 32;  // as flowd takes
constexpr int rounds = 7;
constexpr std::uint64_t now_ns = 1'700'000'000'000'000'000;

/// What has been seen: the same for all ways of the same frames.
struct Seen {
    std::uint64_t datagrams = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t sum = 0;
};

std::uint64_t touch(const std::uint8_t* data, std::size_t size) noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size; i += RTE_CACHE_LINE_SIZE) sum += data[i];
    return sum;
}

std::uint64_t touch(const rte_mbuf* mbuf) noexcept {
    return touch(rte_pktmbuf_mtod(mbuf, const std::uint8_t*), mbuf->data_len);
}

std::unique_ptr<Lanes> make_lanes() {
    auto lanes = Lanes::create(2, 1024);
    require(static_cast<bool>(lanes), "no memory for rings");
    return std::move(*lanes);
}

/// Two workers' halves on one thread; all exporters are one worker's.
class Workers {
public:
    Workers(const Opened& opened, std::uint32_t owner) : table_{2, 1}, lanes_{make_lanes()} {
        for (std::uint32_t bucket = 0; bucket < flowd::ShardTable::bucket_count; ++bucket) {
            table_.set_owner(static_cast<std::uint16_t>(bucket), owner);
        }
        for (std::uint32_t worker = 0; worker < 2; ++worker) {
            exchanges_[worker] = std::make_unique<Exchange>(table_, *lanes_, worker);
            intakes_[worker] =
                std::make_unique<Intake>(std::vector<flowd::config::Listener>{}, opened.faces,
                                         exchanges_[worker].get(), FragmentLimits{});
        }
    }

    /// A burst that the first worker receives.
    void add(std::span<rte_mbuf* const> frames, Seen& seen) noexcept {
        exchanges_[0]->begin();
        intakes_[0]->clear();
        intakes_[0]->add(frames, now_ns);
        lost_ += exchanges_[0]->flush();
        look(*intakes_[0], seen);
    }
    /// What has come to the second one.
    void take(Seen& seen) noexcept {
        exchanges_[1]->begin();
        intakes_[1]->clear();
        std::array<rte_mbuf*, burst_max> frames;
        const std::uint16_t count = exchanges_[1]->take(frames);
        intakes_[1]->add_from_peers({frames.data(), count}, now_ns);
        look(*intakes_[1], seen);
    }
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

private:
    static void look(Intake& intake, Seen& seen) noexcept {
        for (const flow::Datagram& datagram : intake.datagrams()) {
            seen.payload_bytes += datagram.payload.size();
            seen.sum += touch(datagram.payload.data(), datagram.payload.size());
        }
        seen.datagrams += intake.datagrams().size();
        intake.release();
    }

    flowd::ShardTable table_;
    std::unique_ptr<Lanes> lanes_;
    std::array<std::unique_ptr<Exchange>, 2> exchanges_;
    std::array<std::unique_ptr<Intake>, 2> intakes_;
    std::uint64_t lost_ = 0;
};

/// The yardstick: no more than a dispatcher must do.
class Dispatcher {
public:
    Dispatcher()
        : ring_{rte_ring_create("dispatcher", 1024, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ)} {
        require(ring_ != nullptr, "no memory for a ring");
    }
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;
    ~Dispatcher() { rte_ring_free(ring_); }

    void add(std::span<rte_mbuf*> frames) noexcept {
        constexpr std::size_t source_at = 14 + 12;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            Queue::prefetch_ahead(frames, i);
            const auto* source = rte_pktmbuf_mtod_offset(frames[i], std::uint32_t*, source_at);
            ++hits_[rte_jhash_1word(*source, 0) & (hits_.size() - 1)];
        }
        lost_ += static_cast<unsigned>(frames.size()) -
                 rte_ring_sp_enqueue_burst(ring_, reinterpret_cast<void**>(frames.data()),
                                           static_cast<unsigned>(frames.size()), nullptr);
    }
    void take(Seen& seen) noexcept {
        std::array<rte_mbuf*, burst_max> frames;
        const unsigned count = rte_ring_sc_dequeue_burst(
            ring_, reinterpret_cast<void**>(frames.data()), burst_max, nullptr);
        for (unsigned i = 0; i < count; ++i) seen.sum += touch(frames[i]);
        seen.datagrams += count;
        if (count > 0) rte_pktmbuf_free_bulk(frames.data(), count);
    }
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
    [[nodiscard]] std::uint64_t hits() const noexcept { return hits_[0]; }

private:
    rte_ring* ring_;
    std::array<std::uint64_t, 8> hits_{};
    std::uint64_t lost_ = 0;
};

/// Receives until `wanted` frames have come, and does `work` with each burst.
template <class Work>
std::uint64_t poll(Queue& queue, std::uint64_t wanted, const Work& work) noexcept {
    std::array<rte_mbuf*, burst_max> frames;
    std::uint64_t count = 0;
    while (count < wanted) {
        const std::uint16_t got = queue.poll({frames.data(), burst_max});
        if (got == 0) continue;
        count += got;
        work(std::span{frames.data(), got});
    }
    return count;
}

class Ways {
public:
    Ways(const Opened& opened, std::uint64_t wanted)
        : queue_{opened.ports.front()->id(), 0},
          wanted_{wanted},
          inline_{opened, 0},
          forward_{opened, 1} {}

    Seen bare() {
        Seen seen;
        seen.datagrams = poll(queue_, wanted_, [&](std::span<rte_mbuf*> frames) {
            for (const rte_mbuf* frame : frames) seen.sum += touch(frame);
            rte_pktmbuf_free_bulk(frames.data(), static_cast<unsigned>(frames.size()));
        });
        return seen;
    }
    Seen inlined() {
        Seen seen;
        received_ =
            poll(queue_, wanted_, [&](std::span<rte_mbuf*> frames) { inline_.add(frames, seen); });
        return seen;
    }
    Seen forwarded() {
        Seen seen;
        received_ = poll(queue_, wanted_, [&](std::span<rte_mbuf*> frames) {
            Seen own;
            forward_.add(frames, own);
            kept_ += own.datagrams;
            forward_.take(seen);
        });
        require(kept_ == 0 && forward_.lost() == 0, "a datagram was not forwarded");
        return seen;
    }
    Seen dispatched() {
        Seen seen;
        received_ = poll(queue_, wanted_, [&](std::span<rte_mbuf*> frames) {
            dispatcher_.add(frames);
            dispatcher_.take(seen);
        });
        require(dispatcher_.lost() == 0, "a datagram was not dispatched");
        return seen;
    }
    /// Frames of the last round.
    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] std::uint64_t hits() const noexcept { return dispatcher_.hits(); }

private:
    Queue queue_;
    std::uint64_t wanted_;
    std::uint64_t received_ = 0;
    std::uint64_t kept_ = 0;
    Workers inline_;
    Workers forward_;
    Dispatcher dispatcher_;
};

template <class Way>
void time(double& best, const Way& way) {
    const std::uint64_t start = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID);
    const Seen seen = way();
    const std::uint64_t taken_ns = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
    require(seen.sum != 0, "nothing was looked at");
    best = std::min(best, static_cast<double>(taken_ns) / static_cast<double>(seen.datagrams));
}

void run(const Opened& opened, std::uint64_t wanted) {
    Ways ways{opened, wanted};
    // Every frame of the capture is a datagram, or what is compared is not the same.
    const Seen inlined = ways.inlined();
    require(inlined.datagrams == ways.received(), "a frame was no datagram when inline");
    const Seen forwarded = ways.forwarded();
    require(forwarded.datagrams == ways.received(), "a frame was no datagram when forwarded");
    require(inlined.payload_bytes > 0 && forwarded.payload_bytes > 0, "empty datagrams");
    const Seen dispatched = ways.dispatched();
    require(dispatched.datagrams == ways.received(), "a frame was not dispatched");

    double bare = 1e18;
    double direct = 1e18;
    double forward = 1e18;
    double dispatch = 1e18;
    for (int round = 0; round < rounds; ++round) {
        time(bare, [&] { return ways.bare(); });
        time(direct, [&] { return ways.inlined(); });
        time(dispatch, [&] { return ways.dispatched(); });
        time(forward, [&] { return ways.forwarded(); });
    }
    std::printf(
        "{\"bare_ns\": %.2f, \"inline_ns\": %.2f, \"inline_to_bare\": %.3f, "
        "\"dispatch_ns\": %.2f, \"forward_ns\": %.2f, \"forward_to_dispatch\": %.3f, "
        "\"payload_bytes\": %.1f, \"hits\": %llu}\n",
        bare, direct, direct / bare, dispatch, forward, forward / dispatch,
        static_cast<double>(inlined.payload_bytes) / static_cast<double>(inlined.datagrams),
        static_cast<unsigned long long>(ways.hits()));
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** arguments) {
    if (argument_count < 2 || argument_count > 3) {
        std::fprintf(stderr, "usage: %s FILE [DATAGRAMS]\n", arguments[0]);
        return 2;
    }
    const std::uint64_t wanted =
        argument_count == 3 ? std::strtoull(arguments[2], nullptr, 10) : 400'000;
    if (wanted == 0) {
        std::fprintf(stderr, "%s: DATAGRAMS is a number above 0\n", arguments[0]);
        return 2;
    }
    // More than one loop: from memory, and without an end.
    auto opened = flowd::dpdk::open_replay({.path = arguments[1], .loops = 2}, {}, {}, {});
    if (!opened) {
        std::fprintf(stderr, "perf-sharding: %s\n", opened.error().sentence.c_str());
        return 1;
    }
    flowd::dpdk::attach_thread();
    flow::perf::run(*opened, wanted);
    flowd::dpdk::detach_thread();
    return 0;
}
