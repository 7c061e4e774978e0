// SPDX-License-Identifier: BSD-3-Clause
// Settings that need or exclude each other.
#include "http/options.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/schema.hpp"

namespace flowd::http {
namespace {

TEST(HttpOptions, TheDefaultsAreValid) {
    EXPECT_EQ(validate(Options{}).sentence, "");
    Options options;
    EXPECT_EQ(config::Schema{rows(options)}.conflict().sentence, "");
}

TEST(HttpOptions, SaysWhatDoesNotGoTogether) {
    const auto complaint = [](auto change) {
        Options options;
        change(options);
        return validate(options).sentence;
    };
    EXPECT_EQ(complaint([](Options& o) { o.tls_key = "k"; }),
              "http.tls_certificate and http.tls_key: one is of no use without the other");
    EXPECT_EQ(complaint([](Options& o) { o.metrics_path = "metrics"; }),
              "http.metrics_path: \"metrics\" does not start with /");
    EXPECT_EQ(complaint([](Options& o) { o.metrics_path = "/api/x"; }),
              "http.metrics_path: \"/api/x\" is the path of something else");
    EXPECT_EQ(complaint([](Options& o) { o.templates_path = "/a?b"; }),
              "http.templates_path: \"/a?b\" has a character that a path cannot have");
    EXPECT_EQ(complaint([](Options& o) { o.templates_path = "/metrics"; }),
              "http.templates_path: it is also that of the metrics");
    EXPECT_EQ(complaint([](Options& o) { o.templates_path = ""; }), "");
    EXPECT_EQ(complaint([](Options& o) { o.token = "short"; }),
              "http.token: 5 characters are not between 16 and 1024");
    EXPECT_EQ(complaint([](Options& o) { o.token = "0123456789 abcdef"; }),
              "http.token: has a space or a character that is not ASCII");
    EXPECT_EQ(complaint([](Options& o) { o.token = o.token_file = "0123456789abcdef"; }),
              "http.token and http.token_file: one of them says it");
    EXPECT_EQ(complaint([](Options& o) { o.allow = {"10.0.0.0/33"}; }),
              "http.allow: \"10.0.0.0/33\": the prefix must have 0 to 32 bits");
}

TEST(HttpOptions, TheTokenIsNeverPrinted) {
    Options options;
    options.token = "0123456789abcdef";
    const config::Schema schema{rows(options)};
    EXPECT_EQ(config::value_of(*schema.by_key("http.token")), "\"\"");
}

TEST(HttpOptions, GoflowsFlagsSetTheAddress) {
    Options options;
    const config::Schema schema{rows(options)};
    for (const char* flag : {"metrics.addr", "addr", "http.listen"}) {
        ASSERT_EQ(config::set_text(*schema.by_flag(flag), flag).sentence, "");
        EXPECT_EQ(options.listen, flag);
    }
}

TEST(HttpOptions, WhoChoseTheAddressDecidesWhatATakenOneIs) {
    Options options;
    config::Loaded loaded;
    EXPECT_FALSE(listen_chosen(options, loaded));
    loaded.given = {"http.listen"};  // as -print-config wrote it
    EXPECT_FALSE(listen_chosen(options, loaded));
    EXPECT_FALSE(wants_goflow2_metrics(options, loaded));
    options.listen = ":9000";
    EXPECT_TRUE(listen_chosen(options, loaded));
    options.listen = ":8080";
    loaded.given = {"addr"};
    EXPECT_TRUE(listen_chosen(options, loaded));
    EXPECT_TRUE(wants_goflow2_metrics(options, loaded));
    options.metrics_goflow2 = "off";
    EXPECT_FALSE(wants_goflow2_metrics(options, loaded));
}

TEST(HttpOptions, TheSocketIsWhereTheServiceManagerSays) {
    Options options;
    ASSERT_EQ(::setenv("RUNTIME_DIRECTORY", "/run/flowd:/run/other", 1), 0);
    EXPECT_EQ(socket_path(options), "/run/flowd/flowd.sock");
    options.socket = "/run/x";
    EXPECT_EQ(socket_path(options), "/run/x");
    ::unsetenv("RUNTIME_DIRECTORY");
    options.socket.clear();
    EXPECT_EQ(socket_path(options), "");
}

TEST(HttpOptions, ATokensFileIsReadWithoutItsLineEnd) {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("flowd-token-" + std::to_string(::getpid()));
    Options options;
    options.token_file = path.string();
    EXPECT_EQ(read_token(options).error().sentence,
              "http.token_file: " + path.string() + ": cannot be read");
    std::ofstream{path} << "\n";
    EXPECT_EQ(read_token(options).error().sentence,
              "http.token_file: " + path.string() + ": is empty");
    std::ofstream{path} << "0123456789abcdef\r\n";
    EXPECT_EQ(*read_token(options), "0123456789abcdef");
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace flowd::http
