// SPDX-License-Identifier: BSD-3-Clause
#include "config/reload.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/config.hpp"

namespace flowd::config {
namespace {

class ReloadTest : public testing::Test {
protected:
    Config running_;
    Config fresh_;
    Schema running_schema_{rows(running_)};
    Schema fresh_schema_{rows(fresh_)};
};

TEST_F(ReloadTest, TheSameConfigurationChangesNothing) {
    const Reload reload = compare(running_schema_, fresh_schema_);
    EXPECT_TRUE(reload.changed.empty());
    EXPECT_TRUE(reload.refused.empty());
}

TEST_F(ReloadTest, LiveRowsChangeAndSealedOnesAreRefused) {
    fresh_.live.log_level = "debug";
    fresh_.live.balance.interval_ms = 0;
    fresh_.format = "text";
    const Reload reload = compare(running_schema_, fresh_schema_);
    EXPECT_EQ(reload.changed, (std::vector<std::string>{"shard.interval_ms", "log.level"}));
    ASSERT_EQ(reload.refused.size(), 1u);
    EXPECT_EQ(reload.refused[0].key, "output.format");
    EXPECT_EQ(reload.refused[0].sentence,
              "output.format: cannot change while flowd runs; a restart takes it");
    EXPECT_EQ(running_.format, "json");
}

TEST_F(ReloadTest, RowsAreLiveExactlyWhenTheirTargetsAre) {
    const auto* const begin = reinterpret_cast<const char*>(&running_.live);
    const auto* const end = begin + sizeof running_.live;
    std::size_t live = 0;
    for (const Setting& each : running_schema_.settings()) {
        const auto* const target = std::visit(
            [](auto* pointer) { return reinterpret_cast<const char*>(pointer); }, each.row.target);
        const bool inside = target >= begin && target < end;
        EXPECT_EQ(inside, each.row.lifetime == Lifetime::live) << each.row.key;
        if (inside) ++live;
    }
    EXPECT_EQ(live, 6u);
}

/// What a driver with secrets has.
struct Secrets {
    std::string token{};
    Table properties{};
    std::string key_file{};

    Schema schema() {
        return Schema{{{.key = "part.token",
                        .flag = "",
                        .target = &token,
                        .help = "A secret.",
                        .is_secret = [](std::string_view) { return true; }},
                       {.key = "",
                        .flag = "old.token",
                        .target = &token,
                        .help = "Its other name.",
                        .is_secret = [](std::string_view) { return true; }},
                       {.key = "part.properties",
                        .flag = "",
                        .target = &properties,
                        .help = "Some are secrets.",
                        .is_secret = [](std::string_view name) { return name == "password"; }},
                       {.key = "part.key_file",
                        .flag = "",
                        .target = &key_file,
                        .help = "A file.",
                        .names_file = true}}};
    }
};

TEST(Reload, SecretsAreComparedAndNeverSaid) {
    Secrets running{.token = "0123456789abcdef", .properties = {{"password", "old"}}};
    Secrets fresh = running;
    EXPECT_TRUE(compare(running.schema(), fresh.schema()).refused.empty());
    fresh.token = "fedcba9876543210";
    fresh.properties["password"] = "new";
    const Reload reload = compare(running.schema(), fresh.schema());
    ASSERT_EQ(reload.refused.size(), 2u) << "once, by its key";
    EXPECT_EQ(reload.refused[0].sentence,
              "part.token: cannot change while flowd runs; a restart takes it");
    EXPECT_EQ(reload.refused[1].sentence,
              "part.properties: cannot change while flowd runs; a restart takes it");
}

TEST(Reload, SecretsInTablesThatAFileHasSeveralTimesAreCompared) {
    Secrets single;
    Secrets now;
    Secrets then{.properties = {{"password", "new"}}};
    const auto make = [] { return Schema{{}}; };
    Schema running = single.schema();
    Schema fresh = single.schema();
    running.allow_array({"part", make, {}});
    fresh.allow_array({"part", make, {}});
    running.array("part")->elements.push_back(now.schema());
    fresh.array("part")->elements.push_back(then.schema());
    const Reload reload = compare(running, fresh);
    ASSERT_EQ(reload.refused.size(), 1u);
    EXPECT_EQ(reload.refused[0].key, "[[part]]");
}

TEST_F(ReloadTest, OtherNamesAndCommandsAreNoSettings) {
    fresh_.live.log_level = "debug";
    fresh_.learnt.path = "/tmp/state";  // also -templates.json.path
    fresh_.check = true;
    fresh_.help = true;
    const Reload reload = compare(running_schema_, fresh_schema_);
    EXPECT_EQ(reload.changed, std::vector<std::string>{"log.level"});
    ASSERT_EQ(reload.refused.size(), 1u);
    EXPECT_EQ(reload.refused[0].key, "state.path");
}

class ReloadedFile : public testing::Test {
protected:
    ReloadedFile() {
        std::string name = (std::filesystem::temp_directory_path() / "flowd-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        settings_.key_file = folder_ + "/key";
        write("one");
    }
    ~ReloadedFile() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& text) { std::ofstream{settings_.key_file} << text; }

    std::string folder_;
    Secrets settings_;
};

TEST_F(ReloadedFile, ThatIsAsItWasIsNotNamed) {
    Reload reload;
    add_changed_files(reload, stamp_files(settings_.schema()));
    EXPECT_TRUE(reload.refused.empty());
}

TEST_F(ReloadedFile, WithOtherContentNeedsARestart) {
    const std::vector<FileStamp> at_start = stamp_files(settings_.schema());
    ASSERT_EQ(at_start.size(), 1u);
    write("another");
    Reload reload;
    add_changed_files(reload, at_start);
    ASSERT_EQ(reload.refused.size(), 1u);
    EXPECT_EQ(reload.refused[0].key, "part.key_file");
    EXPECT_EQ(reload.refused[0].sentence,
              "part.key_file: " + settings_.key_file + " has changed; a restart reads it again");
    add_changed_files(reload, at_start);
    EXPECT_EQ(reload.refused.size(), 1u) << "its key is named already";
    std::filesystem::remove(settings_.key_file);
    Reload gone;
    add_changed_files(gone, at_start);
    EXPECT_EQ(gone.refused.size(), 1u);
}

TEST(Reload, AnotherNumberOfTablesIsRefused) {
    Config config;
    const auto make = [] { return Schema{{}}; };
    Schema running{rows(config)};
    Schema fresh{rows(config)};
    running.allow_array({"port", make, {}});
    fresh.allow_array({"port", make, {}});
    fresh.array("port")->elements.push_back(make());
    const Reload reload = compare(running, fresh);
    ASSERT_EQ(reload.refused.size(), 1u);
    EXPECT_EQ(reload.refused[0].key, "[[port]]");
}

}  // namespace
}  // namespace flowd::config
