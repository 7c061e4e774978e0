// SPDX-License-Identifier: BSD-3-Clause
// Headers, parameters and percent-encoding.
#include "http/request.hpp"

#include <gtest/gtest.h>

namespace flowd::http {
namespace {

TEST(Request, AHeaderIsFoundInAnyCaseTheFirstOneCounts) {
    Request request;
    request.headers = {{"Host", "a"}, {"X-Two", "1"}, {"x-two", "2"}};
    EXPECT_EQ(request.header("hOST"), "a");
    EXPECT_EQ(request.header("X-TWO"), "1");
    EXPECT_EQ(request.header("X-Three"), "");
}

TEST(Request, AParameterIsDecoded) {
    Request request;
    request.query = "a=1&search=2001%3adb8%3A%3A+x&empty=&bare&a=2&bad=%4";
    EXPECT_EQ(request.parameter("a"), "1");
    EXPECT_EQ(request.parameter("search"), "2001:db8:: x");
    EXPECT_EQ(request.parameter("empty"), "");
    EXPECT_EQ(request.parameter("bare"), "");
    EXPECT_FALSE(request.parameter("bad"));
    EXPECT_FALSE(request.parameter("absent"));
}

TEST(PercentDecoded, RefusesWhatIsBrokenOrHidesAControlCharacter) {
    EXPECT_EQ(percent_decoded("a%20b", false), "a b");
    EXPECT_EQ(percent_decoded("a+b", false), "a+b");
    EXPECT_EQ(percent_decoded("%c3%bc", false), "\xc3\xbc");
    for (const char* broken : {"%", "%4", "%4g", "%g4", "%00", "%0a", "%7f", "a\nb"}) {
        EXPECT_FALSE(percent_decoded(broken, false)) << broken;
    }
}

}  // namespace
}  // namespace flowd::http
