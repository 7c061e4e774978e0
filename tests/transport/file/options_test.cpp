// SPDX-License-Identifier: BSD-3-Clause
// The file transport's settings: their names and defaults, and how a separator is read.
#include "transport/file/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace flowd::file {
namespace {

using namespace std::string_view_literals;

TEST(FileOptions, RowsPointAtTheOptionsAndKeepGoflow2sFlags) {
    Options options;
    const auto rows = file::rows(options);
    ASSERT_EQ(rows.size(), 10U);
    EXPECT_EQ(rows[0].key, "transport.file.path");
    EXPECT_EQ(rows[0].flag, "transport.file");
    EXPECT_EQ(std::get<std::string*>(rows[0].target), &options.path);
    EXPECT_EQ(rows[1].key, "transport.file.separator");
    EXPECT_EQ(rows[1].flag, "transport.file.sep");
    EXPECT_EQ(std::get<std::string*>(rows[1].target), &options.separator);
    EXPECT_EQ(options.path, "");
}

TEST(FileOptions, SettingsThatNeedEachOtherAreChecked) {
    EXPECT_FALSE(failed(check(Options{})));
    EXPECT_FALSE(failed(check(Options{.path = "f", .rotate_bytes = 1, .keep_bytes = 1})));
    const std::vector<std::pair<Options, std::string_view>> wrong{
        {{.path = "", .rotate_bytes = 1}, "rotation needs a file"},
        {{.path = "f", .keep_age_ms = 1}, "need transport.file.rotate_bytes"},
        {{.path = "", .compression = "gzip", .compression_level = 10},
         "10 is above 9, the most that gzip has"},
        {{.path = "", .compression = "lz4", .compression_level = 13}, "above 12"},
    };
    for (const auto& [options, part] : wrong) {
        const Failure failure = check(options);
        EXPECT_NE(failure.sentence.find(part), std::string::npos) << failure.sentence;
    }
}

TEST(FileSeparator, DefaultIsOneNewline) {
    const auto separator = parse_separator(Options{}.separator);
    ASSERT_TRUE(separator) << separator.error().sentence;
    EXPECT_EQ(*separator, "\n");
}

TEST(FileSeparator, ReadsEscapesAndLeavesTheRestAsItIs) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"", ""},
        {"\n", "\n"},
        {"\\n", "\n"},
        {"\\r\\n", "\r\n"},
        {"\\t", "\t"},
        {"\\0", "\0"sv},
        {"\\012", "\00012"sv},
        {"\\\\n", "\\n"},
        {"\\x00\\xff\\xAb", "\x00\xff\xab"sv},
        {"\\x414", "A4"},
        {" | ", " | "},
        {"n", "n"},
        {"a\\nb\nc", "a\nb\nc"},
    };
    for (const auto& [text, bytes] : cases) {
        const auto separator = parse_separator(text);
        ASSERT_TRUE(separator) << separator.error().sentence;
        EXPECT_EQ(*separator, bytes) << text;
    }
}

TEST(FileSeparator, BadEscapeIsASentenceThatShowsIt) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"\\", "\"\\\" at character 1"},     {"ab\\", "\"\\\" at character 3"},
        {"\\q", "\"\\q\" at character 1"},   {"\\n\\N", "\"\\N\" at character 3"},
        {"\\x", "\"\\x\" at character 1"},   {"\\x4", "\"\\x4\" at character 1"},
        {"\\xg0", "\"\\xg0\" at character"}, {"\\x-1", "\"\\x-1\" at character"},
        {"\\x 1", "\"\\x 1\" at character"}, {"\\x0xff", "\"\\x0x\" at character"},
    };
    for (const auto& [text, part] : cases) {
        const auto separator = parse_separator(text);
        ASSERT_FALSE(separator) << text;
        const std::string& sentence = separator.error().sentence;
        EXPECT_EQ(sentence.find("transport.file.separator: "), 0U) << sentence;
        EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
    }
}

}  // namespace
}  // namespace flowd::file
