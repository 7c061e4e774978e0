// SPDX-License-Identifier: BSD-3-Clause
// The writer's text as nlohmann::json reads it back, and what happens when the room ends.
#include "flow/raw/json_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace flow::raw {
namespace {

using Json = nlohmann::ordered_json;

template <class Write>
std::string written(Write write, std::size_t room = 4096) {
    std::vector<std::uint8_t> memory(room);
    JsonWriter out{memory};
    write(out);
    EXPECT_FALSE(out.failed());
    return {memory.begin(), memory.begin() + (out.end() - memory.data())};
}

TEST(JsonWriter, PutsCommasBetweenAndNowhereElse) {
    const std::string text = written([](JsonWriter& out) {
        out.open_object();
        out.member("a", 1);
        out.key("b");
        out.open_array();
        out.number(2);
        out.open_object();
        out.close_object();
        out.boolean(true);
        out.null();
        out.close_array();
        out.text_member("c", "d");
        out.close_object();
    });
    EXPECT_EQ(text, R"({"a":1,"b":[2,{},true,null],"c":"d"})");
}

TEST(JsonWriter, EscapesWhatJsonCannotHold) {
    const std::string text = written([](JsonWriter& out) { out.text("a\"b\\c\n\x01\xc3\xa4"); });
    EXPECT_EQ(Json::parse(text).get<std::string>(), "a\"b\\c\n\x01\xc3\xa4");
}

TEST(JsonWriter, ReplacesWhatIsNoUtf8) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"\xff", "\xef\xbf\xbd"},
        {"a\xc3", "a\xef\xbf\xbd"},                                // cut off
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                  // overlong
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // a surrogate
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    };
    for (const auto& [bytes, expected] : cases) {
        const std::string text =
            written([&](JsonWriter& out) { out.text(std::string_view{bytes}); });
        EXPECT_EQ(Json::parse(text).get<std::string>(), expected);
    }
}

TEST(JsonWriter, WritesBase64OfEveryRest) {
    const std::array<std::pair<std::string_view, std::string_view>, 5> vectors{
        {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}};
    for (const auto& [bytes, expected] : vectors) {  // RFC 4648 §10
        const std::string text = written([&](JsonWriter& out) {
            out.base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
        });
        EXPECT_EQ(text, '"' + std::string{expected} + '"');
    }
}

TEST(JsonWriter, LatchesWhereTheRoomEndsAndWritesNothingBehindIt) {
    const auto write = [](JsonWriter& out) {
        out.open_object();
        out.member("number", 1234567);
        out.text_member("text", "abc\"def");
        out.base64_member("bytes", std::array<std::uint8_t, 5>{1, 2, 3, 4, 5});
        out.close_object();
    };
    const std::size_t size = written(write).size();
    const std::size_t enough = size + 6 * 7;  // text asks for what the worst one would take
    for (std::size_t room = 0; room <= enough; ++room) {
        std::vector<std::uint8_t> memory(room + 16, 0xee);
        JsonWriter out{{memory.data(), room}};
        write(out);
        if (room < size || room == enough) {
            EXPECT_EQ(out.failed(), room < size) << room;
        }
        for (std::size_t i = room; i < memory.size(); ++i) ASSERT_EQ(memory[i], 0xee) << room;
    }
}

}  // namespace
}  // namespace flow::raw
