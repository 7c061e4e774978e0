// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/templates/park.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace flow {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t start = 1'700'000'000 * second;

using Body = std::vector<std::uint8_t>;

constexpr Domain domain_of(ExporterIndex exporter, std::uint32_t id = 1) {
    return {exporter, id, 10};
}

class ParkTest : public testing::Test {
protected:
    static constexpr std::uint32_t exporters_max = 8;

    explicit ParkTest(std::size_t bytes_max = 8000)
        : park_{{.bytes_max = bytes_max, .age_max_ms = 60'000}, exporters_max, 7, stats_} {}

    bool keep(const Domain& domain, std::uint16_t id, const Body& body,
              std::uint32_t sequence = 0) {
        Origin origin;
        origin.exporter = domain.exporter;
        origin.sequence = sequence;
        origin.received_ns = now_;
        return park_.keep(domain, id, origin, body);
    }
    /// A datagram of one set.
    Park::Fate datagram(const Domain& domain, std::uint16_t id, const Body& body,
                        std::uint32_t sequence = 0) {
        ++stats_.datagrams;
        park_.open(now_);
        keep(domain, id, body, sequence);
        const Park::Fate fate = park_.close();
        if (fate == Park::Fate::settled) ++stats_.decoded;
        if (fate == Park::Fate::expired) {
            ++stats_.datagram_drops[static_cast<std::size_t>(Error::unknown_template)];
        }
        return fate;
    }
    std::vector<std::pair<std::uint32_t, Body>> release(const Domain& domain, std::uint16_t id,
                                                        Error outcome = Error::none) {
        std::vector<std::pair<std::uint32_t, Body>> released;
        last_ = park_.release(domain, id, [&](const Origin& origin, Bytes body) {
            released.emplace_back(origin.sequence, Body{body.begin(), body.end()});
            return outcome;
        });
        return released;
    }
    [[nodiscard]] std::uint64_t drops(Error error) const {
        return stats_.datagram_drops[static_cast<std::size_t>(error)];
    }
    void expect_balance() const {
        std::uint64_t datagrams = stats_.decoded + stats_.parked_datagrams;
        for (const std::uint64_t each : stats_.datagram_drops) datagrams += each;
        EXPECT_EQ(stats_.datagrams, datagrams);
    }

    DecodeStats stats_;
    Park park_;
    std::uint64_t now_ = start;
    Error last_ = Error::none;
};

TEST_F(ParkTest, GivesBackInTheOrderOfArrival) {
    EXPECT_EQ(datagram(domain_of(1), 256, {1, 2, 3}, 10), Park::Fate::waits);
    EXPECT_EQ(datagram(domain_of(1), 257, {9}, 11), Park::Fate::waits);
    EXPECT_EQ(datagram(domain_of(1), 256, {4}, 12), Park::Fate::waits);
    EXPECT_EQ(stats_.parked_datagrams, 3u);
    EXPECT_EQ(stats_.parked_bytes, 5u);
    const auto released = release(domain_of(1), 256);
    ASSERT_EQ(released.size(), 2u);
    EXPECT_EQ(released[0], std::pair(10u, Body({1, 2, 3})));
    EXPECT_EQ(released[1], std::pair(12u, Body({4})));
    EXPECT_TRUE(release(domain_of(1), 256).empty()) << "once";
    EXPECT_EQ(stats_.decoded, 2u);
    EXPECT_EQ(stats_.parked_datagrams, 1u);
    EXPECT_EQ(stats_.parked_bytes, 1u);
    EXPECT_EQ(stats_.sets_unparked, 2u);
    expect_balance();
}

TEST_F(ParkTest, TellsTemplatesApart) {
    datagram(domain_of(1), 256, {1});
    EXPECT_TRUE(release(domain_of(2), 256).empty());
    EXPECT_TRUE(release(domain_of(1, 2), 256).empty());
    EXPECT_TRUE(release({1, 1, 9}, 256).empty());
    EXPECT_TRUE(release(domain_of(1), 257).empty());
    EXPECT_EQ(release(domain_of(1), 256).size(), 1u);
}

TEST_F(ParkTest, DropsWhatIsTooOld) {
    datagram(domain_of(1), 256, {1});
    now_ += 60 * second;
    datagram(domain_of(1), 256, {2});
    EXPECT_EQ(stats_.sets_expired, 0u);
    now_ += 1;
    park_.open(now_);
    EXPECT_EQ(stats_.sets_expired, 1u);
    EXPECT_EQ(drops(Error::unknown_template), 1u);
    EXPECT_EQ(release(domain_of(1), 256).size(), 1u);
    expect_balance();
}

TEST_F(ParkTest, DropsNothingWhenTheClockStepsBack) {
    datagram(domain_of(1), 256, {1});
    now_ -= 1000 * second;
    park_.open(now_);
    EXPECT_EQ(stats_.sets_expired, 0u);
}

TEST_F(ParkTest, DropsTheOldestWhenItIsFull) {
    for (std::uint32_t i = 0; i < 40; ++i) {
        datagram(domain_of(1 + i % 8), 256, Body(300, static_cast<std::uint8_t>(i)), i);
        ASSERT_LE(stats_.parked_bytes, 8000u);
    }
    EXPECT_EQ(stats_.sets_parked, 40u);
    EXPECT_GE(stats_.sets_expired, 14u);
    const auto released = release(domain_of(8), 256);
    ASSERT_FALSE(released.empty());
    EXPECT_EQ(released.back(), std::pair(39u, Body(300, 39)));
    expect_balance();
}

TEST_F(ParkTest, LeavesAnExporterAnEighth) {
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(datagram(domain_of(1), 256, Body(300)), Park::Fate::waits);
    EXPECT_FALSE(keep(domain_of(1), 256, Body(101))) << "1,001 bytes of 8,000";
    EXPECT_TRUE(keep(domain_of(1), 256, Body(100)));
    EXPECT_TRUE(keep(domain_of(2), 256, Body(1000)));
    EXPECT_FALSE(keep(domain_of(3), 256, Body(1001)));
    release(domain_of(1), 256);
    EXPECT_EQ(park_.bytes_of(1), 0u);
    EXPECT_TRUE(keep(domain_of(1), 256, Body(1000)));
}

TEST_F(ParkTest, KeepsNothingForTheSharedExporterAndNothingEmpty) {
    EXPECT_FALSE(keep(domain_of(0), 256, {1}));
    EXPECT_FALSE(keep(domain_of(1), 256, {}));
    EXPECT_TRUE(park_.empty());
}

TEST_F(ParkTest, CountsADatagramByItsFirstSet) {
    ++stats_.datagrams;
    park_.open(now_);
    EXPECT_TRUE(keep(domain_of(1), 256, {1}));
    EXPECT_TRUE(keep(domain_of(1), 257, {2}));
    EXPECT_EQ(park_.close(), Park::Fate::waits);
    EXPECT_EQ(stats_.parked_datagrams, 1u);
    release(domain_of(1), 257);
    EXPECT_EQ(stats_.decoded, 0u);
    release(domain_of(1), 256);
    EXPECT_EQ(stats_.decoded, 1u);
    expect_balance();
}

TEST_F(ParkTest, CountsAWaitingDatagramByWhatItsSetTurnsOutToBe) {
    datagram(domain_of(1), 256, {1});
    park_.open(now_);
    release(domain_of(1), 256, Error::truncated);
    EXPECT_EQ(last_, Error::none) << "not this datagram's failure";
    EXPECT_EQ(drops(Error::truncated), 1u);
    expect_balance();
}

TEST_F(ParkTest, SettlesADatagramThatBringsTheTemplateItself) {
    park_.open(now_);
    EXPECT_TRUE(keep(domain_of(1), 256, {1}));
    release(domain_of(1), 256, Error::truncated);
    EXPECT_EQ(last_, Error::truncated) << "its own set";
    EXPECT_EQ(park_.close(), Park::Fate::settled);
    EXPECT_EQ(stats_.parked_datagrams, 0u);
}

TEST_F(ParkTest, ForgetsAnExporter) {
    datagram(domain_of(1), 256, {1});
    datagram(domain_of(2), 256, {2});
    park_.forget(1);
    EXPECT_EQ(park_.bytes_of(1), 0u);
    EXPECT_TRUE(release(domain_of(1), 256).empty()) << "the next one's template is another";
    datagram(domain_of(1), 256, {3}, 9);
    ASSERT_EQ(release(domain_of(1), 256).size(), 1u);
    EXPECT_EQ(release(domain_of(2), 256).size(), 1u);
    park_.expire_all();
    EXPECT_EQ(drops(Error::unknown_template), 1u);
    EXPECT_EQ(park_.bytes_of(1), 0u);
    EXPECT_EQ(stats_.parked_bytes, 0u);
    expect_balance();
}

TEST_F(ParkTest, ExpiresAllInTheEnd) {
    for (std::uint32_t i = 0; i < 10; ++i) datagram(domain_of(1 + i % 4), 256, {1});
    park_.expire_all();
    EXPECT_TRUE(park_.empty());
    EXPECT_EQ(stats_.parked_datagrams, 0u);
    EXPECT_EQ(drops(Error::unknown_template), 10u);
    expect_balance();
}

TEST(Park, OfNoBytesKeepsNothing) {
    DecodeStats stats;
    Park park{{.bytes_max = 0}, 4, 1, stats};
    const Body body{1};
    park.open(start);
    EXPECT_FALSE(park.keep(domain_of(1), 256, {}, body));
    EXPECT_EQ(park.close(), Park::Fate::settled);
    park.expire_all();
    EXPECT_EQ(stats.sets_expired, 0u);
}

TEST(Park, OfVeryFewBytesWorks) {
    for (std::size_t bytes = 1; bytes < 40; ++bytes) {
        DecodeStats stats;
        Park park{{.bytes_max = bytes}, 4, 1, stats};
        park.open(start);
        for (std::uint8_t i = 0; i < 100; ++i) {
            const Body body(1 + i % 5, i);
            static_cast<void>(park.keep(domain_of(1 + i % 4), 256, {}, body));
            ASSERT_LE(stats.parked_bytes, bytes);
        }
        park.expire_all();
        EXPECT_EQ(stats.parked_bytes, 0u);
        EXPECT_EQ(stats.sets_parked, stats.sets_expired);
    }
}

class ParkModelTest : public ParkTest {
protected:
    struct Waiting {
        Domain domain;
        std::uint16_t id;
        std::uint32_t sequence;
        Body body;
    };

    void park_one() {
        const Domain domain = domain_of(1 + random_() % 8, random_() % 2);
        const auto id = static_cast<std::uint16_t>(256 + random_() % 3);
        const Body body(1 + random_() % 700, static_cast<std::uint8_t>(random_()));
        const std::uint64_t expired = stats_.sets_expired;
        const std::uint64_t parked = stats_.sets_parked;
        datagram(domain, id, body, ++sequence_);
        forget_expired(expired);
        if (stats_.sets_parked > parked) model_.push_back({domain, id, sequence_, body});
    }
    void release_one() {
        const Domain domain = domain_of(1 + random_() % 8, random_() % 2);
        const auto id = static_cast<std::uint16_t>(256 + random_() % 3);
        std::vector<std::pair<std::uint32_t, Body>> expected;
        std::erase_if(model_, [&](const Waiting& each) {
            if (each.domain != domain || each.id != id) return false;
            expected.emplace_back(each.sequence, each.body);
            return true;
        });
        ASSERT_EQ(release(domain, id), expected);
    }
    /// The oldest went.
    void forget_expired(std::uint64_t before) {
        for (std::uint64_t i = before; i < stats_.sets_expired; ++i) model_.pop_front();
    }

    std::deque<Waiting> model_;
    std::mt19937 random_{31};
    std::uint32_t sequence_ = 0;
};

// Random sets, releases and hours, held against a list.
TEST_F(ParkModelTest, AgreesWithAList) {
    for (int round = 0; round < 50'000; ++round) {
        const auto action = random_() % 10;
        if (action < 7) {
            park_one();
        } else if (action < 9) {
            release_one();
        } else {
            now_ += random_() % 20 * second;
            const std::uint64_t expired = stats_.sets_expired;
            park_.open(now_);
            forget_expired(expired);
        }
        std::size_t bytes = 0;
        for (const Waiting& each : model_) bytes += each.body.size();
        ASSERT_EQ(stats_.parked_bytes, bytes);
        ASSERT_EQ(stats_.parked_datagrams, model_.size());
        ASSERT_EQ(stats_.sets_parked, stats_.sets_unparked + stats_.sets_expired + model_.size());
    }
    expect_balance();
    EXPECT_GT(stats_.sets_expired, 1000u);
    EXPECT_GT(stats_.sets_unparked, 1000u);
}

}  // namespace
}  // namespace flow
