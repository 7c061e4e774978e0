// SPDX-License-Identifier: BSD-3-Clause
// Fragments in every order, with every fault, and at every limit: what becomes whole is what was
// cut, what does not is counted by name, and every buffer comes back. A program of its own, because
// of the EAL.
#include "ingress/dpdk/reassembly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "flow/packet/frame.hpp"
#include "fragment_frames.hpp"

namespace flowd::dpdk {
namespace {

using flow::Error;
using flow::packet::LinkType;
using test::Cut;
using test::Datagram;
using test::Pool;

constexpr std::uint64_t second_ns = 1'000'000'000;

class Reassembly : public testing::Test {
protected:
    ~Reassembly() override { EXPECT_EQ(Pool::get().in_use(), 0U) << "a buffer was lost"; }

    /// What is whole after this frame, as the payload that find_udp() finds; "" for nothing.
    std::string take(Reassembler& reassembler, const std::string& frame, std::uint64_t now_ns = 1) {
        rte_mbuf* mbuf = Pool::get().mbuf(frame);
        const auto part = flow::packet::find_fragment(test::bytes_of(frame), LinkType::ethernet);
        EXPECT_TRUE(part) << error_name(part.error());
        rte_mbuf* whole = reassembler.take(mbuf, *part, now_ns);
        if (whole == nullptr) return "";
        const std::string joined = test::read(whole);
        EXPECT_EQ(joined.size(), whole->pkt_len);
        rte_pktmbuf_free(whole);
        const auto found = flow::packet::find_udp(test::bytes_of(joined), LinkType::ethernet);
        EXPECT_TRUE(found) << error_name(found.error());
        return {found->payload.begin(), found->payload.end()};
    }

    /// All of them, in this order; what became whole, one behind the other.
    std::string take_all(Reassembler& reassembler, const std::vector<std::string>& frames) {
        std::string whole;
        for (const std::string& frame : frames) whole += take(reassembler, frame);
        return whole;
    }

    std::uint64_t drops(Error error) const { return stats_.drops[static_cast<std::size_t>(error)]; }

    /// What was taken is in whole packets, dropped by one of three names, or waiting.
    void expect_balance(const Reassembler& reassembler) const {
        const auto& counts = reassembler.counts();
        const std::uint64_t dropped = drops(Error::fragment_refused) +
                                      drops(Error::fragment_expired) + drops(Error::fragment_limit);
        EXPECT_EQ(counts.fragments, counts.used + dropped + counts.waiting);
        EXPECT_EQ(stats_.datagrams, dropped);
        EXPECT_EQ(std::accumulate(stats_.drops.begin(), stats_.drops.end(), std::uint64_t{0}),
                  dropped);
        EXPECT_EQ(Pool::get().in_use(), counts.buffers);
    }

    IngressStats stats_;
};

TEST_F(Reassembly, InOrderReversedAndShuffledGiveTheDatagram) {
    std::mt19937 random{1};
    for (const bool six : {false, true}) {
        for (std::size_t count = 2; count <= Reassembler::parts_max; count += count < 10 ? 1 : 27) {
            const Datagram datagram{.six = six, .payload = test::text(count * 160 - 57)};
            std::vector<std::string> frames = datagram.cut(160);
            ASSERT_EQ(frames.size(), count);
            Reassembler reassembler{{}, stats_};
            EXPECT_EQ(take_all(reassembler, frames), datagram.payload);
            std::reverse(frames.begin(), frames.end());
            EXPECT_EQ(take_all(reassembler, frames), datagram.payload);
            for (int i = 0; i < 20; ++i) {
                std::shuffle(frames.begin(), frames.end(), random);
                EXPECT_EQ(take_all(reassembler, frames), datagram.payload);
            }
            EXPECT_EQ(reassembler.counts().reassembled, 22U);
            EXPECT_EQ(reassembler.counts().used, 22U * count);
            expect_balance(reassembler);
        }
    }
    EXPECT_EQ(stats_.datagrams, 0U);
}

TEST_F(Reassembly, TagsOptionsExtensionsAndPaddingAreWalked) {
    for (const bool six : {false, true}) {
        for (const std::size_t tags : {0U, 1U, 2U}) {
            Datagram datagram{.six = six, .payload = test::text(1000)};
            datagram.tags = tags;
            datagram.extra_headers = true;
            datagram.padding = 11;
            Reassembler reassembler{{}, stats_};
            EXPECT_EQ(take_all(reassembler, datagram.cut(304)), datagram.payload);
            expect_balance(reassembler);
        }
    }
}

TEST_F(Reassembly, TheHeaderOfTheWholeIsRight) {
    Reassembler reassembler{{}, stats_};
    for (const bool wrong : {false, true}) {
        Datagram datagram{.payload = test::text(700)};
        datagram.wrong_header_checksum = wrong;
        rte_mbuf* whole = nullptr;
        for (const std::string& frame : datagram.cut(400)) {
            const auto part =
                flow::packet::find_fragment(test::bytes_of(frame), LinkType::ethernet);
            rte_mbuf* mbuf = Pool::get().mbuf(frame);
            mbuf->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_BAD | RTE_MBUF_F_RX_IP_CKSUM_GOOD;
            whole = reassembler.take(mbuf, *part, 1);
        }
        ASSERT_NE(whole, nullptr);
        const std::string joined = test::read(whole);
        EXPECT_EQ(whole->ol_flags, RTE_MBUF_F_RX_IP_CKSUM_GOOD);
        rte_pktmbuf_free(whole);
        EXPECT_EQ(flow::load_be16(test::bytes_of(joined).data() + 16), 20 + 8 + 700);
        EXPECT_EQ(flow::load_be16(test::bytes_of(joined).data() + 20), 0);
        EXPECT_EQ(test::sum(joined.substr(14, 20)) == 0xffff, !wrong);
    }
}

TEST_F(Reassembly, ADuplicateGoesAlone) {
    for (const bool six : {false, true}) {
        stats_ = {};
        const Datagram datagram{.six = six, .payload = test::text(900)};
        const auto frames = datagram.cut(304);
        ASSERT_EQ(frames.size(), 3U);
        Reassembler reassembler{{}, stats_};
        EXPECT_EQ(take_all(reassembler,
                           {frames[2], frames[0], frames[2], frames[0], frames[0], frames[1]}),
                  datagram.payload);
        EXPECT_EQ(drops(Error::fragment_refused), 3U);
        expect_balance(reassembler);
    }
}

TEST_F(Reassembly, AnOverlapTakesTheWholeDatagramWithIt) {
    const Datagram datagram{.payload = test::text(984)};  // 992 bytes with the UDP header
    const std::string segment = datagram.segment();
    const auto part = [&](std::size_t from, std::size_t to, bool more) {
        return datagram.part(segment, Cut{from, to, more});
    };
    const std::vector<std::string> whole{part(0, 400, true), part(400, 800, true),
                                         part(800, 992, false)};
    for (const std::string& wrong :
         {part(392, 408, true), part(0, 408, true), part(0, 392, true), part(8, 16, true),
          part(792, 992, false), part(800, 984, false), part(992, 1000, true), part(800, 992, true),
          part(400, 800, false), part(200, 208, false)}) {
        stats_ = {};
        Reassembler reassembler{{}, stats_};
        EXPECT_EQ(take_all(reassembler, {whole[0], whole[2], wrong}), "");
        EXPECT_EQ(drops(Error::fragment_refused), 3U);
        EXPECT_EQ(take_all(reassembler, whole), "");
        EXPECT_EQ(drops(Error::fragment_refused), 6U);
        EXPECT_EQ(reassembler.counts().waiting, 0U);
        expect_balance(reassembler);
        // What comes after its time is another datagram.
        reassembler.expire(3 * second_ns);
        EXPECT_EQ(take_all(reassembler, whole), datagram.payload);
        expect_balance(reassembler);
    }
}

TEST_F(Reassembly, MoreThanTheLargestNumberOfPartsIsRefused) {
    const Datagram datagram{.payload = test::text(Reassembler::parts_max * 16 + 1)};
    const auto frames = datagram.cut(16);
    ASSERT_EQ(frames.size(), Reassembler::parts_max + 1);
    Reassembler reassembler{{}, stats_};
    EXPECT_EQ(take_all(reassembler, frames), "");
    EXPECT_EQ(drops(Error::fragment_refused), frames.size());
    expect_balance(reassembler);
}

TEST_F(Reassembly, ADatagramAboveWhatALengthCanSayIsRefused) {
    for (const bool six : {false, true}) {
        stats_ = {};
        // 65,535 bytes of parts are possible; with the header of the first one they are too many.
        Datagram datagram{.six = six, .payload = test::text(65'535 - 8)};
        const auto frames = datagram.cut(1232);
        Reassembler reassembler{{}, stats_};
        EXPECT_EQ(take_all(reassembler, frames), "");
        EXPECT_EQ(drops(Error::fragment_refused), frames.size());
        const std::size_t headers = six ? 8 : 20;
        datagram.payload.resize(65'535 - headers - 8);
        datagram.id = 9;
        EXPECT_EQ(take_all(reassembler, datagram.cut(1232)), datagram.payload);
        expect_balance(reassembler);
    }
}

TEST_F(Reassembly, SourcesVersionsAndIdsDoNotMix) {
    std::vector<Datagram> datagrams;
    for (const bool six : {false, true}) {
        for (const unsigned exporter : {1U, 2U}) {
            for (const std::uint32_t id : {7U, 8U}) {
                datagrams.push_back({.six = six, .exporter = exporter, .id = id});
                datagrams.back().payload = test::text(600, datagrams.size());
            }
        }
    }
    Reassembler reassembler{{}, stats_};
    for (const std::size_t index : {0U, 1U}) {
        for (const Datagram& datagram : datagrams) {
            EXPECT_EQ(take(reassembler, datagram.cut(408)[index]),
                      index == 0 ? "" : datagram.payload);
        }
    }
    EXPECT_EQ(reassembler.counts().reassembled, datagrams.size());
    expect_balance(reassembler);
}

TEST_F(Reassembly, WhatMissesAPartExpiresAtItsAge) {
    const Datagram datagram{.payload = test::text(900)};
    const auto frames = datagram.cut(304);
    Reassembler reassembler{{.age_max_ns = 1000}, stats_};
    EXPECT_EQ(take(reassembler, frames[0], 5000), "");
    EXPECT_EQ(take(reassembler, frames[2], 5900), "");
    reassembler.expire(4000);  // a clock that went back
    reassembler.expire(5999);
    EXPECT_EQ(reassembler.counts().waiting, 2U);
    reassembler.expire(6000);
    EXPECT_EQ(drops(Error::fragment_expired), 2U);
    expect_balance(reassembler);
    EXPECT_EQ(take(reassembler, frames[1], 6000), "");
    expect_balance(reassembler);
    reassembler.finish();
    EXPECT_EQ(drops(Error::fragment_expired), 3U);
    EXPECT_EQ(reassembler.counts().waiting, 0U);
    expect_balance(reassembler);
}

TEST_F(Reassembly, TheDestructorCountsWhatWaits) {
    {
        Reassembler reassembler{{}, stats_};
        EXPECT_EQ(take(reassembler, Datagram{.payload = test::text(900)}.cut(304)[1]), "");
    }
    EXPECT_EQ(drops(Error::fragment_expired), 1U);
}

TEST_F(Reassembly, OneSourceHasItsShareAndGivesUpItsOldest) {
    Reassembler reassembler{{.packets_max = 8, .packets_of_source_max = 2}, stats_};
    const Datagram quiet{.exporter = 1, .payload = test::text(500)};
    EXPECT_EQ(take(reassembler, quiet.cut(304)[0]), "");
    std::vector<Datagram> loud;
    for (std::uint32_t id = 0; id < 20; ++id) {
        loud.push_back({.exporter = 2, .id = id, .payload = test::text(500, id)});
        EXPECT_EQ(take(reassembler, loud.back().cut(304)[0]), "");
    }
    EXPECT_EQ(drops(Error::fragment_limit), 18U);
    EXPECT_EQ(reassembler.counts().waiting, 3U);
    EXPECT_EQ(take(reassembler, quiet.cut(304)[1]), quiet.payload);
    EXPECT_EQ(take(reassembler, loud[18].cut(304)[1]), loud[18].payload);
    EXPECT_EQ(take(reassembler, loud[19].cut(304)[1]), loud[19].payload);
    expect_balance(reassembler);
}

TEST_F(Reassembly, AFullTableGivesUpTheOldest) {
    Reassembler reassembler{{.packets_max = 4, .packets_of_source_max = 4}, stats_};
    for (unsigned exporter = 1; exporter <= 6; ++exporter) {
        const Datagram datagram{.exporter = exporter, .payload = test::text(500)};
        EXPECT_EQ(take(reassembler, datagram.cut(304)[0]), "");
    }
    EXPECT_EQ(drops(Error::fragment_limit), 2U);
    for (unsigned exporter = 3; exporter <= 6; ++exporter) {
        const Datagram datagram{.exporter = exporter, .payload = test::text(500)};
        EXPECT_EQ(take(reassembler, datagram.cut(304)[1]), datagram.payload);
    }
    expect_balance(reassembler);
}

TEST_F(Reassembly, BytesAndBuffersHaveTheirLimits) {
    const std::uint64_t each = Pool::buffer_size + sizeof(rte_mbuf);
    for (const FragmentLimits& limits :
         {FragmentLimits{.bytes_max = 4 * each}, FragmentLimits{.buffers_max = 4}}) {
        stats_ = {};
        Reassembler reassembler{limits, stats_};
        const Datagram old{.exporter = 1, .payload = test::text(900)};
        const Datagram large{.exporter = 2, .payload = test::text(1500)};
        EXPECT_EQ(take_all(reassembler, {old.cut(304)[0], old.cut(304)[1]}), "");
        // Three wait in all, the fourth fits, the fifth takes the room of the older ones.
        const auto frames = large.cut(304);
        ASSERT_EQ(frames.size(), 5U);
        EXPECT_EQ(take_all(reassembler, {frames[0], frames[1]}), "");
        EXPECT_EQ(drops(Error::fragment_limit), 0U);
        EXPECT_EQ(take(reassembler, frames[2]), "");
        EXPECT_EQ(drops(Error::fragment_limit), 2U);
        EXPECT_EQ(reassembler.counts().bytes, 3 * each);
        // Alone it does not fit either: all of it goes, and what comes still.
        EXPECT_EQ(take_all(reassembler, {frames[3], frames[4]}), "");
        EXPECT_EQ(drops(Error::fragment_limit), 2U + 5U);
        EXPECT_EQ(take(reassembler, frames[0]), "");
        EXPECT_EQ(drops(Error::fragment_limit), 8U);
        EXPECT_EQ(reassembler.counts().bytes, 0U);
        expect_balance(reassembler);
    }
}

TEST_F(Reassembly, FramesInSeveralBuffersAreTaken) {
    const Datagram datagram{.payload = test::text(4000)};
    Reassembler reassembler{{}, stats_};
    std::string whole;
    for (const std::string& frame : datagram.cut(2800)) {
        const auto part = flow::packet::find_fragment(test::bytes_of(frame), LinkType::ethernet);
        rte_mbuf* mbuf = Pool::get().chain(frame, 512);
        rte_mbuf* joined = reassembler.take(mbuf, *part, 1);
        if (joined != nullptr) whole = test::read(joined);
        rte_pktmbuf_free(joined);
        expect_balance(reassembler);
    }
    const auto found = flow::packet::find_udp(test::bytes_of(whole), LinkType::ethernet);
    ASSERT_TRUE(found);
    EXPECT_EQ(std::string(found->payload.begin(), found->payload.end()), datagram.payload);
}

TEST_F(Reassembly, AFrameThatIsNotWhatThePartSaysIsRefused) {
    const std::string frame = Datagram{.payload = test::text(900)}.cut(304)[0];
    const auto part = flow::packet::find_fragment(test::bytes_of(frame), LinkType::ethernet);
    Reassembler reassembler{{}, stats_};
    EXPECT_EQ(reassembler.take(Pool::get().mbuf(frame.substr(0, 300)), *part, 1), nullptr);
    EXPECT_EQ(reassembler.take(Pool::get().chain(frame, 16), *part, 1), nullptr);
    EXPECT_EQ(drops(Error::fragment_refused), 2U);
    expect_balance(reassembler);
}

}  // namespace
}  // namespace flowd::dpdk
