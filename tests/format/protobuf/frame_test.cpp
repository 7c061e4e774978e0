// SPDX-License-Identifier: BSD-3-Clause
#include "flow/format/protobuf/frame.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace flow::protobuf {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

std::uint8_t body_byte(std::size_t at) { return static_cast<std::uint8_t>(at * 131 + 7); }

/// A message of `size` bytes behind its length, as finish_message leaves it.
std::vector<std::uint8_t> prefixed(std::size_t size) {
    std::vector<std::uint8_t> memory(prefix_size_max + size);
    std::uint8_t* const begin = message_begin(Framing::length_prefixed, memory.data());
    for (std::size_t i = 0; i < size; ++i) begin[i] = body_byte(i);
    std::uint8_t* const end = finish_message(Framing::length_prefixed, memory.data(), begin + size);
    memory.resize(static_cast<std::size_t>(end - memory.data()));
    return memory;
}

void expect_canonical(std::size_t size) {
    const std::vector<std::uint8_t> message = prefixed(size);
    const std::size_t prefix_size =
        CodedOutputStream::VarintSize32(static_cast<std::uint32_t>(size));
    ASSERT_EQ(message.size(), prefix_size + size);
    CodedInputStream in{message.data(), static_cast<int>(message.size())};
    std::uint32_t read = 0;
    ASSERT_TRUE(in.ReadVarint32(&read));
    ASSERT_EQ(read, size);
    ASSERT_EQ(in.CurrentPosition(), static_cast<int>(prefix_size));
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(message[prefix_size + i], body_byte(i));
}

TEST(Frame, AloneIsTheMessageItself) {
    std::uint8_t memory[4] = {1, 2, 3, 4};
    EXPECT_EQ(message_begin(Framing::bare, memory), memory);
    EXPECT_EQ(finish_message(Framing::bare, memory, memory + 3), memory + 3);
    EXPECT_EQ(memory[0], 1);
}

TEST(Frame, OfAnEmptyMessageIsOneZero) { EXPECT_EQ(prefixed(0), std::vector<std::uint8_t>{0}); }

TEST(Frame, OfOneByteBelow128) {
    for (std::size_t size = 0; size < 128; ++size) expect_canonical(size);
}

TEST(Frame, OfTwoBytesUpTo16383) {
    for (std::size_t size = 128; size < 16384; size = size < 300 ? size + 1 : size + 61) {
        expect_canonical(size);
    }
    expect_canonical(16383);
}

TEST(Frame, OfThreeBytesFrom16384On) {
    for (std::size_t size = 16384; size < 65536; size += 997) expect_canonical(size);
    expect_canonical(65535);
}

}  // namespace
}  // namespace flow::protobuf
