// SPDX-License-Identifier: BSD-3-Clause
// Several transports: each gets its messages, with its own terminator, keys and filter, and a full
// one costs no other.
#include "worker/outlet.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

flow::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text(flow::Bytes from) { return {from.begin(), from.end()}; }

class OutletTest : public testing::Test {
protected:
    std::unique_ptr<BatchRing> first_ = std::move(*BatchRing::create(2));
    std::unique_ptr<BatchRing> second_ = std::move(*BatchRing::create(2));
    std::atomic<bool> give_up_{false};

    Outlet make(std::vector<LaneSettings> lanes) {
        return Outlet{lanes, FullPolicy::drop, give_up_};
    }
    static void put(Outlet& outlet, std::string_view message) {
        std::uint8_t* const to = outlet.reserve(message.size());
        ASSERT_NE(to, nullptr);
        std::memcpy(to, message.data(), message.size());
        outlet.commit(to + message.size(), 7);
    }
    static std::string taken(BatchRing& ring) {
        std::string all;
        while (flow::Batch* const batch = ring.take()) {
            all += text(batch->bytes());
            ring.give_back(batch);
        }
        return all;
    }
};

flow::Datagram from(std::array<std::uint8_t, 4> source, std::uint16_t port) {
    flow::Datagram datagram;
    datagram.source = flow::Address::from(source);
    datagram.destination_port = port;
    return datagram;
}

TEST_F(OutletTest, OneTransportWritesIntoItsBatch) {
    Outlet outlet = make({{.ring = first_.get(), .terminator = "\n"}});
    EXPECT_TRUE(outlet.is_single());
    EXPECT_EQ(outlet.gap(), 1U);
    put(outlet, "a");
    outlet.flush();
    EXPECT_EQ(taken(*first_), "a\n");
}

TEST_F(OutletTest, SeveralEachHaveTheirTerminatorAndKeys) {
    Outlet outlet = make({{.ring = first_.get(), .terminator = "\n"},
                          {.ring = second_.get(), .terminator = "", .keyed = true}});
    EXPECT_FALSE(outlet.is_single());
    EXPECT_EQ(outlet.gap(), 0U);
    outlet.set_key(bytes("k"));
    put(outlet, "one");
    std::uint8_t* const row = outlet.reserve(16);
    std::memcpy(row, "twothree", 8);
    outlet.commit(std::array{row + 3, row + 8}, 9);
    EXPECT_TRUE(outlet.untold());
    outlet.flush();
    EXPECT_EQ(taken(*first_), "one\ntwo\nthree\n");
    const flow::Batch* const keyed = second_->take();
    ASSERT_NE(keyed, nullptr);
    ASSERT_EQ(keyed->message_count(), 3U);
    EXPECT_EQ(text(keyed->message(2)), "three");
    EXPECT_EQ(text(keyed->key(2)), "k");
    EXPECT_EQ(keyed->slot(1).account, 9U);
    EXPECT_EQ(outlet.offered(0), 3U);
    EXPECT_EQ(outlet.offered(1), 3U);
}

TEST_F(OutletTest, FiltersChooseByPortAndNetwork) {
    LaneFilter by_port{.ports = {2055}};
    LaneFilter by_network{
        .networks = {{flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, 128}), 25}}};
    Outlet outlet = make(
        {{.ring = first_.get(), .filter = by_port}, {.ring = second_.get(), .filter = by_network}});
    outlet.begin(from({192, 0, 2, 127}, 2055));
    put(outlet, "a");
    outlet.begin(from({192, 0, 2, 200}, 2055));
    put(outlet, "b");
    outlet.begin(from({192, 0, 2, 200}, 6343));
    put(outlet, "c");
    outlet.begin(from({10, 0, 0, 1}, 6343));
    put(outlet, "d");
    outlet.flush();
    EXPECT_EQ(taken(*first_), "ab");
    EXPECT_EQ(taken(*second_), "bc");
    EXPECT_EQ(outlet.offered(0), 2U);
    EXPECT_EQ(outlet.offered(1), 2U);
}

TEST_F(OutletTest, AFilterOfOneTransportCountsToo) {
    Outlet outlet = make({{.ring = first_.get(), .filter = {.ports = {1}}}});
    EXPECT_FALSE(outlet.is_single());
    outlet.begin(from({10, 0, 0, 1}, 2));
    put(outlet, "a");
    outlet.flush();
    EXPECT_EQ(taken(*first_), "");
    EXPECT_EQ(outlet.offered(0), 0U);
}

TEST_F(OutletTest, AFullOneCostsNoOther) {
    Outlet outlet = make({{.ring = first_.get()}, {.ring = second_.get()}});
    const std::string large(40'000, 'x');
    for (int i = 0; i < 6; ++i) {
        put(outlet, large);
        outlet.flush();
        EXPECT_EQ(taken(*second_).size(), large.size());  // the first is never emptied
    }
    EXPECT_EQ(outlet.writer(0).ring_full_drops(), 4U);
    EXPECT_EQ(outlet.writer(1).ring_full_drops(), 0U);
    EXPECT_EQ(outlet.offered(0), 6U);
    const flow::SinkCounts all = outlet.counts();
    EXPECT_EQ(all.offered, 12U);
    EXPECT_EQ(all.published, 8U);
    EXPECT_EQ(all.ring_full, 4U);
}

TEST_F(OutletTest, WhatNoBatchHoldsIsCountedAtEachThatWantedIt) {
    Outlet outlet = make({{.ring = first_.get()}, {.ring = second_.get(), .filter = {{1}, {}}}});
    outlet.begin(from({10, 0, 0, 1}, 2));
    EXPECT_EQ(outlet.reserve(flow::Batch::message_size_max + 1), nullptr);
    EXPECT_EQ(outlet.writer(0).too_large_drops(), 1U);
    EXPECT_EQ(outlet.writer(1).too_large_drops(), 0U);
    EXPECT_EQ(outlet.offered(0), 1U);
    outlet.refuse();
    EXPECT_EQ(outlet.counts(0).too_large, 2U);
    EXPECT_EQ(outlet.counts(0).offered, 2U);
    EXPECT_EQ(outlet.counts(1).offered, 0U);
}

}  // namespace
}  // namespace flowd
