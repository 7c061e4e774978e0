// SPDX-License-Identifier: BSD-3-Clause
// Names, addresses, states, shares, and the ledger's JSON.
#include "http/api/parts.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http/made_up.hpp"

namespace flowd::http::api {
namespace {

using Json = nlohmann::json;

TEST(Parts, AddressesGoBothWays) {
    for (const char* text : {"192.0.2.1", "2001:db8::1", "::"}) {
        EXPECT_EQ(exporter_name(*parse_exporter(text)), text);
    }
    EXPECT_EQ(exporter_name(*parse_exporter("::ffff:192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(parse_exporter("other")->size, 0);
    EXPECT_EQ(exporter_name({}), "other");
    for (const char* text : {"", "192.0.2", "192.0.2.1/24", "x"}) {
        EXPECT_FALSE(parse_exporter(text)) << text;
    }
}

TEST(Parts, NumbersOfAQueryHaveALimit) {
    const Request request{.query = "a=10&b=11&c=-1&d=1x&e="};
    EXPECT_EQ(number_parameter(request, "a", 5, 10), 10U);
    EXPECT_EQ(number_parameter(request, "absent", 5, 10), 5U);
    for (const char* name : {"b", "c", "d", "e"}) {
        EXPECT_FALSE(number_parameter(request, name, 5, 10)) << name;
    }
}

TEST(Parts, AnExporterIsSilentAfterAMinute) {
    ExporterView view;
    view.address = *parse_exporter("192.0.2.1");
    view.last_seen = 1'000;
    EXPECT_EQ(state_of(view, 1'059), "ok");
    EXPECT_EQ(state_of(view, 1'060), "silent");
    EXPECT_EQ(state_of(view, 900), "ok");
    view.findings = {{Severity::note, "a", "b", "c"}};
    EXPECT_EQ(state_of(view, 1'000), "ok");
    view.findings[0].severity = Severity::warning;
    EXPECT_EQ(state_of(view, 1'000), "warning");
    EXPECT_EQ(state_of(view, 2'000), "silent");
    view.findings.push_back({Severity::error, "d", "e", "f"});
    EXPECT_EQ(state_of(view, 1'000), "error") << "the worst, wherever it is";
}

TEST(Parts, AnExporterThatSendsRarelyIsNotSilentBetween) {
    ExporterView view;
    view.address = *parse_exporter("192.0.2.1");
    view.first_seen = 1'000;
    view.last_seen = 1'900;
    view.totals.datagrams = 4;  // one in five minutes
    EXPECT_EQ(state_of(view, 3'399), "ok");
    EXPECT_EQ(state_of(view, 3'400), "silent");
}

TEST(Parts, TheShareThatIsLostIsInTheProtocolsUnit) {
    ExporterView view;
    EXPECT_EQ(loss_share(view), 0.0);
    DomainView domain;
    domain.totals.datagrams = 90;
    domain.totals.flows = 990;
    domain.totals.sequence.lost = 10;
    domain.version = 9;
    view.domains = {domain};
    EXPECT_DOUBLE_EQ(loss_share(view).value(), 0.1);
    view.domains[0].version = 10;
    EXPECT_DOUBLE_EQ(loss_share(view).value(), 0.01);
    view.domains[0].totals.set_records = {1, 1, 990, 9'000};
    EXPECT_DOUBLE_EQ(loss_share(view).value(), 0.001) << "options have numbers, too";
}

TEST(Parts, LossByNumbersThatCannotBeTrustedIsNotKnown) {
    ExporterView view;
    view.domains.resize(1);
    view.domains[0].version = 10;
    view.totals.sequence.lost = view.domains[0].totals.sequence.lost = 9000;
    const auto written = [&view] {
        JsonWriter json;
        write_exporter(json, view, 0);
        return Json::parse(json.take());
    };
    EXPECT_EQ(written()["loss_share"], 1);
    EXPECT_EQ(written()["totals"]["sequence"]["trusted"], true);
    view.xray.sequence_trusted = false;
    EXPECT_TRUE(written()["loss_share"].is_null());
    EXPECT_EQ(written()["totals"]["sequence"]["trusted"], false);
    EXPECT_EQ(written()["totals"]["sequence"]["lost"], 9000);
}

TEST(Parts, TheLedgersEquationsHoldInTheJson) {
    const Observation observation = made_up::observation(20);
    JsonWriter json;
    write_totals(json, observation.box);
    const Json totals = Json::parse(json.take());
    EXPECT_EQ(totals["datagrams"].get<int>(), totals["decoded"].get<int>() +
                                                  totals["parked"].get<int>() +
                                                  totals["datagrams_dropped"].get<int>());
    const Json& waiting = totals["in_flight"];
    EXPECT_EQ(totals["offered"].get<int>() + totals["restored"].get<int>(),
              totals["delivered"].get<int>() + totals["flows_dropped"].get<int>() +
                  waiting["ring"].get<int>() + waiting["transport"].get<int>() +
                  waiting["spool"].get<int>());
    EXPECT_EQ(totals["drops"]["datagrams"]["unknown_template"], 120);
    EXPECT_FALSE(totals["drops"]["datagrams"].contains("truncated"));
    EXPECT_EQ(totals["imbalance"], (Json{{"datagrams", 0}, {"flows", 0}}));
}

TEST(Parts, AProtocolIsNamedOnce) {
    ExporterView view;
    view.domains.resize(4);
    view.domains[0].version = 10;
    view.domains[1].version = 9;
    view.domains[2].version = 10;
    view.domains[3].version = 105;
    JsonWriter json;
    write_exporter(json, view, 0);
    EXPECT_EQ(Json::parse(json.take())["protocols"], (Json{"IPFIX", "NetFlow v9", "sFlow v5"}));
}

}  // namespace
}  // namespace flowd::http::api
