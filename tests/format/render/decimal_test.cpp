// SPDX-License-Identifier: BSD-3-Clause
// Decimal numbers against std::to_string, at every power of ten and at random.
#include "flow/format/render/decimal.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace flow::render {
namespace {

constexpr std::uint8_t canary = 0xa5;

struct Room {
    std::array<std::uint8_t, decimal_u64_size_max + overshoot_max + 16> bytes{};

    Room() { bytes.fill(canary); }
    [[nodiscard]] std::string until(const std::uint8_t* end) const { return {bytes.data(), end}; }
    [[nodiscard]] bool untouched_from(std::size_t at) const {
        for (std::size_t i = at; i < bytes.size(); ++i) {
            if (bytes[i] != canary) return false;
        }
        return true;
    }
};

void expect_printed(std::uint64_t value) {
    Room room;
    const std::uint8_t* end = decimal(room.bytes.data(), value);
    const std::string text = room.until(end);
    ASSERT_EQ(text, std::to_string(value));
    ASSERT_TRUE(room.untouched_from(text.size() + overshoot_max)) << value;
}

TEST(Decimal, EdgesOfEveryGroupOfDigits) {
    for (const std::uint64_t value : {0ULL, 1ULL, 9ULL, 10ULL, 99ULL, 100ULL, 101ULL, 110ULL,
                                      4'294'967'295ULL, 4'294'967'296ULL}) {
        expect_printed(value);
    }
    expect_printed(std::numeric_limits<std::uint64_t>::max());
}

TEST(Decimal, AroundEveryPowerOfTen) {
    std::uint64_t power = 1;
    for (int digits = 1; digits <= 20; ++digits, power *= 10) {
        expect_printed(power - 1);
        expect_printed(power);
        expect_printed(power + 1);
        expect_printed(power * 9 / 10 + power / 1000);  // zeros inside
    }
}

TEST(Decimal, EveryNumberOfPortsAndBelow) {
    for (std::uint64_t value = 0; value < 70'000; ++value) expect_printed(value);
}

TEST(Decimal, RandomNumbersOfEverySize) {
    std::mt19937_64 random{1};
    for (int i = 0; i < 200'000; ++i) expect_printed(random() >> random() % 64);
}

TEST(DecimalOctet, EveryValue) {
    for (unsigned value = 0; value < 256; ++value) {
        Room room;
        const std::uint8_t* end =
            decimal_octet(room.bytes.data(), static_cast<std::uint8_t>(value));
        ASSERT_EQ(room.until(end), std::to_string(value));
    }
}

}  // namespace
}  // namespace flow::render
