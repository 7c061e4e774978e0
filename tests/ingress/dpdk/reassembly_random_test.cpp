// SPDX-License-Identifier: BSD-3-Clause
// Hostile trains of fragments against a second reassembler that is slow and obvious: a map of
// bytes. A randomised unit test and no fuzz target, because the buffers are DPDK's, whose start
// takes longer than thousands of such trains; the bytes of frames are fuzzed in packet_fuzz.cpp.
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <random>
#include <tuple>

#include "flow/packet/frame.hpp"
#include "fragment_frames.hpp"
#include "ingress/dpdk/reassembly.hpp"

namespace flowd::dpdk {
namespace {

using flow::Error;
using flow::packet::Fragment;
using flow::packet::LinkType;
using test::Pool;

/// What is known of one packet.
struct Model {
    std::map<std::size_t, char> bytes;
    std::map<std::size_t, std::pair<std::size_t, bool>> parts;  ///< by offset: size, more
    bool refused = false;
};

enum class Verdict : std::uint8_t { waits, whole, refused };

bool has_hole(const std::map<std::size_t, char>& bytes) {
    return bytes.empty() || bytes.rbegin()->first + 1 != bytes.size();
}

Verdict judge(Model& model, const Fragment& part, const std::string& bytes) {
    if (model.refused) return Verdict::refused;
    const std::pair<std::size_t, bool> shape{part.size, part.more};
    if (const auto same = model.parts.find(part.offset);
        same != model.parts.end() && same->second == shape) {
        return Verdict::refused;
    }
    bool fits = model.parts.size() < Reassembler::parts_max;
    for (std::size_t i = 0; i < part.size; ++i) fits &= !model.bytes.contains(part.offset + i);
    for (const auto& [offset, size_and_more] : model.parts) {
        const std::size_t end = offset + size_and_more.first;
        if (!size_and_more.second && (part.end() > end || !part.more)) fits = false;
        if (!part.more && end > part.end()) fits = false;
    }
    if (!fits) {
        model.refused = true;
        return Verdict::refused;
    }
    for (std::size_t i = 0; i < part.size; ++i) model.bytes[part.offset + i] = bytes[i];
    model.parts[part.offset] = shape;
    return has_hole(model.bytes) || model.parts.rbegin()->second.second ? Verdict::waits
                                                                        : Verdict::whole;
}

class Train {
public:
    explicit Train(unsigned seed) : random_{seed} {}

    std::size_t below(std::size_t limit) { return random_() % limit; }

    /// One of few packets, so that they meet; mostly honest parts of 64 bytes.
    std::string next() {
        test::Datagram datagram;
        datagram.six = below(2) == 0;
        datagram.exporter = static_cast<unsigned>(1 + below(3));
        datagram.id = static_cast<std::uint32_t>(below(3));
        datagram.tags = below(3);
        datagram.extra_headers = below(4) == 0;
        datagram.padding = below(8);
        datagram.payload = test::text(64 * 5 - 8, below(50) == 0 ? below(5) : 0);
        test::Cut cut{};
        cut.from = below(5) * 64;
        cut.to = cut.from + 64;
        cut.more = cut.from != 64 * 4;
        if (below(12) == 0) cut.to = cut.from + 8 * (1 + below(16));
        if (below(30) == 0) cut.from = std::min(cut.from + 8, cut.to - 8);
        if (below(40) == 0) cut.more = cut.from == 0 || !cut.more;  // else it is no part
        return datagram.part(datagram.segment(), cut);
    }

private:
    std::mt19937 random_;
};

void expect_balance(const Reassembler& reassembler, const IngressStats& stats) {
    const auto& counts = reassembler.counts();
    const auto dropped = std::accumulate(stats.drops.begin(), stats.drops.end(), std::uint64_t{0});
    ASSERT_EQ(counts.fragments, counts.used + dropped + counts.waiting);
    ASSERT_EQ(stats.datagrams, dropped);
    ASSERT_EQ(Pool::get().in_use(), counts.buffers);
}

TEST(ReassemblyAtRandom, AgreesWithAMapOfBytes) {
    std::uint64_t whole_count = 0;
    std::uint64_t refused_count = 0;
    for (unsigned seed = 0; seed < 300; ++seed) {
        Train train{seed};
        IngressStats stats;
        Reassembler reassembler{{}, stats};
        std::map<std::tuple<bool, std::uint8_t, std::uint32_t>, Model> models;
        for (int i = 0; i < 200; ++i) {
            const std::string frame = train.next();
            const auto part =
                flow::packet::find_fragment(test::bytes_of(frame), LinkType::ethernet);
            ASSERT_TRUE(part);
            const std::string bytes =
                frame.substr(std::size_t{part->link_size} + part->header_size, part->size);
            const bool six = part->version == 6;
            const std::uint8_t exporter = part->source.octets[six ? 15 : 3];
            Model& model = models[{six, exporter, part->id}];
            const Verdict verdict = judge(model, *part, bytes);
            const auto refused = static_cast<std::size_t>(Error::fragment_refused);
            const std::uint64_t before = stats.drops[refused];
            rte_mbuf* whole = reassembler.take(Pool::get().mbuf(frame), *part, 1);
            ASSERT_EQ(whole != nullptr, verdict == Verdict::whole) << seed << " " << i;
            ASSERT_EQ(stats.drops[refused] != before, verdict == Verdict::refused);
            if (whole != nullptr) {
                const std::string joined = test::read(whole);
                rte_pktmbuf_free(whole);
                std::string wanted;
                for (const auto& [at, byte] : model.bytes) wanted += byte;
                ASSERT_EQ(joined.substr(joined.size() - wanted.size()), wanted);
                model = {};
                ++whole_count;
            }
            refused_count += verdict == Verdict::refused ? 1U : 0U;
            expect_balance(reassembler, stats);
        }
        reassembler.finish();
        EXPECT_EQ(reassembler.counts().waiting, 0U);
        expect_balance(reassembler, stats);
    }
    EXPECT_GT(whole_count, 1000U);
    EXPECT_GT(refused_count, 1000U);
}

TEST(ReassemblyAtRandom, BalancesAtEveryLimit) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        Train train{seed};
        IngressStats stats;
        const FragmentLimits limits{
            .bytes_max = (1 + train.below(20)) * (Pool::buffer_size + sizeof(rte_mbuf)),
            .buffers_max = 1 + train.below(20),
            .age_max_ns = 1 + train.below(100),
            .packets_max = static_cast<std::uint32_t>(1 + train.below(10)),
            .packets_of_source_max = static_cast<std::uint32_t>(1 + train.below(4))};
        Reassembler reassembler{limits, stats};
        std::uint64_t now_ns = 0;
        for (int i = 0; i < 300; ++i) {
            const std::string frame = train.next();
            const auto part =
                flow::packet::find_fragment(test::bytes_of(frame), LinkType::ethernet);
            ASSERT_TRUE(part);
            now_ns += train.below(10);
            rte_pktmbuf_free(reassembler.take(Pool::get().mbuf(frame), *part, now_ns));
            if (train.below(4) == 0) reassembler.expire(now_ns);
            ASSERT_LE(reassembler.counts().bytes, limits.bytes_max);
            ASSERT_LE(reassembler.counts().buffers, limits.buffers_max);
            expect_balance(reassembler, stats);
        }
    }
    EXPECT_EQ(Pool::get().in_use(), 0U);
}

}  // namespace
}  // namespace flowd::dpdk
