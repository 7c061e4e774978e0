// SPDX-License-Identifier: BSD-3-Clause
// A stream of bytes becomes messages; what is broken has its place.
#include "tools/cat/frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace flowd::cat {
namespace {

using Next = Frames::Next;
using namespace std::string_view_literals;

/// Messages joined by commas, and behind them what ended the stream.
std::string cut(Framing framing, std::string_view stream) {
    Frames frames{framing};
    frames.begin();
    std::string text;
    for (;;) {
        const Next next = frames.next();
        if (next == Next::message) {
            text += std::string{frames.message().begin(), frames.message().end()} + ',';
        } else if (next == Next::more) {
            const std::size_t size = std::min(stream.size(), frames.room().size());
            std::copy_n(stream.begin(), size, frames.room().begin());
            frames.added(size);
            stream.remove_prefix(size);
            if (size == 0) frames.end();
        } else {
            return text + (next == Next::done ? "done" : std::to_string(frames.offset()));
        }
    }
}

TEST(Frames, CutsBehindVarints) {
    EXPECT_EQ(cut(Framing::varint, ""), "done");
    EXPECT_EQ(cut(Framing::varint, "\1a\2bc\0"sv), "a,bc,,done");
    EXPECT_EQ(cut(Framing::varint, "\x81\0x"sv), "x,done") << "a varint longer than it must be";
    EXPECT_EQ(cut(Framing::varint, "\1a\5bc"), "a,2");
    EXPECT_EQ(cut(Framing::varint, "\1a\x80"), "a,2");
}

TEST(Frames, CutsBehindFourBytes) {
    EXPECT_EQ(cut(Framing::be32, "\0\0\0\1a\0\0\0\2bc"sv), "a,bc,done");
    EXPECT_EQ(cut(Framing::be32, "\xff\xff\xff\xff\0\0\0\1a"sv), "a,done") << "no payload";
    EXPECT_EQ(cut(Framing::be32, "\0\0\0"sv), "0");
}

TEST(Frames, CutsWithinFrames) {
    EXPECT_EQ(cut(Framing::be32_packed, "\0\0\0\4\1a\1b\0\0\0\2\1c"sv), "a,b,c,done");
    EXPECT_EQ(cut(Framing::be32_packed, "\0\0\0\3\1a\5"sv), "a,6");
}

TEST(Frames, TakesAStreamAsOneMessage) { EXPECT_EQ(cut(Framing::none, "abc"), "abc,done"); }

TEST(Frames, RefusesWhatIsTooLarge) {
    const std::string large(message_size_max + 1, 'x');
    EXPECT_EQ(cut(Framing::none, large), "0");
    EXPECT_EQ(cut(Framing::varint, "\x81\x80\x40" + large), "0");
    EXPECT_EQ(cut(Framing::varint, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "0");
}

}  // namespace
}  // namespace flowd::cat
