// SPDX-License-Identifier: BSD-3-Clause
// Sorting, searching and paging, of ten thousand exporters, too. How long those take is judged in
// e2e/many_exporters_test.py, which knows what of the time was flowd's.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "http/api/api.hpp"
#include "http/api/parts.hpp"
#include "http/made_up.hpp"

namespace flowd::http::api {
namespace {

using Json = nlohmann::json;

Json ask(const Observation& observation, const std::string& query) {
    const Response response = exporters(observation, Request{.query = query});
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
}

std::vector<std::string> addresses(const Json& answer) {
    std::vector<std::string> all;
    for (const Json& each : answer["exporters"]) all.push_back(each["address"]);
    return all;
}

class Exporters : public testing::Test {
protected:
    Observation observation_ = made_up::observation(250);
};

TEST_F(Exporters, TheBusiestHundredComeFirst) {
    const Json answer = ask(observation_, "");
    EXPECT_EQ(answer["count"], 250);
    EXPECT_EQ(answer["total"], 250);
    ASSERT_EQ(answer["exporters"].size(), 100U);
    double last = 1e9;
    for (const Json& each : answer["exporters"]) {
        const double rate = each["rates"]["flows"];
        EXPECT_LE(rate, last);
        last = rate;
    }
    EXPECT_EQ(answer["other"]["address"], "other");
}

TEST_F(Exporters, AreSortedByEveryKeyBothWays) {
    const auto member = [](const Json& each, const char* key) {
        const std::string name = key;
        if (name == "last_seen") return each["last_seen"].get<double>();
        if (name == "bytes") return each["rates"]["payload_bytes"].get<double>();
        if (name == "lost") return each["rates"]["sequence_lost"].get<double>();
        if (name == "dropped") return each["rates"]["datagrams_dropped"].get<double>();
        return each["rates"][name].get<double>();
    };
    for (const char* key : {"flows", "datagrams", "bytes", "lost", "dropped", "last_seen"}) {
        for (const bool descending : {false, true}) {
            const Json answer = ask(observation_, std::string{"limit=250&sort="} + key +
                                                      (descending ? "&order=desc" : "&order=asc"));
            const Json& rows = answer["exporters"];
            ASSERT_EQ(rows.size(), 250U);
            for (std::size_t i = 1; i < rows.size(); ++i) {
                const double before = member(rows[i - 1], key);
                const double after = member(rows[i], key);
                EXPECT_TRUE(descending ? before >= after : before <= after) << key << ' ' << i;
            }
        }
    }
}

TEST_F(Exporters, AreSortedBySamplingAndProtocol) {
    const auto rate = [](const Json& each) { return each["sampling"]["rate"].get<int>(); };
    const auto protocol = [](const Json& each) { return each["protocols"][0].get<std::string>(); };
    const Json sampled = ask(observation_, "limit=250&sort=sampling")["exporters"];
    EXPECT_EQ(sampled[0]["sampling"], (Json{{"rate", 1000}, {"source", "options"}}));
    EXPECT_EQ(sampled[249]["sampling"], (Json{{"rate", 0}, {"source", "none"}}));
    const Json named = ask(observation_, "limit=250&sort=protocols&order=asc")["exporters"];
    for (std::size_t i = 1; i < named.size(); ++i) {
        EXPECT_GE(rate(sampled[i - 1]), rate(sampled[i])) << i;
        EXPECT_LE(protocol(named[i - 1]), protocol(named[i])) << i;
    }
    EXPECT_NE(protocol(named[0]), protocol(named[249]));
}

TEST_F(Exporters, TheWorstComeFirstByFindings) {
    const Json answer = ask(observation_, "sort=findings&limit=1");
    EXPECT_EQ(answer["exporters"][0]["state"], "error");
    EXPECT_EQ(answer["exporters"][0]["diagnosis"],
              "Its clock is 3600 seconds ahead: a wrong time zone.");
}

TEST_F(Exporters, LiveFaultsComeBeforeSilence) {
    for (ExporterView& each : observation_.exporters) each.findings.clear();
    const auto find = [this](std::size_t index, Severity severity, std::string_view code) {
        observation_.exporters[index].findings.push_back({severity, code, "", ""});
    };
    find(10, Severity::note, "reordering");
    find(20, Severity::warning, silent_code);
    find(20, Severity::error, "template_missing");
    find(30, Severity::warning, "clock_ahead");
    find(40, Severity::error, "template_missing");
    std::vector<std::string> wanted;
    for (const std::size_t index : {40, 30, 20, 10}) {
        wanted.push_back(exporter_name(observation_.exporters[index].address));
    }
    EXPECT_EQ(addresses(ask(observation_, "sort=findings&limit=4")), wanted);
}

TEST_F(Exporters, WhoseLossIsNotKnownIsNotFirstOfThoseThatLose) {
    ExporterView& untrusted = observation_.exporters[7];
    untrusted.rates.sequence_lost = 5000;
    EXPECT_EQ(ask(observation_, "sort=lost&limit=1")["exporters"][0]["address"],
              exporter_name(untrusted.address));
    untrusted.xray.sequence_trusted = false;
    const Json answer = ask(observation_, "sort=lost&limit=20");
    ASSERT_EQ(answer["exporters"].size(), 20U);
    for (const Json& each : answer["exporters"]) {
        EXPECT_EQ(each["totals"]["sequence"]["trusted"], true);
    }
}

TEST_F(Exporters, PagesFitTogether) {
    std::vector<std::string> paged;
    for (int offset = 0; offset < 300; offset += 60) {
        const Json page = ask(observation_, "sort=lost&limit=60&offset=" + std::to_string(offset));
        for (const std::string& each : addresses(page)) paged.push_back(each);
    }
    EXPECT_EQ(paged, addresses(ask(observation_, "sort=lost&limit=250")));
}

TEST_F(Exporters, AreFoundByAddressProtocolAndFinding) {
    EXPECT_EQ(ask(observation_, "search=10.0.0.3")["count"], 9);  // .3 and .3x; .34, .39 are IPv6
    EXPECT_EQ(ask(observation_, "search=2001%3aDB8")["count"], 50);
    EXPECT_EQ(ask(observation_, "search=ipfix")["count"], 63);
    EXPECT_EQ(ask(observation_, "search=clock_ahead")["count"], 36);
    EXPECT_EQ(ask(observation_, "search=nothing")["count"], 0);
}

TEST_F(Exporters, AWrongQueryIsRefused) {
    for (const char* query : {"limit=10001", "limit=x", "offset=-1", "sort=size", "order=up"}) {
        EXPECT_EQ(exporters(observation_, Request{.query = query}).status, 400) << query;
    }
}

TEST_F(Exporters, TenThousandFitInOneAnswer) {
    const Observation many = made_up::observation(10'000);
    const Json answer = ask(many, "limit=10000");
    EXPECT_EQ(answer["exporters"].size(), 10'000U);
    const std::vector<std::string> all = addresses(answer);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 10'000U);
}

}  // namespace
}  // namespace flowd::http::api
