// SPDX-License-Identifier: BSD-3-Clause
// Moves at bad times: a stop, a busy receiver, a main thread that is slow, rings that are full, a
// port that is being reset. Each with DPDK of its own, in a child.
#include "control/mover_box.hpp"
#include "ingress/dpdk/answerer.hpp"
#include "ingress/dpdk/child.hpp"
#include "ingress/dpdk/fragment_frames.hpp"
#include "ingress/dpdk/port.hpp"

namespace flowd {
namespace {

using test::Box;
using test::Clock;
using test::listen_port;
using test::settle;
using test::Stream;
using test::sum;
using test::workers_count;

TEST(Mover, StopDuringAMoveLosesNothing) {
    test::in_a_child([] {
        Box box;
        ASSERT_EQ(box.open(), "");
        std::mt19937 dice{3};
        Stream stream{1, 1};
        std::uint64_t datagrams = 0;
        const auto send = [&](int count) {
            for (int i = 0; i < count; ++i, ++datagrams) {
                box.send(0, test::udp_frame(1, listen_port, stream.next(dice)));
            }
        };
        send(50);
        ASSERT_TRUE(settle(box, {stream}));
        const auto place = box.table().place_of(
            flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, 1}), std::uint8_t{10}, 1U);
        const std::uint8_t from = box.table().owner(place.bucket);
        ASSERT_NE(from, ShardTable::nobody);
        // The transport is slow: the move waits for it, 20 ms at most in the daemon.
        box.paused = true;
        while (!box.resting) std::this_thread::yield();
        send(20);
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        box.mover().move(place.bucket, from, (from + 1U) % workers_count);
        const auto settled = Clock::now() + std::chrono::milliseconds{20};
        while (Clock::now() < settled) box.mover().tick();
        ASSERT_TRUE(box.mover().busy());
        send(30);  // are held
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        const auto begin = Clock::now();
        box.flags().stop = true;
        const auto all_done = [&] {
            return std::all_of(box.workers().begin(), box.workers().end(),
                               [](const auto& worker) { return worker->done(); });
        };
        while (!all_done()) {  // as Daemon::wait_for_end()
            box.mover().tick();
            if (!box.mover().busy() || Clock::now() - begin > std::chrono::milliseconds{20})
                box.paused = false;  // 20 ms: Mover::delivery_max_ns
            std::this_thread::sleep_for(std::chrono::microseconds{20});
        }
        box.paused = false;
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
        box.stop();
        std::uint64_t counted = 0;
        for (const auto& worker : box.workers()) counted += worker->ingress_stats().datagrams;
        std::printf("stop took %lld ms; sent %llu datagrams, counted %llu, decoded %llu\n",
                    static_cast<long long>(took.count()),
                    static_cast<unsigned long long>(datagrams),
                    static_cast<unsigned long long>(counted),
                    static_cast<unsigned long long>(sum(box, &flow::DecodeStats::decoded)));
        // RX workers that had no CPU for a second give up what they still wait for.
        if (took > std::chrono::milliseconds{900}) return;
        EXPECT_EQ(counted, datagrams);
        EXPECT_EQ(box.received(), stream.sent());
    });
}

TEST(Mover, HeldFramesComeOutOfABusyWorker) {
    test::in_a_child([] {
        dpdk::Options options;
        options.hugepages = "off";
        options.memory_mb = 256;
        options.ports.single.device = "net_ring0";
        options.queues = 2;
        auto opened = dpdk::open({.dpdk = options,
                                  .listeners = {},
                                  .worker = {.shares_cpu = true},
                                  .workers = 2,
                                  .seed = 7});
        ASSERT_TRUE(opened) << opened.error().sentence;
        rte_mempool* const pool =
            rte_pktmbuf_pool_create("sender2", 8191, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
        const auto send = [&](std::uint16_t queue, std::uint8_t exporter) {
            const std::string frame = test::udp_frame(exporter, listen_port, std::string(40, 'x'));
            rte_mbuf* mbuf = rte_pktmbuf_alloc(pool);
            ASSERT_NE(mbuf, nullptr);
            std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())),
                        frame.data(), frame.size());
            mbuf->port = opened->ports.front()->id();
            ASSERT_EQ(rte_eth_tx_burst(mbuf->port, queue, &mbuf, 1), 1);
        };
        ShardTable& table = *opened->table;
        const auto bucket_of = [&](std::uint8_t exporter) {
            return table
                .place_of(flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, exporter}),
                          std::uint8_t{10}, 1U)
                .bucket;
        };
        table.set_owner(bucket_of(1), 1);
        table.set_owner(bucket_of(2), 1);
        flowd::Ingress& a = *opened->queues[0];
        flowd::Ingress& b = *opened->queues[1];
        const auto turn = [](flowd::Ingress& ingress) {
            const std::size_t count = ingress.receive().size();
            ingress.release();
            return count;
        };
        table.set_moving(true);
        b.sharding()->hold({ShardMove::Kind::bucket, bucket_of(1)});
        for (int i = 0; i < 10; ++i) send(1, 1);
        ASSERT_EQ(turn(b), 0U);
        ASSERT_TRUE(b.sharding()->holding());
        b.sharding()->let_go();
        int rounds = 0;
        std::uint64_t others = 0;
        for (; rounds < 100'000 && b.sharding()->holding(); ++rounds) {
            for (int i = 0; i < 32; ++i) send(1, 2);
            for (int i = 0; i < 32; ++i) send(0, 2);
            turn(a);
            others += turn(b);
        }
        std::printf("%d rounds, %llu datagrams of others meanwhile\n", rounds,
                    static_cast<unsigned long long>(others));
        EXPECT_FALSE(b.sharding()->holding());
    });
}

struct Pair {
    dpdk::Options options;
    std::unique_ptr<dpdk::Opened> opened;
    rte_mempool* pool = nullptr;
    explicit Pair(std::vector<std::string> addresses = {}) {
        options.ports.single.addresses = std::move(addresses);
        options.hugepages = "off";
        options.memory_mb = 384;
        options.ports.single.device = "net_ring0";
        options.queues = 2;
        auto made = dpdk::open({.dpdk = options,
                                .listeners = {},
                                .worker = {.shares_cpu = true},
                                .workers = 2,
                                .seed = 7});
        if (!made) std::abort();
        opened = std::make_unique<dpdk::Opened>(std::move(*made));
        pool = rte_pktmbuf_pool_create("sender3", 16383, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
    }
    void send(std::uint16_t queue, const std::string& frame) {
        rte_mbuf* mbuf = rte_pktmbuf_alloc(pool);
        if (mbuf == nullptr) std::abort();
        std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())),
                    frame.data(), frame.size());
        mbuf->port = opened->ports.front()->id();
        if (rte_eth_tx_burst(mbuf->port, queue, &mbuf, 1) != 1) rte_pktmbuf_free(mbuf);
    }
    std::uint16_t bucket_of(std::uint8_t exporter) {
        return opened->table
            ->place_of(flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, exporter}),
                       std::uint8_t{10}, 1U)
            .bucket;
    }
    static std::size_t turn(flowd::Ingress& ingress) {
        const std::size_t count = ingress.receive().size();
        ingress.release();
        return count;
    }
};

TEST(Mover, AMainThreadThatPausesBetweenOwnerAndEpochDoesNotStopTheWorkers) {
    test::in_a_child([] {
        Pair pair;
        ShardTable& table = *pair.opened->table;
        flowd::Ingress& a = *pair.opened->queues[0];
        flowd::Ingress& b = *pair.opened->queues[1];
        const std::string frame = test::udp_frame(1, listen_port, std::string(40, 'x'));
        table.set_owner(pair.bucket_of(1), 0);
        table.set_waiting_for_rings(true);
        b.sharding()->hold({ShardMove::Kind::bucket, pair.bucket_of(1)});
        table.set_owner(pair.bucket_of(1), 1);       // Mover::turn_table(), first line
        for (int round = 0; round < 300; ++round) {  // some ms of 2 Mpps
            for (int i = 0; i < 32; ++i) pair.send(0, frame);
            pair.turn(a);
            pair.turn(b);
        }
        const std::uint32_t epoch = table.publish();  // its second line
        int rounds = 0;
        for (; rounds < 100'000 && !table.all_saw(epoch); ++rounds) {
            if (rounds == 1000) table.set_waiting_for_rings(false);  // as Mover does
            pair.turn(a);
            pair.turn(b);
        }
        std::printf("%d rounds\n", rounds);
        EXPECT_TRUE(table.all_saw(epoch));
    });
}

TEST(Mover, QuestionsThatFindNoRoomLeaveTheCountersRight) {
    test::in_a_child([] {
        Pair pair{{"192.0.2.99/24"}};
        flowd::Ingress& b = *pair.opened->queues[1];
        const std::string question =
            std::string(6, '\xff') + std::string(6, '\x02') + "\x08\x06" + std::string(46, '\0');
        for (int i = 0; i < 6000; ++i) {  // worker 0, which answers, is busy with something else
            pair.send(1, question);
            pair.turn(b);
        }
        std::printf("forwarded %llu, datagrams %llu, shard_ring_full %llu\n",
                    static_cast<unsigned long long>(b.stats().forwarded),
                    static_cast<unsigned long long>(b.stats().datagrams),
                    static_cast<unsigned long long>(
                        b.stats().drops[static_cast<std::size_t>(flow::Error::shard_ring_full)]));
        EXPECT_LE(b.stats().forwarded, 6000U);
    });
}

TEST(Mover, NothingIsSentOnAPortThatIsBeingReset) {
    test::in_a_child([] {
        Pair pair{{"192.0.2.99/24"}};
        flowd::Ingress& a = *pair.opened->queues[0];
        pair.opened->ports.front()->shut();
        const auto end = Clock::now() + std::chrono::seconds{3};
        while (Clock::now() < end) {
            pair.turn(a);
            std::this_thread::sleep_for(std::chrono::microseconds{200});
        }
        EXPECT_EQ(pair.opened->answerers.front()->sent().sent.get(), 0U);
    });
}

class FakeWorker final : public RxWorker {
public:
    void run() noexcept override {}
    std::size_t restore(const flow::LearntState&, std::uint32_t) noexcept override { return 0; }
    bool can_hand_over() const noexcept override { return true; }
    const flow::ShardState& state() const noexcept override { std::abort(); }
    const flow::PipelineStats& pipeline_stats() const noexcept override { std::abort(); }
    const Outlet& outlet() const noexcept override { std::abort(); }
    const IngressStats& ingress_stats() const noexcept override { std::abort(); }
    const flow::Ledger& ledger() const noexcept override { std::abort(); }
    const flow::TraitsTable& traits() const noexcept override { std::abort(); }
    RxCut final_cut() const override { std::abort(); }
};

TEST(Mover, ARequestThatAWorkerStillHasIsNotOverwritten) {
    ShardTable table{3, 7};
    Mover::Workers workers;
    for (int i = 0; i < 3; ++i) workers.push_back(std::make_unique<FakeWorker>());
    const Mover::Rings rings;
    Mover mover{table, workers, rings};
    mover.move(5, 0, 1);
    const HandoverRequest* const request = workers[1]->handover().request();
    ASSERT_NE(request, nullptr);  // worker 1 is working on it
    workers[2]->give_up();        // and worker 2 has ended
    mover.tick();
    if (!mover.busy()) mover.move(6, 0, 1);  // Rebalancer::tick() with the rest of its plan
    EXPECT_EQ(request->move.bucket, 5U) << "changed under the hands of worker 1";
}

TEST(Mover, FragmentsFromPeersDoNotKeepAWorkerFromItsPort) {
    test::in_a_child([] {
        Pair pair;
        ShardTable& table = *pair.opened->table;
        unsigned exporter = 1;  // whose fragments meet at worker 1
        while (table.fragment_owner(flow::Address::from(std::array<std::uint8_t, 4>{
                   192, 0, 2, static_cast<std::uint8_t>(exporter)})) != 1)
            ++exporter;
        table.set_owner(pair.bucket_of(static_cast<std::uint8_t>(exporter)), 0);
        const std::uint8_t other = 200;
        table.set_owner(pair.bucket_of(other), 1);
        flowd::Ingress& a = *pair.opened->queues[0];
        flowd::Ingress& b = *pair.opened->queues[1];
        const std::uint32_t epoch = table.publish();
        std::uint64_t own = 0;
        std::uint64_t joined = 0;
        for (std::uint32_t round = 0; round < 10'000; ++round) {
            const test::Datagram whole{
                .exporter = exporter, .id = round, .payload = test::text(100)};
            for (const std::string& part : whole.cut(64)) pair.send(0, part);
            if (round > 0) pair.send(1, test::udp_frame(other, listen_port, "x"));
            joined += pair.turn(a);
            own += pair.turn(b);
        }
        std::printf("%llu datagrams of fragments, %llu of worker 1's port; saw the epoch: %d\n",
                    static_cast<unsigned long long>(joined), static_cast<unsigned long long>(own),
                    static_cast<int>(table.all_saw(epoch)));
        EXPECT_GT(own, 1000U);
        const std::uint32_t next = table.publish();
        for (std::uint32_t round = 0; round < 10'000 && !table.all_saw(next); ++round) {
            const test::Datagram whole{
                .exporter = exporter, .id = round + 20'000, .payload = test::text(100)};
            for (const std::string& part : whole.cut(64)) pair.send(0, part);
            pair.turn(a);
            pair.turn(b);
        }
        EXPECT_TRUE(table.all_saw(next));
    });
}

}  // namespace
}  // namespace flowd
