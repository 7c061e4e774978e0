// SPDX-License-Identifier: BSD-3-Clause
// Writer: what is written stands there in order, and nothing behind it is touched.
#include "flow/wire/writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace flow::wire {
namespace {

TEST(Writer, PutsBytesOneBehindTheOther) {
    std::array<std::uint8_t, 8> memory{};
    memory.fill(0xee);
    constexpr std::array<std::uint8_t, 2> bytes{8, 9};
    Writer out{memory.data()};
    out.byte('<');
    out.copy(bytes);
    out.text("ab");
    out.byte('>');
    EXPECT_EQ(out.end(), memory.data() + 6);
    constexpr std::array<std::uint8_t, 8> expected{'<', 8, 9, 'a', 'b', '>', 0xee, 0xee};
    EXPECT_EQ(memory, expected);
}

TEST(Writer, NothingIsWrittenOfNothing) {
    std::array<std::uint8_t, 1> memory{0xee};
    Writer out{memory.data()};
    out.copy({});
    out.text({});
    EXPECT_EQ(out.end(), memory.data());
    EXPECT_EQ(memory[0], 0xee);
}

}  // namespace
}  // namespace flow::wire
