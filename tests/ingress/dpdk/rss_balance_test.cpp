// SPDX-License-Identifier: BSD-3-Clause
// How evenly the key in use spreads exporters over queues, beside the usual other keys. Toeplitz
// is linear: neighbouring addresses share most of their hash, and a key decides how bad that is.
#include <gtest/gtest.h>
#include <rte_jhash.h>
#include <rte_thash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <vector>

#include "ingress/dpdk/rss_table.hpp"

namespace flowd::dpdk {
namespace {

using Key = std::array<std::uint8_t, 52>;

/// The key of Microsoft's verification suite, which most drivers have built in.
constexpr Key microsoft = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
                           0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
                           0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
                           0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

Key repeated() {
    Key key{};
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = i % 2 == 0 ? 0x6d : 0x5a;
    return key;
}

constexpr std::uint32_t collector = 0xc0000201;  // 192.0.2.1

std::uint32_t toeplitz(const Key& key, std::uint32_t source, std::uint32_t destination) {
    alignas(4) Key aligned = key;
    std::array<std::uint32_t, 2> tuple{source, destination};
    return rte_softrss(tuple.data(), 2, aligned.data());
}

/// Exporters' addresses one after the other, from a few usual places.
constexpr std::array<std::uint32_t, 4> bases{0x0a000001, 0xc0a80010, 0xac100a64, 0xc6120000};

/// Of all bases the worst: the fullest queue relative to the mean.
template <class Hash>
double worst_share(std::uint32_t exporters, std::uint32_t queues, std::uint32_t step, Hash hash) {
    double worst = 0;
    for (const std::uint32_t base : bases) {
        std::vector<std::uint32_t> count(queues);
        // A table of 128 entries, filled in turn, as drivers do.
        for (std::uint32_t i = 0; i < exporters; ++i) {
            ++count[(hash(base + i * step) & 127U) % queues];
        }
        const double most = *std::max_element(count.begin(), count.end());
        worst = std::max(worst, most * queues / exporters);
    }
    return worst;
}

double worst_of(const Key& key, std::uint32_t exporters, std::uint32_t queues, std::uint32_t step) {
    return worst_share(exporters, queues, step,
                       [&key](std::uint32_t source) { return toeplitz(key, source, collector); });
}

TEST(RssBalance, SoftwareToeplitzIsTheOneOfTheNics) {
    // 66.9.149.187 to 161.142.100.80, addresses only.
    EXPECT_EQ(toeplitz(microsoft, 0x420995bb, 0xa18e6450), 0x323e8fc2U);
}

TEST(RssBalance, TheKeySpreadsNeighbours) {
    std::cout << "fullest queue / mean, worst of four networks, steps of 1 and of 256\n"
                 "exporters queues    flowd      MS    6d5a   jhash\n"
              << std::fixed << std::setprecision(2);
    for (const std::uint32_t exporters : {16U, 64U, 200U, 5000U}) {
        for (const std::uint32_t queues : {2U, 4U, 8U}) {
            const auto both = [&](const Key& key) {
                return std::max(worst_of(key, exporters, queues, 1),
                                worst_of(key, exporters, queues, 256));
            };
            const auto jhash = [](std::uint32_t source) { return rte_jhash_1word(source, 0); };
            const double ours = both(rss_key());
            std::cout << std::setw(9) << exporters << std::setw(7) << queues << std::setw(9) << ours
                      << std::setw(8) << both(microsoft) << std::setw(8) << both(repeated())
                      << std::setw(8)
                      << std::max(worst_share(exporters, queues, 1, jhash),
                                  worst_share(exporters, queues, 256, jhash))
                      << "\n";
            // The MS key breaks the first two of these, 6d5a the second.
            const double bound = exporters == 16    ? (queues == 8 ? 2.0 : 1.25)
                                 : exporters <= 200 ? 1.15
                                                    : 1.01;
            EXPECT_LE(ours, bound) << exporters << " exporters, " << queues << " queues";
        }
    }
}

TEST(RssBalance, TheKeyIsNotPeriodic) {
    // 6d5a repeated hashes 16 bits at most: two sources that differ in both halves collide.
    const Key& key = rss_key();
    EXPECT_EQ(toeplitz(repeated(), 0x00010001, 0), 0U);
    for (std::uint32_t bit = 0; bit < 16; ++bit) {
        const std::uint32_t pair = 0x00010001U << bit;
        EXPECT_NE(toeplitz(key, pair, 0), 0U) << bit;
        EXPECT_NE(toeplitz(key, 1U << bit, 0) & 127U, 0U) << bit;
    }
}

}  // namespace
}  // namespace flowd::dpdk
