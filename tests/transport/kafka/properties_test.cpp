// SPDX-License-Identifier: BSD-3-Clause
// Options become librdkafka's properties: goflow2's flags under librdkafka's names, order where the
// key asks for it, secrets out of files and environment, and sentences for what cannot be.
#include "transport/kafka/properties.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace flowd::kafka {
namespace {

/// The last value of each name, as librdkafka takes them.
std::map<std::string, std::string> made(const Options& options,
                                        Partition partition = Partition::sticky) {
    const Outcome<Properties> properties = make_properties(options, partition);
    EXPECT_TRUE(properties) << properties.error().sentence;
    std::map<std::string, std::string> values;
    for (const auto& [name, value] : properties->values) values[name] = value;
    return values;
}

std::string complaint(const Options& options) {
    const Outcome<Properties> properties = make_properties(options, Partition::sticky);
    return properties ? "" : properties.error().sentence;
}

TEST(KafkaProperties, DefaultsAreAcksOfTheLeaderFiftyMillisecondsAndNoCompression) {
    auto values = made({});
    EXPECT_EQ(values["bootstrap.servers"], "127.0.0.1:9092,[::1]:9092");
    EXPECT_EQ(values["acks"], "1");
    EXPECT_EQ(values["linger.ms"], "50");
    EXPECT_EQ(values["compression.codec"], "none");
    EXPECT_EQ(values["message.max.bytes"], "1000000");
    EXPECT_EQ(values["batch.size"], "1000000") << "flushbytes, but never above a message's limit";
    EXPECT_EQ(values["security.protocol"], "plaintext");
    EXPECT_EQ(values["enable.idempotence"], "false");
    EXPECT_FALSE(values.contains("max.in.flight.requests.per.connection"));
    EXPECT_FALSE(values.contains("broker.version.fallback"));
    EXPECT_EQ(values["statistics.interval.ms"], "5000");
}

TEST(KafkaProperties, KeysThatChoosePartitionsKeepTheirOrder) {
    auto values = made({}, Partition::by_key);
    EXPECT_EQ(values["partitioner"], "fnv1a");
    EXPECT_EQ(values["max.in.flight.requests.per.connection"], "1");
    values = made({.idempotence = true}, Partition::by_key);
    EXPECT_EQ(values["enable.idempotence"], "true");
    EXPECT_EQ(values["acks"], "all");
    EXPECT_FALSE(values.contains("max.in.flight.requests.per.connection"))
        << "an idempotent producer keeps the order with more";
}

TEST(KafkaProperties, ThePropertiesTableWins) {
    auto values = made({.properties = {{"linger.ms", "7"}, {"socket.keepalive.enable", "true"}}});
    EXPECT_EQ(values["linger.ms"], "7");
    EXPECT_EQ(values["socket.keepalive.enable"], "true");
}

TEST(KafkaProperties, CompressionIsTakenInAnyCaseAndMayBeEmpty) {
    EXPECT_EQ(made({.compression = "ZSTD"})["compression.codec"], "zstd");
    EXPECT_EQ(made({.compression = ""})["compression.codec"], "none");
    EXPECT_EQ(complaint({.compression = "brotli"}),
              "transport.kafka.compression: \"brotli\" is not one of none, gzip, snappy, lz4, "
              "zstd");
}

TEST(KafkaProperties, VersionsAreSaramas) {
    for (const char* good : {"2.8.0", "0.11.0.2", "3.4.1"}) {
        EXPECT_EQ(complaint({.version = good}), "") << good;
    }
    for (const char* bad : {"", "2", "2.8", "2.8.x", "2.8.0.1", "two", "2.8.0.", "-1.0.0"}) {
        EXPECT_NE(complaint({.version = bad}), "") << bad;
    }
    auto values = made({.version = "0.9.0.1"});
    EXPECT_EQ(values["broker.version.fallback"], "0.9.0.1");
    EXPECT_EQ(values["api.version.request"], "false");
}

TEST(KafkaProperties, WhatContradictsItselfIsRefused) {
    EXPECT_EQ(complaint({.topic = ""}), "transport.kafka.topic: is empty");
    EXPECT_EQ(complaint({.brokers = {}}), "transport.kafka.brokers: names none");
    EXPECT_EQ(complaint({.brokers = {}, .properties = {{"bootstrap.servers", "a:1"}}}), "");
    EXPECT_EQ(complaint({.acks = "0", .idempotence = true}),
              "transport.kafka.idempotence: needs acks all, not 0");
    EXPECT_EQ(complaint({.records = "packed", .packed_bytes = 2'000'000}),
              "transport.kafka.packed_bytes: 2000000 is above max_message_bytes, 1000000");
    EXPECT_EQ(complaint({.tls = true, .tls_certificate = "c.pem"}),
              "transport.kafka.tls.key: is missing: a certificate and its key go together");
}

TEST(KafkaProperties, TlsHasItsFilesAndItsWarnings) {
    auto values = made({.tls = true, .tls_ca = "ca", .tls_certificate = "c", .tls_key = "k"});
    EXPECT_EQ(values["security.protocol"], "ssl");
    EXPECT_EQ(values["ssl.ca.location"], "ca");
    EXPECT_EQ(values["ssl.certificate.location"], "c");
    EXPECT_EQ(values["ssl.key.location"], "k");
    const auto insecure = make_properties({.tls = true, .tls_insecure = true}, Partition::sticky);
    ASSERT_TRUE(insecure);
    EXPECT_EQ(insecure->warnings.size(), 1U);
    const auto useless = make_properties({.tls_ca = "ca"}, Partition::sticky);
    ASSERT_TRUE(useless);
    EXPECT_EQ(useless->warnings.size(), 1U);
}

class KafkaSecrets : public testing::Test {
protected:
    KafkaSecrets() {
        std::string name = (std::filesystem::temp_directory_path() / "flowd_XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        ::unsetenv("KAFKA_SASL_USER");
        ::unsetenv("KAFKA_SASL_PASS");
    }
    ~KafkaSecrets() override {
        std::filesystem::remove_all(folder_);
        ::unsetenv("KAFKA_SASL_USER");
        ::unsetenv("KAFKA_SASL_PASS");
    }
    [[nodiscard]] std::string file(const char* name, std::string_view text) const {
        std::ofstream{folder_ / name} << text;
        return folder_ / name;
    }
    std::filesystem::path folder_;
};

TEST_F(KafkaSecrets, ComeFromTheEnvironmentOrFromFiles) {
    ::setenv("KAFKA_SASL_USER", "env user", 1);
    ::setenv("KAFKA_SASL_PASS", "env pass", 1);
    auto values = made({.tls = true, .sasl = "scram-sha512"});
    EXPECT_EQ(values["security.protocol"], "sasl_ssl");
    EXPECT_EQ(values["sasl.mechanisms"], "SCRAM-SHA-512");
    EXPECT_EQ(values["sasl.username"], "env user");
    EXPECT_EQ(values["sasl.password"], "env pass");
    values = made({.sasl = "plain",
                   .sasl_user_file = file("user", "file user\n"),
                   .sasl_password_file = file("password", "file pass \r\n")});
    EXPECT_EQ(values["security.protocol"], "sasl_plaintext");
    EXPECT_EQ(values["sasl.username"], "file user");
    EXPECT_EQ(values["sasl.password"], "file pass ");
}

TEST_F(KafkaSecrets, ThatAreMissingAreAskedForByName) {
    EXPECT_EQ(complaint({.sasl = "plain"}),
              "transport.kafka.sasl.mechanism: needs transport.kafka.sasl.user_file or the "
              "environment's KAFKA_SASL_USER");
    ::setenv("KAFKA_SASL_USER", "user", 1);
    EXPECT_NE(complaint({.sasl = "plain"}).find("KAFKA_SASL_PASS"), std::string::npos);
    const std::string nowhere = folder_ / "nowhere";
    EXPECT_EQ(complaint({.sasl = "plain", .sasl_password_file = nowhere}),
              "transport.kafka.sasl.password_file: " + nowhere +
                  ": cannot be read: No such file or directory");
    const std::string empty = file("empty", "\n");
    EXPECT_EQ(complaint({.sasl = "plain", .sasl_password_file = empty}),
              "transport.kafka.sasl.password_file: " + empty + ": is empty");
}

TEST(KafkaOptions, ASecretPropertyIsKnownByItsName) {
    for (const char* name : {"sasl.password", "ssl.key.password", "ssl.key.pem",
                             "ssl.keystore.password", "sasl.oauthbearer.client.secret"}) {
        EXPECT_TRUE(is_secret(name)) << name;
    }
    for (const char* name : {"linger.ms", "ssl.ca.location", "sasl.username"}) {
        EXPECT_FALSE(is_secret(name)) << name;
    }
}

}  // namespace
}  // namespace flowd::kafka
