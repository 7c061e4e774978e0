// SPDX-License-Identifier: BSD-3-Clause
// Exporters move between running RX workers while datagrams come in through a real port: each
// record comes out once, and those of a domain in their order, whatever moves, splits and
// redefinitions happen meanwhile.
#include "control/mover.hpp"

#include <numeric>

#include "control/mover_box.hpp"

namespace flowd {
namespace {

using test::Box;
using test::Clock;
using test::listen_port;
using test::settle;
using test::Stream;
using test::sum;
using test::workers_count;

constexpr int datagrams = 40'000;

/// Sends while exporters move at random, until enough have; returns what was sent.
std::vector<Stream> run_traffic(Box& box, std::uint32_t seed, bool splits) {
    std::mt19937 random{seed};
    std::vector<Stream> streams;
    for (std::uint8_t exporter = 1; exporter <= 8; ++exporter) {
        for (std::uint32_t domain = 1; domain <= 4; ++domain)
            streams.emplace_back(exporter, domain);
    }
    std::atomic<bool> sending{true};
    std::atomic<bool> enough{false};
    std::thread sender{[&] {
        std::mt19937 dice{seed + 1};
        for (int i = 0; i < datagrams || (!enough && i < 10 * datagrams); ++i) {
            Stream& stream = streams[dice() % streams.size()];
            // One exporter, one queue: as RSS on addresses does.
            const auto queue = static_cast<std::uint16_t>(stream.exporter() % workers_count);
            box.send(queue, test::udp_frame(stream.exporter(), listen_port, stream.next(dice)));
            if (i % 16 == 0) std::this_thread::sleep_for(std::chrono::microseconds{200});
        }
        sending = false;
    }};
    while (sending || box.mover().busy()) {
        box.mover().tick();
        enough = box.mover().moves() > 20 && (!splits || box.mover().splits() > 0);
        std::this_thread::sleep_for(std::chrono::microseconds{20});
        if (box.mover().busy() || !sending) continue;
        const std::array<std::uint8_t, 4> octets{192, 0, 2,
                                                 static_cast<std::uint8_t>(1 + random() % 8)};
        const auto place = box.table().place_of(flow::Address::from(octets), std::uint8_t{10},
                                                static_cast<std::uint32_t>(1 + random() % 4));
        const std::uint8_t from = box.table().owner(place.bucket);
        if (from == ShardTable::nobody) continue;
        if (splits && random() % 10 == 0 && !box.table().is_split(place.source_bucket)) {
            box.mover().split(place.source_bucket, from);
        } else {
            box.mover().move(place.bucket, from, (from + 1 + random() % 2) % workers_count);
        }
    }
    sender.join();
    return streams;
}

TEST(Mover, NothingIsLostDoubledOrOutOfOrderWhileExportersMoveAndSplit) {
    Box box;
    const std::string failure = box.open();
    ASSERT_EQ(failure, "");
    const auto streams = run_traffic(box, 11, true);
    EXPECT_TRUE(settle(box, streams)) << box.received() << " records came";
    box.stop();
    for (const auto& worker : box.workers()) {
        EXPECT_EQ(worker->ingress_stats().drops, decltype(IngressStats::drops){});
        EXPECT_EQ(worker->pipeline_stats().datagram_drops, decltype(IngressStats::drops){});
        EXPECT_EQ(worker->outlet().writer(0).ring_full_drops(), 0U);
    }
    for (const Stream& stream : streams) {
        const auto found = box.rows().find(stream.name());
        ASSERT_NE(found, box.rows().end()) << stream.name().first << ", " << stream.name().second;
        const std::vector<std::uint64_t>& serials = found->second;
        ASSERT_EQ(serials.size(), stream.sent());
        for (std::size_t i = 0; i < serials.size(); ++i) {
            ASSERT_EQ(serials[i], i + 1)
                << "exporter " << stream.name().first << " domain " << stream.name().second;
        }
    }
    EXPECT_GT(box.mover().moves(), 20U);
    EXPECT_GT(box.mover().splits(), 0U);
    EXPECT_EQ(sum(box, &flow::DecodeStats::sequence_lost), 0U);
    EXPECT_EQ(sum(box, &flow::DecodeStats::sequence_resets), 0U);
    const std::uint64_t sent = std::accumulate(
        streams.begin(), streams.end(), std::uint64_t{0},
        [](std::uint64_t all, const Stream& each) { return all + each.datagrams(); });
    EXPECT_GE(sent, std::uint64_t{datagrams});
    EXPECT_EQ(sum(box, &flow::DecodeStats::decoded), sent);
    std::uint64_t held = 0;
    std::uint64_t forwarded = 0;
    for (const auto& worker : box.workers()) {
        held += worker->ingress_stats().held;
        forwarded += worker->ingress_stats().forwarded;
        EXPECT_EQ(worker->progress().handover_refused.get(), 0U);
    }
    EXPECT_GT(held, 0U) << "else this has tested nothing";
    EXPECT_GT(forwarded, 0U);
    RecordProperty("moves", static_cast<int>(box.mover().moves()));
    std::printf("%llu moves, %llu splits, %llu held, %llu forwarded\n",
                static_cast<unsigned long long>(box.mover().moves()),
                static_cast<unsigned long long>(box.mover().splits()),
                static_cast<unsigned long long>(held), static_cast<unsigned long long>(forwarded));
}

}  // namespace
}  // namespace flowd
