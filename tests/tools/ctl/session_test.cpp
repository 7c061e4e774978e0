// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/session.hpp"

#include <gtest/gtest.h>

namespace flowd::ctl {
namespace {

Reply of(long status, std::string body) {
    Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    return reply_of(Outcome<Answer>{std::move(answer)});
}

TEST(CtlSession, AnswersBecomeExitStatuses) {
    EXPECT_EQ(of(200, "{}").status, Status::fine);
    EXPECT_EQ(of(400, "{}").status, Status::usage);
    EXPECT_EQ(of(403, R"({"error":"no"})").status, Status::refused);
    EXPECT_EQ(of(404, "{}").status, Status::unknown);
    EXPECT_EQ(of(409, "{}").status, Status::wrong);
    EXPECT_EQ(of(422, "{}").status, Status::wrong);
    EXPECT_EQ(of(503, "").status, Status::wrong);
    EXPECT_EQ(reply_of(Failure{"nobody"}).status, Status::no_answer);
}

TEST(CtlSession, TheServersSentenceIsTold) {
    EXPECT_EQ(of(422, R"({"error":"flowd.toml:3: no"})").sentence, "flowd.toml:3: no");
    EXPECT_EQ(of(500, "<html>").sentence, "flowd answers with HTTP status 500");
    EXPECT_NE(of(403, R"({"error":"no"})").sentence.find("--socket"), std::string::npos);
    EXPECT_EQ(of(422, R"({"error":"\u001b[2J"})").sentence, "\\u001b[2J");
}

TEST(CtlSession, APathInTheUrlIsToBlameForTheNotFoundOfOthers) {
    const auto sentence = [](const char* body, const std::string& url) {
        Answer answer;
        answer.status = 404;
        answer.body = body;
        return reply_of(Outcome<Answer>{std::move(answer)}, url).sentence;
    };
    EXPECT_EQ(
        sentence("there is nothing at this path\n", "http://host:8080/metrics"),
        "HTTP status 404: no API of flowd is at /metrics; --url wants where flowd is, without "
        "a page: http://host:8080");
    EXPECT_EQ(sentence("", "http://host:8080"), "flowd answers with HTTP status 404");
    EXPECT_NE(sentence(R"({"error":"there is nothing at this path"})", "http://host/api")
                  .find("is at /api;"),
              std::string::npos);
    EXPECT_EQ(sentence(R"({"error":"no exporter x"})", "http://host/flowd"), "no exporter x");
}

TEST(CtlSession, WhatIsNoJsonIsNoAnswerOfFlowds) {
    for (const char* body : {"", "hello", "{\"a\":", "7", "\"x\""}) {
        EXPECT_EQ(of(200, body).status, Status::wrong) << body;
    }
    const auto nested = [](std::size_t depth) {
        return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_EQ(of(200, nested(20)).status, Status::fine);
    EXPECT_EQ(of(200, nested(1'000'000)).status, Status::wrong);
    EXPECT_EQ(of(500, nested(1'000'000)).sentence, "flowd answers with HTTP status 500");
}

}  // namespace
}  // namespace flowd::ctl
