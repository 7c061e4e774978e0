// SPDX-License-Identifier: BSD-3-Clause
// JSON, judged by nlohmann's parser.
#include "http/json_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace flowd::http {
namespace {

TEST(JsonWriter, NestsAndSeparates) {
    JsonWriter json;
    json.begin_object();
    json.member("a", 1);
    json.begin_array("b");
    json.value(true);
    json.begin_array();
    json.end_array();
    json.begin_object();
    json.end_object();
    json.null();
    json.end_array();
    json.begin_object("c");
    json.member("d", "x");
    json.end_object();
    json.key("e");
    json.raw("[1]");
    json.end_object();
    EXPECT_EQ(json.take(), R"({"a":1,"b":[true,[],{},null],"c":{"d":"x"},"e":[1]})");
}

template <class Value>
nlohmann::json read_back(const Value& value) {
    JsonWriter json;
    json.value(value);
    return nlohmann::json::parse(json.take());
}

TEST(JsonWriter, KeepsWholeNumbers) {
    EXPECT_EQ(read_back(std::numeric_limits<std::uint64_t>::max()),
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(read_back(std::numeric_limits<std::int64_t>::min()),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(read_back(std::uint8_t{200}), 200);
    EXPECT_EQ(read_back(std::int8_t{-3}), -3);
}

TEST(JsonWriter, WritesFractionsInSevenDigitsAndExactOnesWhole) {
    JsonWriter json;
    json.begin_array();
    json.value(1234.56789);
    json.value(0.1);
    json.value(0.0);
    json.value(1e300);
    json.value(std::nan(""));
    json.value(std::numeric_limits<double>::infinity());
    json.exact(1'800'000'000.25);
    json.end_array();
    EXPECT_EQ(json.take(), "[1234.568,0.1,0,1e+300,null,null,1800000000.25]");
}

TEST(JsonWriter, EscapesText) {
    const std::string text = "a\"b\\c\n\x01 \xc3\xbc";
    EXPECT_EQ(read_back(text), text);
    EXPECT_EQ(read_back(std::string{"bad \xff"}), "bad \xef\xbf\xbd");
}

}  // namespace
}  // namespace flowd::http
