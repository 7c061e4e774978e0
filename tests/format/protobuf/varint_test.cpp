// SPDX-License-Identifier: BSD-3-Clause
// The encoders without branches are held against a slow one, and that one against libprotobuf.
#include "flow/format/protobuf/varint.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <random>

namespace flow::protobuf {
namespace {

/// A short row of bytes that needs no heap: a million of them are compared.
class Encoded {
public:
    Encoded() = default;
    Encoded(std::initializer_list<std::uint8_t> bytes) {
        for (const std::uint8_t byte : bytes) push_back(byte);
    }
    Encoded(const std::uint8_t* begin, const std::uint8_t* end) {
        for (; begin != end; ++begin) push_back(*begin);
    }
    void push_back(std::uint8_t byte) { bytes_.at(size_++) = byte; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const std::uint8_t* begin() const { return bytes_.data(); }
    [[nodiscard]] const std::uint8_t* end() const { return bytes_.data() + size_; }
    bool operator==(const Encoded&) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    std::size_t size_ = 0;
};

/// Base 128, low group first, written down as the specification words it.
Encoded slow_varint(std::uint64_t value) {
    Encoded out;
    do {
        const auto group = static_cast<std::uint8_t>(value % 128);
        value /= 128;
        out.push_back(value == 0 ? group : static_cast<std::uint8_t>(group + 128));
    } while (value != 0);
    return out;
}

Encoded fast_varint(std::uint64_t value) {
    std::array<std::uint8_t, varint_size_max> memory{};
    return {memory.data(), put_varint(memory.data(), value)};
}

/// Also checks that nothing is touched where put_field promises not to.
Encoded field(std::uint32_t number, std::uint64_t value) {
    std::array<std::uint8_t, 64> memory;
    memory.fill(0xa5);
    std::uint8_t* const end = put_field(memory.data(), make_tag(number, WireType::varint), value);
    const auto size = static_cast<std::size_t>(end - memory.data());
    EXPECT_LE(size, field_size_max);
    const auto touched = std::max(field_size_max, size);
    EXPECT_TRUE(std::all_of(memory.begin() + touched, memory.end(),
                            [](std::uint8_t byte) { return byte == 0xa5; }));
    return {memory.data(), end};
}

Encoded slow_field(std::uint32_t number, std::uint64_t value) {
    if (value == 0) return {};
    Encoded out = slow_varint(std::uint64_t{number} << 3);
    for (const std::uint8_t byte : slow_varint(value)) out.push_back(byte);
    return out;
}

TEST(Varint, HasTheSpecificationsExamples) {
    EXPECT_EQ(fast_varint(0), (Encoded{0x00}));
    EXPECT_EQ(fast_varint(1), (Encoded{0x01}));
    EXPECT_EQ(fast_varint(150), (Encoded{0x96, 0x01}));
    EXPECT_EQ(field(1, 150), (Encoded{0x08, 0x96, 0x01}));
}

TEST(Varint, OfZeroIsAFieldThatIsLeftOut) {
    for (const std::uint32_t number : {1u, 15u, 16u, 1021u}) {
        EXPECT_EQ(field(number, 0).size(), 0u);
    }
}

TEST(Varint, ChangesItsSizeAtEverySevenBits) {
    for (unsigned bits = 0; bits < 64; ++bits) {
        const std::uint64_t power = std::uint64_t{1} << bits;
        for (const std::uint64_t value : {power - 1, power, power + 1}) {
            ASSERT_EQ(fast_varint(value), slow_varint(value)) << value;
            ASSERT_EQ(field(38, value), slow_field(38, value)) << value;
        }
    }
    EXPECT_EQ(field(38, UINT64_MAX), slow_field(38, UINT64_MAX));
    EXPECT_EQ(fast_varint(UINT64_MAX).size(), 10u);
}

TEST(Varint, AgreesWithTheSlowEncoderOnAMillionNumbers) {
    constexpr std::array<std::uint32_t, 5> numbers{1, 15, 16, 102, 1021};
    std::mt19937_64 random{11};
    for (unsigned i = 0; i < 1'000'000; ++i) {
        const std::uint64_t value = random() >> (i % 64);
        ASSERT_EQ(fast_varint(value), slow_varint(value)) << value;
        const std::uint32_t number = numbers[i % numbers.size()];
        ASSERT_EQ(field(number, value), slow_field(number, value)) << number << ": " << value;
    }
}

TEST(Varint, OfTheSlowEncoderIsLibprotobufs) {
    std::mt19937_64 random{12};
    for (unsigned i = 0; i < 10'000; ++i) {
        const std::uint64_t value = random() >> (i % 64);
        std::array<std::uint8_t, varint_size_max> memory{};
        std::uint8_t* const end =
            google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(value, memory.data());
        ASSERT_EQ(slow_varint(value), (Encoded{memory.data(), end}));
    }
}

TEST(Tag, IsTheVarintOfNumberAndType) {
    for (std::uint32_t number = 1; number < 1u << 18; number = number * 3 / 2 + 1) {
        for (const WireType type : {WireType::varint, WireType::length_delimited}) {
            std::array<std::uint8_t, 8> memory{};
            std::uint8_t* const end = put_tag(memory.data(), make_tag(number, type));
            EXPECT_EQ((Encoded{memory.data(), end}),
                      slow_varint(number * 8 + static_cast<std::uint32_t>(type)));
        }
    }
}

TEST(Spread, PutsSevenBitsIntoEachByte) {
    EXPECT_EQ(PortableSpread::spread(0x7f), 0x7fu);
    EXPECT_EQ(PortableSpread::spread(0x80), 0x0100u);
    EXPECT_EQ(PortableSpread::spread((std::uint64_t{1} << 56) - 1), 0x7f7f7f7f7f7f7f7fu);
    for (unsigned bit = 0; bit < 56; ++bit) {
        EXPECT_EQ(PortableSpread::spread(std::uint64_t{1} << bit),
                  std::uint64_t{1} << (bit / 7 * 8 + bit % 7));
    }
}

TEST(Spread, OfBmi2IsThePortableOne) {
    if (!__builtin_cpu_supports("bmi2")) GTEST_SKIP() << "this CPU has no BMI2";
    std::mt19937_64 random{13};
    for (unsigned i = 0; i < 100'000; ++i) {
        const std::uint64_t value = random() >> (i % 64);
        ASSERT_EQ(Bmi2Spread::spread(value), PortableSpread::spread(value)) << value;
        const unsigned tag_size = 1 + i % 3;
        const std::uint64_t groups = PortableSpread::spread(0xffffffff >> (i % 32))
                                     << (8 * tag_size);
        ASSERT_EQ(Bmi2Spread::spread(value, groups, tag_size),
                  PortableSpread::spread(value, groups, tag_size))
            << value;
    }
}

// A lane with its tag inside: what numbers of up to 32 bits take.
TEST(Lane, IsTagAndVarint) {
    std::mt19937_64 random{14};
    for (unsigned i = 0; i < 1'000'000; ++i) {
        constexpr std::array<std::uint32_t, 5> numbers{1, 15, 16, 102, 4000};
        const std::uint32_t number = numbers[i % numbers.size()];
        const std::uint64_t value = i % 33 == 32 ? 0 : random() >> (32 + i % 33);
        const Tag tag = make_tag(number, WireType::varint);
        std::array<std::uint8_t, 8> memory{};
        std::uint8_t* const end =
            put_lane(memory.data(), PortableSpread::spread(value) << (8 * tag.size), lane_tag(tag));
        ASSERT_EQ((Encoded{memory.data(), end}), slow_field(number, value))
            << number << ": " << value;
    }
}

}  // namespace
}  // namespace flow::protobuf
