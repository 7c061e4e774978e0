// SPDX-License-Identifier: BSD-3-Clause
// Go's flag syntax.
#include "config/flags.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/all_rows.hpp"
#include "config/config.hpp"

namespace flowd::config {
namespace {

class Flags : public testing::Test {
protected:
    AllSettings settings_;
    Config& config_ = settings_.config;
    Schema schema_ = settings_.schema();

    std::string complaint(const std::vector<const char*>& arguments) {
        const auto flags = parse_flags(arguments, schema_);
        if (!flags) return flags.error().sentence;
        for (const FlagValue& flag : *flags) {
            if (Failure failure = apply_flag(flag); failed(failure)) return failure.sentence;
        }
        return {};
    }
};

TEST_F(Flags, TakeTheirValueBehindASpaceOrAnEqualsSign) {
    EXPECT_EQ(complaint({"-format", "pb", "--transport=null", "-listen=flow://:1?count=2",
                         "--tx.workers", "3"}),
              "");
    EXPECT_EQ(config_.format, "pb");
    EXPECT_EQ(settings_.transports.single.kind, "null");
    EXPECT_EQ(config_.listen, "flow://:1?count=2") << "only the first equals sign divides";
    EXPECT_EQ(settings_.transports.single.workers, 3);
}

TEST_F(Flags, SwitchesTakeNoSeparateValue) {
    EXPECT_EQ(complaint({"-format.protobuf.fixedlen", "-format", "text"}), "");
    EXPECT_TRUE(config_.protobuf_fixedlen);
    EXPECT_EQ(complaint({"-format.protobuf.fixedlen=F"}), "");
    EXPECT_FALSE(config_.protobuf_fixedlen);
    EXPECT_EQ(complaint({"-format.protobuf.fixedlen", "true"}),
              "\"true\" is left over after the flags; write -format.protobuf.fixedlen=true");
    EXPECT_EQ(complaint({"-reuseport=maybe"}), "-reuseport: \"maybe\" is neither true nor false");
}

TEST_F(Flags, AValueMayStartWithADashOrBeEmpty) {
    EXPECT_EQ(complaint({"-replay", "-v", "-format.tag", ""}), "");
    EXPECT_EQ(config_.replay.path, "-v");
    EXPECT_FALSE(config_.version);
    EXPECT_EQ(complaint({"-replay="}), "");
    EXPECT_EQ(config_.replay.path, "");
}

TEST_F(Flags, TheLastOneWins) {
    EXPECT_EQ(complaint({"-format", "pb", "-format", "text"}), "");
    EXPECT_EQ(config_.format, "text");
}

TEST_F(Flags, DoubleDashEndsThem) {
    EXPECT_EQ(complaint({"-v", "--"}), "");
    EXPECT_EQ(complaint({"-v", "--", "-format"}), "\"-format\" is left over after the flags");
}

TEST_F(Flags, LeftoversAreRefused) {
    EXPECT_EQ(complaint({"-v", "extra"}), "\"extra\" is left over after the flags");
    EXPECT_EQ(complaint({"-"}), "\"-\" is left over after the flags");
    EXPECT_EQ(complaint({""}), "\"\" is left over after the flags");
}

TEST_F(Flags, WrongOnesAreNamed) {
    EXPECT_EQ(complaint({"-fromat", "json"}), "unknown flag -fromat; did you mean -format?");
    EXPECT_EQ(complaint({"-zebra=1"}), "unknown flag -zebra");
    EXPECT_EQ(complaint({"-output.format", "json"}),
              "unknown flag -output.format; did you mean -format?");
    EXPECT_EQ(complaint({"-format"}), "-format: needs a value");
    EXPECT_EQ(complaint({"---format"}), "\"---format\" is not a flag: a name must follow the dash");
    EXPECT_EQ(complaint({"-=x"}), "\"-=x\" is not a flag: a name must follow the dash");
    EXPECT_EQ(complaint({"--=x"}), "\"--=x\" is not a flag: a name must follow the dash");
    EXPECT_EQ(complaint({"-transport", "pigeon"}),
              "-transport: \"pigeon\" is not one of file, kafka, null");
    EXPECT_EQ(complaint({"-format=bin"}), "");
    EXPECT_EQ(complaint({"-batch.count", "1"}), "-batch.count: 1 is below 4");
    EXPECT_EQ(complaint({"-loglevel", "loud"}),
              "-loglevel: \"loud\" is not one of trace, debug, info, warn, warning, error, fatal, "
              "panic");
}

TEST_F(Flags, EveryFlagOfGoflow2IsKnown) {
    // v1.3.7, v2.2.6 and the main branch.
    for (const char* name : {"listen",
                             "reuseport",
                             "workers",
                             "loglevel",
                             "logfmt",
                             "netflow.templates",
                             "netflow.templates.file.path",
                             "produce",
                             "format",
                             "format.hash",
                             "format.selector",
                             "format.tag",
                             "format.protobuf.fixedlen",
                             "transport",
                             "metrics.addr",
                             "metrics.path",
                             "addr",
                             "templates.path",
                             "mapping",
                             "err.cnt",
                             "err.int",
                             "v",
                             "h",
                             "help",
                             "templates.ttl",
                             "templates.sweep-interval",
                             "templates.ttl.extend-on-access",
                             "templates.json.path",
                             "templates.json.interval",
                             "samplingrate.fallback",
                             "transport.kafka.brokers",
                             "transport.kafka.srv",
                             "transport.kafka.topic",
                             "transport.kafka.maxmsgbytes",
                             "transport.kafka.flushbytes",
                             "transport.kafka.flushfreq",
                             "transport.kafka.hashing",
                             "transport.kafka.version",
                             "transport.kafka.compression",
                             "transport.kafka.compression.type",
                             "transport.kafka.tls",
                             "transport.kafka.tls.ca",
                             "transport.kafka.tls.client",
                             "transport.kafka.tls.key",
                             "transport.kafka.tls.insecure",
                             "transport.kafka.sasl",
                             "transport.kafka.log.err"}) {
        EXPECT_NE(schema_.by_flag(name), nullptr) << name;
    }
    for (const char* name : {"reuseport", "transport.kafka.tls", "transport.kafka.hashing",
                             "transport.kafka.log.err", "transport.kafka.tls.insecure",
                             "templates.ttl.extend-on-access", "samplingrate.fallback"}) {
        EXPECT_TRUE(is_switch(*schema_.by_flag(name))) << name;
    }
    EXPECT_EQ(complaint({"-err.int", "10s", "-transport.kafka.flushfreq=5s", "-workers", "-1"}),
              "");
}

TEST_F(Flags, ATableIsNamesAndValues) {
    EXPECT_EQ(complaint({"-transport.kafka.properties=socket.keepalive.enable=true, a.b = c=d"}),
              "");
    EXPECT_EQ(settings_.transports.single.kafka.properties,
              (Table{{"a.b", "c=d"}, {"socket.keepalive.enable", "true"}}));
    EXPECT_EQ(complaint({"-transport.kafka.properties", "a.b"}),
              "-transport.kafka.properties: \"a.b\" is not name=value");
    EXPECT_EQ(complaint({"-transport.kafka.properties", "=b"}),
              "-transport.kafka.properties: \"=b\" is not name=value");
    EXPECT_EQ(complaint({"-transport.kafka.properties="}), "");
    EXPECT_TRUE(settings_.transports.single.kafka.properties.empty());
}

}  // namespace
}  // namespace flowd::config
