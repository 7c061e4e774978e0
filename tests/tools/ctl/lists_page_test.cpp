// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "tools/ctl/fixtures.hpp"
#include "tools/ctl/golden.hpp"
#include "tools/ctl/pages.hpp"

namespace flowd::ctl {
namespace {

using CtlListsPage = GoldenPage;

Json drops() {
    return Json::parse(R"({"time":1,"datagrams":[
      {"name":"missed","count":0,"help":"The NIC had no free descriptor."},
      {"name":"truncated","count":2,"help":"Ends before what its own header or counts announce."},
      {"name":"unknown_template","count":40,"help":"A data set whose template was not seen."}],
      "flows":[{"name":"ring_full","count":0,"help":"The transport did not keep up."}],
      "upstream":{"lost":17,"late":2,"duplicates":3,"resets":2,"unchecked":0},
      "imbalance":{"datagrams":0,"flows":0}})");
}

Json config() {
    return Json::parse(R"({"settings":[
      {"key":"log.level","flag":"loglevel","value":"debug","default":"info","unit":"","help":"",
       "lifetime":"live"},
      {"key":"batch.count","flag":"batch.count","value":256,"default":256,"unit":"batches",
       "help":"","lifetime":"sealed"},
      {"key":"listen","flag":"listen","value":["flow://:9995"],"default":[],"unit":"","help":"",
       "lifetime":"sealed"}]})");
}

TEST_F(CtlListsPage, DropsLookAsTheyDid) {
    const Look look{.width = 72, .utf8 = true};
    expect_golden("drops", drops_page(drops(), Zeros::left_out, look), look);
    expect_golden("drops_all", drops_page(drops(), Zeros::shown, look), look);
    expect_to_fit([](const Look& each) { return drops_page(drops(), Zeros::shown, each); });
}

TEST_F(CtlListsPage, AnImbalanceIsAFault) {
    Json json = drops();
    EXPECT_TRUE(dropped_any(json));
    for (Json& each : json["datagrams"]) each["count"] = 0;
    EXPECT_FALSE(dropped_any(json));
    json["imbalance"]["flows"] = -3;
    EXPECT_TRUE(dropped_any(json));
    EXPECT_NE(
        printed(drops_page(json, Zeros::left_out, {}), {}).find("The sum of flows is wrong by -3"),
        std::string::npos);
}

TEST_F(CtlListsPage, SettingsLookAsTheyDid) {
    const Look look{.utf8 = true};
    expect_golden("config", config_page(config(), "", false, look), look);
    expect_to_fit([](const Look& each) { return config_page(config(), "", false, each); });
}

TEST_F(CtlListsPage, SettingsAreChosenByKeyAndByChange) {
    EXPECT_EQ(config_page(config(), "batch", false, {}).size(), 2U);
    EXPECT_EQ(config_page(config(), "", true, {}).size(), 3U);
    EXPECT_EQ(config_page(config(), "nope", false, {})[0].text(),
              "No setting has \"nope\" in its key.");
    EXPECT_EQ(config_page(config(), "batch", true, {})[0].text(),
              "No setting differs from its default and has \"batch\" in its key.");
}

TEST_F(CtlListsPage, ChosenSettingsAreThoseThatThePageShows) {
    const auto keys = [](const Json& chosen) {
        std::string out;
        for (const Json& each : list(chosen, {"settings"})) out += text(each, {"key"}) + ' ';
        return out;
    };
    EXPECT_EQ(keys(chosen_settings(config(), "log", false)), "log.level ");
    EXPECT_EQ(keys(chosen_settings(config(), "", true)), "log.level listen ");
    EXPECT_EQ(keys(chosen_settings(config(), "batch", true)), "");
    EXPECT_EQ(chosen_settings(config(), "", false), config());
    EXPECT_EQ(chosen_settings(Json::array(), "log", true), Json::array());
}

TEST_F(CtlListsPage, AReloadSaysWhatChangedAndWhatCannot) {
    const Json json = Json::parse(R"({"changed":["log.level"],
      "refused":[{"key":"rx.cores","sentence":"is sealed: it needs a restart"}]})");
    EXPECT_EQ(printed(reload_page(json, {}), {}),
              "changed  log.level\nrefused  rx.cores: is sealed: it needs a restart\n");
    EXPECT_EQ(printed(reload_page(Json::parse(R"({"changed":[],"refused":[]})"), {}), {}),
              "Read again; nothing has changed.\n");
    const Json refused =
        Json::parse(R"({"changed":[],"refused":[{"key":"http.listen","sentence":"is sealed"}]})");
    EXPECT_EQ(printed(reload_page(refused, {}), {}),
              "refused  http.listen: is sealed\nRead again; flowd runs on as it did.\n");
}

TEST_F(CtlListsPage, WhatIsKeptIsSaid) {
    const Json json = Json::parse(R"({"keeping":true,"seconds":30,"bytes":67108864,
      "datagrams":1,"lost":5,"errors":{"enabled":true,"files":2,"datagrams":9,"skipped":0}})");
    EXPECT_EQ(printed(keeping_page(json, {}), {}),
              "Keeps the last 30 s, in 67.1MB at most: 1 datagram now, 5 found no room.\n"
              "Datagrams that were not decoded: 9 datagrams in 2 files, 0 skipped.\n");
    EXPECT_EQ(printed(keeping_page(json, {.width = 60}), {.width = 60}),
              "Keeps the last 30 s, in 67.1MB at most: 1 datagram now, 5\nfound no room.\n"
              "Datagrams that were not decoded: 9 datagrams in 2 files, 0\nskipped.\n");
}

}  // namespace
}  // namespace flowd::ctl
