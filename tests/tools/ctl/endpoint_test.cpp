// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/endpoint.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>

namespace flowd::ctl {
namespace {

struct World {
    Options options;
    std::map<std::string, std::string> variables;
    std::set<std::string> files;

    [[nodiscard]] std::string places() const {
        const auto found = endpoints_of(
            options,
            [this](const char* name) {
                const auto value = variables.find(name);
                return value == variables.end() ? std::string{} : value->second;
            },
            [this](const std::string& path) { return files.count(path) > 0; });
        if (!found) return found.error().sentence;
        std::string out;
        for (const Endpoint& each : *found) out += (out.empty() ? "" : " ") + each.name();
        return out;
    }
};

TEST(CtlEndpoint, WithoutAnythingTheUsualPlacesAreTried) {
    World world;
    EXPECT_EQ(world.places(), "http://localhost:8080");
    world.files = {"/run/flowd/flowd.sock"};
    EXPECT_EQ(world.places(), "/run/flowd/flowd.sock http://localhost:8080");
    world.variables["RUNTIME_DIRECTORY"] = "/run/other:/run/third";
    EXPECT_EQ(world.places(), "/run/flowd/flowd.sock http://localhost:8080");
    world.files.insert("/run/other/flowd.sock");
    EXPECT_EQ(world.places(), "/run/other/flowd.sock /run/flowd/flowd.sock http://localhost:8080");
    world.variables["RUNTIME_DIRECTORY"] = "/run/flowd";
    EXPECT_EQ(world.places(), "/run/flowd/flowd.sock http://localhost:8080");
}

TEST(CtlEndpoint, WhatIsSaidIsTheOnlyPlace) {
    World world;
    world.files = {"/run/flowd/flowd.sock"};
    world.variables["FLOWCTL_URL"] = "box:9090";
    EXPECT_EQ(world.places(), "http://box:9090");
    world.variables["FLOWCTL_SOCKET"] = "/a/socket";
    EXPECT_EQ(world.places(), "/a/socket");
    world.options.url = "https://other:1/";
    EXPECT_EQ(world.places(), "https://other:1");
    world.options.url.clear();
    world.options.socket = "/b/socket";
    EXPECT_EQ(world.places(), "/b/socket");
}

TEST(CtlEndpoint, NonsenseIsASentence) {
    World world;
    world.options.url = "ftp://host";
    EXPECT_EQ(world.places(), "--url: \"ftp://host\" is not http://host:port");
    world.options.url = "http://";
    EXPECT_NE(world.places().find("is not http"), std::string::npos);
    world.options.url = "http://a b";
    EXPECT_NE(world.places().find("is not http"), std::string::npos);
    world.options.socket = "/x";
    EXPECT_EQ(world.places(), "--socket and --url: one of them");
    world.options.url.clear();
    world.options.socket = std::string(200, 'x');
    EXPECT_NE(world.places().find("107"), std::string::npos);
}

TEST(CtlEndpoint, TheTokenIsOneWord) {
    const auto none = [](const char*) { return std::string{}; };
    Options options;
    EXPECT_EQ(*token_of(options, none), "");
    EXPECT_EQ(*token_of(options, [](const char*) { return std::string{"secret"}; }), "secret");
    options.token = "a\r\nX-Other: 1";
    EXPECT_FALSE(token_of(options, none));
    options.token = "given";
    EXPECT_EQ(*token_of(options, none), "given");
    options.token.clear();
    options.token_file = testing::TempDir() + "flowctl-token";
    EXPECT_FALSE(token_of(options, none));
    std::FILE* file = std::fopen(options.token_file.c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs("  of-a-file \nmore\n", file);
    std::fclose(file);
    EXPECT_EQ(*token_of(options, none), "of-a-file");
    std::remove(options.token_file.c_str());
}

}  // namespace
}  // namespace flowd::ctl
