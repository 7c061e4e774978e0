// SPDX-License-Identifier: BSD-3-Clause
// The server's routes and openapi.yaml are the same ones.
#include "http/routes.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <set>
#include <string>
#include <vector>

#include "http/made_up.hpp"
#include "http/openapi.hpp"
#include "log/log.hpp"

namespace flowd::http {
namespace {

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

class Routes : public testing::Test {
protected:
    made_up::Source source_{made_up::observation(5)};
    made_up::Actions actions_;
    Options options_;

    Router router(const Pages& pages = {.page = "<p>", .page_policy = "mine"}) {
        return make_router(options_, *make_access(options_), source_, actions_, pages);
    }
    static Request local(const std::string& method, const std::string& path) {
        Request request{.method = method, .path = path};
        request.client.is_loopback = true;
        return request;
    }
};

TEST_F(Routes, AreThoseOfTheDocument) {
    const flow::Bytes text = openapi();
    const YAML::Node document = YAML::Load(std::string{text.begin(), text.end()});
    std::set<std::string> described;
    for (const auto& path : document["paths"]) {
        for (const auto& method : path.second) {
            described.insert(upper(method.first.as<std::string>()) + ' ' +
                             path.first.as<std::string>());
        }
    }
    std::set<std::string> served;
    const Router made = router();
    for (const Route& each : made.routes()) served.insert(each.method + ' ' + each.path);
    EXPECT_EQ(served, described);
}

TEST_F(Routes, WhatChangesSomethingIsForChangers) {
    const Router made = router();
    for (const Route& each : made.routes()) {
        EXPECT_EQ(each.method == "POST", each.audience == Audience::changers) << each.path;
        const bool is_open =
            each.path == "/metrics" || each.path == "/templates" || each.path == "/__health";
        EXPECT_EQ(is_open, each.audience == Audience::everyone) << each.path;
    }
}

TEST_F(Routes, PathsAreWhereTheSettingsPutThem) {
    options_.metrics_path = "/m";
    options_.templates_path = "";
    const Router made = router({.metrics = [](const Observation& observation) {
        return "serial " + std::to_string(observation.serial) + '\n';
    }});
    EXPECT_EQ(made.handle(local("GET", "/m")).body, "serial 1\n");
    EXPECT_EQ(made.handle(local("GET", "/metrics")).status, 404);
    EXPECT_EQ(made.handle(local("GET", "/templates")).status, 404);
    EXPECT_EQ(made.handle(local("GET", "/")).status, 404);
}

TEST_F(Routes, ThePageHasItsPolicy) {
    const Response response = router().handle(local("GET", "/"));
    EXPECT_EQ(response.body, "<p>");
    EXPECT_EQ(response.type, "text/html; charset=utf-8");
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].value, "mine");
}

TEST_F(Routes, ThePageIsForEverybodyWhereThereIsAToken) {
    Request remote{.method = "GET", .path = "/"};
    EXPECT_EQ(router().handle(remote).status, 403);
    options_.token = "0123456789abcdef";
    EXPECT_EQ(router().handle(remote).status, 200);
    remote.headers = {{"Host", "proxy.example"}, {"Sec-Fetch-Site", "none"}};
    EXPECT_EQ(router().handle(remote).status, 200);
    remote.path = "/metrics";
    EXPECT_EQ(router().handle(remote).status, 403);
    remote.path = "/api/status";
    EXPECT_EQ(router().handle(remote).status, 403);
}

TEST_F(Routes, ShowTheNewestObservation) {
    const Router made = router();
    source_.set(made_up::observation(7, 42));
    EXPECT_NE(made.handle(local("GET", "/api/status")).body.find("\"serial\":42,"),
              std::string::npos);
}

TEST_F(Routes, HealthIsOfNowNotOfTheObservation) {
    const Router made = router();
    EXPECT_EQ(made.handle(local("GET", "/__health")).status, 200);
    source_.set_health({.health = Health::draining});
    EXPECT_EQ(made.handle(local("GET", "/__health")).body, "Not OK\ndraining\n");
    EXPECT_NE(made.handle(local("GET", "/api/status")).body.find("\"state\":\"draining\""),
              std::string::npos);
}

TEST_F(Routes, KnowTheNamesOfTheAddresses) {
    options_.listen = "collector.example.net:8080";
    Request request = local("GET", "/api/status");
    request.headers = {{"Host", "collector.example.net:8080"}};
    EXPECT_EQ(router().handle(request).status, 200);
    options_.listen = ":8080";
    EXPECT_EQ(router().handle(request).status, 403);
    for (const char* name : {"collector.example.net", "collector.example.net."}) {
        options_.names = {name};
        EXPECT_EQ(router().handle(request).status, 200) << name;
    }
    options_.names = {"", "."};
    request.headers = {{"Host", ":8080"}};
    EXPECT_EQ(router().handle(request).status, 403);
}

TEST_F(Routes, WhatTheMainThreadDoesWaitsInThePool) {
    const Router made = router();
    for (const char* path : {"/api/reload", "/api/log", "/api/capture"}) {
        EXPECT_TRUE(made.waits({.method = "POST", .path = path})) << path;
    }
    EXPECT_FALSE(made.waits({.method = "GET", .path = "/api/status"}));
}

TEST_F(Routes, TheDocumentHasTheLogsLevels) {
    const flow::Bytes text = openapi();
    const YAML::Node document = YAML::Load(std::string{text.begin(), text.end()});
    const YAML::Node body = document["paths"]["/api/log"]["post"]["requestBody"];
    const YAML::Node level = body["content"]["application/json"]["schema"]["properties"]["level"];
    std::vector<std::string> described;
    for (const auto& each : level["enum"]) described.push_back(each.as<std::string>());
    EXPECT_EQ(described,
              std::vector<std::string>(log::level_names.begin(), log::level_names.end()));
}

}  // namespace
}  // namespace flowd::http
