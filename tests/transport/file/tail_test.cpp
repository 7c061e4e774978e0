// SPDX-License-Identifier: BSD-3-Clause
// Files cut at every byte: what is whole of them is found, and what is not ours is left alone.
#include "transport/file/tail.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transport/file/compressor.hpp"
#include "transport/file/scratch.hpp"

namespace flowd::file {
namespace {

/// A file by its pieces, cut at every byte: the tail begins where the last whole piece ends.
void cut_everywhere(const Layout& layout, const std::vector<std::string>& pieces) {
    std::string file;
    std::vector<std::size_t> ends{0};
    for (const std::string& piece : pieces) {
        file += piece;
        ends.push_back(file.size());
    }
    std::size_t whole = 0;
    for (std::size_t size = 0; size <= file.size(); ++size) {
        while (whole + 1 < ends.size() && ends[whole + 1] <= size) ++whole;
        // Memory of its own: reading behind the end is seen by sanitizers.
        const std::vector<std::uint8_t> cut(file.begin(),
                                            file.begin() + static_cast<std::ptrdiff_t>(size));
        const Tail tail = find_tail(layout, cut);
        ASSERT_EQ(tail.whole, ends[whole]) << "of " << size;
        ASSERT_TRUE(tail.torn_only) << "of " << size;
    }
}

TEST(FileTail, LinesEndAtTheLastSeparator) {
    cut_everywhere({Framing::lines, Compression::none, "\n"}, {"{\"a\":1}\n", "\n", "{\"b\":2}\n"});
    cut_everywhere({Framing::lines, Compression::none, "\r\n"}, {"one\r\n", "two\r\n"});
}

TEST(FileTail, LengthPrefixedMessagesAreWalked) {
    const std::string large = std::string{"\xC8\x01"} + std::string(200, '\n');
    cut_everywhere({Framing::length_prefixed, Compression::none, ""}, {"\x03"
                                                                       "abc",
                                                                       large,
                                                                       "\x01"
                                                                       "\x05"});
    cut_everywhere({Framing::length_prefixed, Compression::none, "\n"}, {"\x03"
                                                                         "abc\n",
                                                                         large + "\n",
                                                                         "\x01"
                                                                         "\x05\n"});
}

TEST(FileTail, FramesAreCutBetweenTwo) {
    for (const Compression each : {Compression::gzip, Compression::zstd, Compression::lz4}) {
        const auto compressor = Compressor::make(each, 0);
        ASSERT_TRUE(compressor);
        std::vector<std::string> frames;
        for (const std::string& text : {std::string(3000, 'a'), std::string{"b\n"},
                                        std::string{"\0\1\2\3 no pattern in this", 23}}) {
            frames.push_back(text_of((*compressor)->frame(bytes_of(text))));
        }
        cut_everywhere({Framing::none, each, "\n"}, frames);
    }
}

TEST(FileTail, FramesWithAWrongByteEndBeforeIt) {
    for (const Compression each : {Compression::gzip, Compression::zstd, Compression::lz4}) {
        const auto compressor = Compressor::make(each, 0);
        const std::string frame = text_of((*compressor)->frame(bytes_of("a message\n")));
        std::string file = frame + frame;
        file[file.size() - 6] ^= 1;
        EXPECT_EQ(find_tail({Framing::none, each, ""}, bytes_of(file)).whole, frame.size());
    }
}

TEST(FileTail, DamageNeverReachesBehindTheEnd) {
    std::uint32_t state = 1;
    const auto random = [&state](std::size_t below) {
        state = state * 1'664'525 + 1'013'904'223;
        return (state >> 8) % below;
    };
    for (const Compression each :
         {Compression::none, Compression::gzip, Compression::zstd, Compression::lz4}) {
        const auto compressor = Compressor::make(each, 0);
        std::vector<std::uint8_t> whole;
        for (const auto* const text : {"\x05"
                                       "abcd\n",
                                       "\x03"
                                       "fg\n",
                                       "\x02"
                                       "h\n"}) {
            const flow::Bytes message = bytes_of(text);
            const flow::Bytes frame = *compressor ? (*compressor)->frame(message) : message;
            whole.insert(whole.end(), frame.begin(), frame.end());
        }
        for (int i = 0; i < 3000; ++i) {
            std::vector<std::uint8_t> file(
                whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(random(whole.size())));
            for (std::size_t n = random(4); n > 0 && !file.empty(); --n) {
                file[random(file.size())] = static_cast<std::uint8_t>(random(256));
            }
            for (const Framing framing : {Framing::lines, Framing::length_prefixed}) {
                file.shrink_to_fit();
                EXPECT_LE(find_tail({framing, each, "\n"}, file).whole, file.size());
            }
        }
    }
}

TEST(FileTail, WhatIsNotOursIsNotCalledTorn) {
    const std::string page(100'000, 'x');
    const Layout lines{Framing::lines, Compression::none, "\n"};
    const Layout prefixed{Framing::length_prefixed, Compression::none, "\n"};
    const Layout zstd{Framing::none, Compression::zstd, "\n"};
    EXPECT_FALSE(find_tail(lines, bytes_of("line\n" + page)).torn_only);
    EXPECT_FALSE(find_tail(prefixed, bytes_of("\x03"
                                              "abc|"))
                     .torn_only);
    EXPECT_FALSE(find_tail(prefixed, bytes_of(std::string(10, '\0'))).torn_only);
    EXPECT_FALSE(find_tail(prefixed, bytes_of("\xFF\xFF\xFF\xFF")).torn_only);
    EXPECT_FALSE(find_tail(zstd, bytes_of("plain text\n")).torn_only);
    const auto compressor = Compressor::make(Compression::zstd, 0);
    const std::string frame = text_of((*compressor)->frame(bytes_of("a message\n")));
    EXPECT_FALSE(find_tail(zstd, bytes_of(frame + page)).torn_only);
    EXPECT_EQ(find_tail(zstd, bytes_of(frame + page)).whole, frame.size());
}

}  // namespace
}  // namespace flowd::file
