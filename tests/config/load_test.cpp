// SPDX-License-Identifier: BSD-3-Clause
// Default, file, flags, in this order; who is at fault; what is said about flags without effect.
#include "config/load.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "config/config.hpp"

#include "config/all_rows.hpp"

namespace flowd::config {
namespace {

class Load : public testing::Test {
protected:
    AllSettings settings_;
    Config& config_ = settings_.config;
    TransportSettings& transport_ = settings_.transports.single;
    Schema schema_ = settings_.schema();
    std::string path_;

    ~Load() override {
        if (!path_.empty()) std::remove(path_.c_str());
    }
    const char* file(std::string_view toml) {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        path_ = testing::TempDir() + "flowd_load_" + test->name() + ".toml";
        std::ofstream{path_} << toml;
        return path_.c_str();
    }
    flow::Result<Loaded, LoadFailure> load(const std::vector<const char*>& arguments) {
        return config::load(arguments, schema_, config_);
    }
    LoadFailure fault(const std::vector<const char*>& arguments) {
        const auto loaded = load(arguments);
        EXPECT_FALSE(loaded);
        return loaded.error();
    }
};

TEST_F(Load, NothingGivenIsTheDefault) {
    const auto loaded = load({});
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    EXPECT_EQ(loaded->listeners.size(), 2U);
    EXPECT_TRUE(loaded->given.empty());
    EXPECT_TRUE(loaded->notes.empty());
    EXPECT_TRUE(loaded->warnings.empty());
    EXPECT_EQ(config_.format, "json");
    EXPECT_EQ(transport_.kind, "file");
    EXPECT_EQ(config_.ingress, "udp");
    EXPECT_EQ(config_.batch_max_age_ms, 50);
}

TEST_F(Load, FlagsWinOverTheFileWhereverTheyStand) {
    const char* path =
        file("[output]\nformat = 'text'\n[batch]\ncount = 8\n[transport]\nworkers = 2\n");
    const auto loaded = load({"-format", "pb", "-config", path, "-tx.workers=3"});
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    EXPECT_EQ(config_.format, "pb");
    EXPECT_EQ(transport_.workers, 3);
    EXPECT_EQ(config_.batch_count, 8);
    EXPECT_TRUE(loaded->was_given("format"));
    EXPECT_TRUE(loaded->was_given("batch.count"));
    EXPECT_FALSE(loaded->was_given("listen"));
    EXPECT_EQ(loaded->given.size(), 4U) << "a row counts once";
}

TEST_F(Load, ListenersComeFromTheFileToo) {
    const auto loaded = load({"-config", file("ingress.listen = 'flow://[::1]:9?count=4'")});
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    ASSERT_EQ(loaded->listeners.size(), 1U);
    EXPECT_EQ(loaded->listeners[0].count, 4U);
    EXPECT_TRUE(loaded->was_given("listen"));
}

TEST_F(Load, WhatAPersonWroteWrongExitsWith2) {
    EXPECT_EQ(exit_status(fault({"-nonsense"}).fault), 2);
    EXPECT_EQ(exit_status(fault({"-batch.count=1"}).fault), 2);
    EXPECT_EQ(exit_status(fault({"extra"}).fault), 2);
    EXPECT_EQ(exit_status(fault({"-listen", "netflow://:0"}).fault), 2);
    const LoadFailure failure = fault({"-config", file("[rx]\nidle = 'x'\n")});
    EXPECT_EQ(exit_status(failure.fault), 2);
    EXPECT_EQ(failure.sentence, path_ + ":2: rx.idle: \"x\" is not one of adaptive, pause, spin");
}

TEST_F(Load, AFileThatCannotBeReadExitsWith1) {
    const LoadFailure failure = fault({"-config", "/nonexistent.toml"});
    EXPECT_EQ(exit_status(failure.fault), 1);
    EXPECT_EQ(failure.sentence, "/nonexistent.toml: cannot be read: No such file or directory");
    EXPECT_EQ(exit_status(Fault::none), 0);
}

TEST_F(Load, HelpAndVersionReadNoFile) {
    EXPECT_TRUE(load({"-h", "-config", "/nonexistent.toml"}));
    EXPECT_TRUE(config_.help);
    config_.help = false;
    EXPECT_TRUE(load({"-v", "-replay.timed"}));
    EXPECT_TRUE(config_.version);
}

TEST_F(Load, SeveralTransportsAreTables) {
    const char* path = file(
        "[[transport]]\nkind = 'kafka'\n[transport.kafka]\ntopic = 'a'\n"
        "[transport.kafka.properties]\n'linger.ms' = 7\n"
        "[[transport]]\nname = 'copy'\nexporters = ['192.0.2.0/24']\nfile.path = 'b'\n");
    const auto loaded = load({"-config", path});
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    const auto in_use = settings_.transports.in_use();
    ASSERT_EQ(in_use.size(), 2U);
    EXPECT_EQ(in_use[0]->label(), "kafka");
    EXPECT_EQ(in_use[0]->kafka.topic, "a");
    EXPECT_EQ(in_use[0]->kafka.properties, (Table{{"linger.ms", "7"}}));
    EXPECT_EQ(in_use[1]->label(), "copy");
    EXPECT_EQ(in_use[1]->kind, "file");
    EXPECT_EQ(in_use[1]->file.path, "b");
    EXPECT_EQ(in_use[1]->exporters, std::vector<std::string>{"192.0.2.0/24"});
    EXPECT_EQ(transport_.kafka.topic, "flow-messages") << "the flags' one is not in use";
}

TEST_F(Load, WhatIsWrongInATransportHasItsLine) {
    const char* path = file("[[transport]]\n[[transport]]\nkind = 'pigeon'\n");
    EXPECT_EQ(fault({"-config", path}).sentence,
              std::string{path} + ":3: transport.kind: \"pigeon\" is not one of file, kafka, null");
    path = file("[[transport]]\nfile.pth = 'x'\n");
    EXPECT_EQ(fault({"-config", path}).sentence,
              std::string{path} +
                  ":2: transport.file.pth: unknown key; did you mean transport.file.path?");
}

TEST_F(Load, AFlagCannotMeanOneOfSeveralTransports) {
    const char* path = file("[[transport]]\nkind = 'null'\n");
    EXPECT_EQ(fault({"-config", path, "-transport.file", "x"}).sentence,
              "-transport.file: cannot go with [[transport]]; write it there");
    EXPECT_TRUE(load({"-config", path, "-format", "text"}));
}

TEST_F(Load, FlagsWithoutEffectAreNotedOnce) {
    const auto loaded = load({"-reuseport", "-workers", "4", "-workers=5", "-err.cnt", "1",
                              "-listen", "netflow://:2055?blocking=true"});
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    ASSERT_EQ(loaded->notes.size(), 4U);
    EXPECT_TRUE(loaded->notes[0].starts_with("netflow://:2055?blocking=true: blocking has no"));
    EXPECT_TRUE(loaded->notes[1].starts_with("-reuseport has no effect in flowd: "));
    EXPECT_TRUE(loaded->notes[2].starts_with("-workers has no effect in flowd: "));
    EXPECT_EQ(loaded->notes[3],
              "-err.cnt has no effect in flowd: errors in datagrams are counted, never logged one "
              "by one");
    EXPECT_TRUE(loaded->warnings.empty());
}

TEST_F(Load, AMissingFlagIsAWarningOnceItsValueAsks) {
    std::string value = "usual";
    std::vector<Row> all = rows(config_);
    all.push_back({.key = "",
                   .flag = "far",
                   .target = &value,
                   .help = "this build does not",
                   .effect = Effect::missing});
    const Schema schema{std::move(all)};
    const std::vector<const char*> asks{"-far=out"};
    const auto loaded = config::load(asks, schema, config_);
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    EXPECT_EQ(loaded->warnings,
              std::vector<std::string>{"-far \"out\" is not done: this build does not"});
    const std::vector<const char*> usual{"-far=usual"};
    EXPECT_TRUE(config::load(usual, schema, config_)->warnings.empty());
}

TEST_F(Load, Goflow2sFlagsAreSettings) {
    const auto loaded = load({"-produce", "sample", "-netflow.templates=file", "-mapping", "",
                              "-format.hash=SrcAddr", "-samplingrate.fallback", "-strict",
                              "-templates.json.interval=1m"});
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    EXPECT_TRUE(loaded->warnings.empty());
    EXPECT_TRUE(loaded->notes.empty());
    EXPECT_EQ(loaded->shape.key, std::vector<flow::Column>{flow::Column::src_addr});
    EXPECT_EQ(loaded->shape.dialect, flow::Dialect::goflow2_v1);
    EXPECT_TRUE(config_.sampling.across_domains);
    EXPECT_EQ(config_.learnt.interval_ms, 60'000);
    EXPECT_EQ(state_path(config_), "./templates.json");
    EXPECT_EQ(fault({"-produce", "junk"}).sentence, "-produce: \"junk\" is not one of sample, raw");
}

TEST_F(Load, TheMappingFileIsReadAndItsWarningsAreTold) {
    const char* path = file("ipfix:\n  mapping:\n  - {field: 1, destination: InIff}\n");
    const std::string yaml = path_ + ".yaml";
    ASSERT_EQ(std::rename(path, yaml.c_str()), 0);
    path_ = yaml;
    const auto loaded = load({"-mapping", path_.c_str()});
    ASSERT_TRUE(loaded) << loaded.error().sentence;
    EXPECT_EQ(loaded->warnings,
              std::vector<std::string>{path_ + ":3: destination \"InIff\" is no column (did you "
                                               "mean InIf?); the entry is left out"});
}

TEST_F(Load, AWrongMappingFileExitsWith1) {
    const LoadFailure missing = fault({"-mapping", "/nonexistent.yaml"});
    EXPECT_EQ(exit_status(missing.fault), 1);
    EXPECT_EQ(missing.sentence, "/nonexistent.yaml: cannot be read: No such file or directory");
    const LoadFailure wrong = fault({"-mapping", file("[[mapping.ipfix]]\nfield = 'x'\n")});
    EXPECT_EQ(exit_status(wrong.fault), 1);
    EXPECT_EQ(wrong.sentence, path_ + ":2: field: \"x\" is no integer");
}

TEST_F(Load, AnUnknownColumnExitsWith2) {
    const LoadFailure failure = fault({"-columns", "nat_evnt"});
    EXPECT_EQ(exit_status(failure.fault), 2);
    EXPECT_EQ(failure.sentence,
              "output.columns: \"nat_evnt\" is no column; did you mean nat_event?");
}

TEST_F(Load, RowsThatClashDoNotStart) {
    std::vector<Row> twice = rows(config_);
    twice.push_back(twice.front());
    const auto loaded = config::load({}, Schema{std::move(twice)}, config_);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(exit_status(loaded.error().fault), 1);
    EXPECT_EQ(loaded.error().sentence, "the flag -config belongs to two rows");
}

}  // namespace
}  // namespace flowd::config
