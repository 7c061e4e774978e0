// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/handover.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "support/netflow_builder.hpp"

namespace flow {
namespace {

using namespace flow::test;

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint32_t now = 1'700'000'000;
constexpr std::uint64_t now_ns = now * second;
constexpr std::uint32_t exporters_max = 64;
const Address router = ipv4(10, 0, 0, 1);

constexpr ShardLimits usual{.templates = {.exporters_max = exporters_max,
                                          .templates_max = 4096,
                                          .templates_per_exporter_max = 4096},
                            .domains = {.domains_max = 4096, .domains_per_exporter_max = 4096},
                            .park = {.bytes_max = std::size_t{4} << 20, .age_max_ms = 60'000}};

struct Shard {
    explicit Shard(const ShardLimits& limits = usual) : state{limits, stats} { state.open(now_ns); }

    Domain domain(const Address& exporter, std::uint8_t version, std::uint32_t id,
                  std::uint16_t port = 0) {
        return {state.enter(exporter, port, state.now_seconds()), id, version};
    }
    void learn(const Domain& domain, std::uint16_t id, const Fields& fields) {
        ASSERT_TRUE(state.templates.put(domain, {.id = id, .fields = fields}));
    }
    /// A datagram of one set that waits.
    void park(const Domain& domain, std::uint16_t id, std::size_t size,
              std::uint64_t received_ns = now_ns) {
        const std::vector<std::uint8_t> body(size, static_cast<std::uint8_t>(size));
        state.open(received_ns);
        Origin origin;
        origin.exporter = domain.exporter;
        origin.received_ns = received_ns;
        ASSERT_TRUE(state.park.keep(domain, id, origin, body));
        ++stats.datagrams;
        EXPECT_EQ(state.close(domain.exporter, Error::none), Error::none);
    }
    [[nodiscard]] std::uint64_t drops(Error error) const {
        return stats.datagram_drops[static_cast<std::size_t>(error)];
    }

    DecodeStats stats;
    ShardState state;
};

constexpr auto everything = [](const StateKey&) { return true; };

class HandoverTest : public testing::Test {
protected:
    struct Read {
        std::uint16_t id = 0;
        std::size_t size = 0;
    };

    template <class Leaves>
    void move(Shard& from, Shard& to, Leaves leaves) {
        HandoverWalk walk;
        do {
            handover::give(from.state, *page_, walk, leaves);
            ++pages_;
            take(to);
            ASSERT_LT(pages_, 1000u);
        } while (!page_->last);
    }
    void take(Shard& to) {
        const HandoverRefusals refused = handover::take(
            to.state, *page_, [&](const Template& layout) { learnt_.push_back(layout.id); },
            [&](const Domain&, const Origin&, std::uint16_t id, Bytes body) {
                read_.push_back({id, body.size()});
                return read_outcome_;
            });
        refused_.templates += refused.templates;
        refused_.domains += refused.domains;
        refused_.sets += refused.sets;
    }

    std::unique_ptr<HandoverPage> page_ = std::make_unique<HandoverPage>();
    std::size_t pages_ = 0;
    std::vector<std::uint16_t> learnt_;
    std::vector<Read> read_;
    Error read_outcome_ = Error::none;
    HandoverRefusals refused_;
    Shard a_;
    Shard b_;
};

TEST_F(HandoverTest, OfNothingIsOneEmptyPage) {
    move(a_, b_, everything);
    EXPECT_EQ(pages_, 1u);
    EXPECT_EQ(page_->size, 0u);
    EXPECT_TRUE(page_->last);
}

TEST_F(HandoverTest, MovesATemplateWithAllThatIsKnownOfIt) {
    const Domain given = a_.domain(router, 10, 7);
    const Fields fields{{8, 4}, {12, 4}, {100, variable_length, 29305}};
    ASSERT_TRUE(a_.state.templates.put(
        given, {.id = 300, .options = true, .fields = fields, .scope_count = 2}));
    a_.learn(given, 301, {{1, 4}});
    ASSERT_NE(a_.state.templates.use(given, 301), nullptr);
    b_.state.open(now_ns + 100 * second);
    move(a_, b_, everything);
    EXPECT_EQ(a_.state.templates.size(), 0u);
    EXPECT_EQ(a_.state.exporters.template_count(given.exporter), 0u) << "it may give way now";
    const Domain taken = b_.domain(router, 10, 7);
    const Template* const layout = b_.state.templates.find(taken, 300);
    ASSERT_NE(layout, nullptr);
    EXPECT_TRUE(layout->options);
    EXPECT_TRUE(layout->variable);
    EXPECT_EQ(layout->scope_count, 2);
    ASSERT_EQ(layout->fields.size(), 3u);
    EXPECT_EQ(layout->fields[2].enterprise, 29305u);
    EXPECT_EQ(b_.state.exporters.template_count(taken.exporter), 2u);
    EXPECT_EQ(learnt_, (std::vector<std::uint16_t>{300, 301})) << "they need plans";
    b_.state.templates.give(
        0, 100,
        [&](const Domain&, const Template& each, const TemplateFacts& facts) {
            EXPECT_EQ(facts.last_touched, now);
            EXPECT_EQ(facts.used, each.id == 301);
            EXPECT_FALSE(facts.restored);
            EXPECT_EQ(facts.history.first_seen, now);
            EXPECT_EQ(facts.history.announcements, 1u);
            return Departure::stays;
        },
        [](ExporterIndex) {});
}

TEST_F(HandoverTest, TellsWhatAnOptionsTemplateSays) {
    const Domain given = a_.domain(router, 9, 7);
    const Fields fields{{1, 4}, {34, 4}};
    ASSERT_TRUE(a_.state.templates.put(
        given, {.id = 300, .options = true, .fields = fields, .scope_count = 1}));
    move(a_, b_, everything);
    const Template* const layout = b_.state.templates.find(b_.domain(router, 9, 7), 300);
    ASSERT_NE(layout, nullptr);
    EXPECT_TRUE(b_.state.options[layout->slot].has_rate());
}

TEST_F(HandoverTest, ARestoredTemplateStaysOneUntilItIsConfirmed) {
    const LearntTemplate restored{
        .key = {.exporter = router, .version = 9, .domain = 7}, .id = 256, .fields = {{8, 4}}};
    ASSERT_TRUE(a_.state.restore(restored, now));
    move(a_, b_, everything);
    std::size_t count = 0;
    b_.state.visit_templates(0, 100, [&](const StateKey&, const Template&, bool confirmed) {
        ++count;
        EXPECT_FALSE(confirmed);
    });
    EXPECT_EQ(count, 1u);
}

TEST_F(HandoverTest, ReplacesWhatTheTakerHasRestored) {
    const StateKey key{.exporter = router, .version = 9, .domain = 7};
    ASSERT_TRUE(b_.state.restore({.key = key, .id = 256, .fields = {{8, 4}}}, now));
    ASSERT_TRUE(b_.state.restore(LearntSampling{.key = key, .rate = 9, .samplers = {{1, 2}}}, now));
    const Domain given = a_.domain(router, 9, 7);
    a_.learn(given, 256, {{8, 4}, {12, 4}});
    a_.state.announce(given.exporter, a_.state.domains.enter(given, now), {.rate = 50});
    move(a_, b_, everything);
    const Domain taken = b_.domain(router, 9, 7);
    EXPECT_EQ(b_.state.templates.find(taken, 256)->fields.size(), 2u);
    EXPECT_EQ(b_.state.rate_of(taken).rate, 50u);
    EXPECT_TRUE(b_.state.domains.find(taken)->rates.samplers().empty());
    EXPECT_FALSE(b_.state.domains.find(taken)->restored);
    EXPECT_EQ(learnt_, (std::vector<std::uint16_t>{256}));
}

TEST_F(HandoverTest, ForgettingRemovesOnlyWhatIsNamed) {
    const Domain stays = b_.domain(router, 9, 1);
    const Domain goes = b_.domain(router, 9, 2);
    for (const Domain& each : {stays, goes}) {
        b_.learn(each, 256, {{8, 4}});
        ASSERT_NE(b_.state.domains.enter(each, now), nullptr);
        b_.park(each, 300, 10);
    }
    HandoverWalk walk;
    EXPECT_TRUE(
        handover::forget(b_.state, walk, [](const StateKey& key) { return key.domain == 2; }));
    EXPECT_NE(b_.state.templates.find(stays, 256), nullptr);
    EXPECT_EQ(b_.state.templates.find(goes, 256), nullptr);
    EXPECT_NE(b_.state.domains.find(stays), nullptr);
    EXPECT_EQ(b_.state.domains.find(goes), nullptr);
    EXPECT_EQ(b_.stats.parked_datagrams, 1u);
    EXPECT_EQ(b_.stats.sets_expired, 1u);
    EXPECT_EQ(b_.drops(Error::unknown_template), 1u);
}

TEST_F(HandoverTest, MovesADomainAsItIs) {
    const Domain given = a_.domain(router, 5, 3);
    DomainState& state = *a_.state.domains.enter(given, now);
    state.sequence.take({.number = 10}, a_.stats);
    state.sequence.take({.number = 15}, a_.stats);
    a_.state.announce(given.exporter, &state, {.rate = 20, .sampler = 1, .has_sampler = true});
    a_.state.announce(given.exporter, &state, {.rate = 30, .sampler = 2, .has_sampler = true});
    ASSERT_EQ(a_.stats.sequence_lost, 4u);
    move(a_, b_, everything);
    EXPECT_EQ(a_.state.domains.size(), 0u);
    EXPECT_EQ(a_.stats.sequence_lost, 0u);
    EXPECT_EQ(b_.stats.sequence_lost, 4u) << "here it may be taken back";
    DomainState& taken = *b_.state.domains.enter(b_.domain(router, 5, 3), now);
    EXPECT_EQ(taken.rates.samplers().size(), 2u);
    EXPECT_EQ(taken.sequence.lost(), 4u);
    taken.sequence.take({.number = 16}, b_.stats);
    EXPECT_EQ(b_.stats.sequence_lost, 4u) << "it goes on";
    taken.sequence.take({.number = 12}, b_.stats);
    EXPECT_EQ(b_.stats.sequence_lost, 3u) << "this one was late";
    EXPECT_EQ(b_.stats.sequence_late, 1u);
}

TEST_F(HandoverTest, MovesOneDomainOfAnExporterWithTwo) {
    const Domain stays = a_.domain(router, 9, 1);
    const Domain goes = a_.domain(router, 9, 2);
    for (const Domain& each : {stays, goes}) {
        a_.learn(each, 256, {{8, 4}});
        ASSERT_NE(a_.state.domains.enter(each, now), nullptr);
        a_.park(each, 300, 10 + each.id);
    }
    move(a_, b_, [](const StateKey& key) { return key.domain == 2; });
    EXPECT_NE(a_.state.templates.find(stays, 256), nullptr);
    EXPECT_NE(a_.state.domains.find(stays), nullptr);
    EXPECT_EQ(a_.state.templates.find(goes, 256), nullptr);
    EXPECT_EQ(a_.state.domains.find(goes), nullptr);
    EXPECT_EQ(a_.state.exporters.template_count(stays.exporter), 1u);
    EXPECT_EQ(a_.stats.parked_bytes, 11u);
    EXPECT_EQ(b_.stats.parked_bytes, 12u);
    EXPECT_EQ(b_.state.templates.size(), 1u);
    EXPECT_EQ(b_.state.domains.size(), 1u);
    EXPECT_EQ(a_.stats.parked_datagrams, 1u);
    EXPECT_EQ(b_.stats.parked_datagrams, 1u);
}

TEST_F(HandoverTest, TellsExportersBehindOneAddressApart) {
    ShardLimits limits = usual;
    limits.template_key = TemplateKey::address_port;
    Shard a{limits};
    Shard b{limits};
    const Domain first = a.domain(router, 9, 1, 1001);
    const Domain other = a.domain(router, 9, 1, 1002);
    a.learn(first, 256, {{8, 4}});
    a.learn(other, 256, {{12, 4}, {8, 4}});
    move(a, b, [](const StateKey& key) { return key.port == 1002; });
    EXPECT_NE(a.state.templates.find(first, 256), nullptr);
    EXPECT_EQ(a.state.templates.find(other, 256), nullptr);
    EXPECT_EQ(b.state.templates.find(b.domain(router, 9, 1, 1002), 256)->fields.size(), 2u);
    EXPECT_EQ(b.state.templates.find(b.domain(router, 9, 1, 1001), 256), nullptr);
}

TEST_F(HandoverTest, KnowsHowLongAnExporterHasBeenHere) {
    const Domain given = a_.domain(router, 9, 1);
    a_.learn(given, 256, {{8, 4}});
    a_.state.exporters.prove(given.exporter, now + 100);
    a_.state.set_announced_rate(given.exporter, 77);
    b_.state.open(now_ns + 200 * second);
    move(a_, b_, everything);
    const ExporterIndex taken = b_.state.exporters.find(router, 0);
    ASSERT_NE(taken, Exporters::other);
    EXPECT_EQ(b_.state.exporters.facts(taken).first_seen, now);
    EXPECT_EQ(b_.state.exporters.facts(taken).last_seen, now);
    EXPECT_TRUE(b_.state.exporters.facts(taken).proven);
    EXPECT_EQ(b_.state.announced_rate(taken), 77u);
}

TEST_F(HandoverTest, TakesTheEarlierAndTheLaterOfTwoTimes) {
    const Domain given = a_.domain(router, 9, 1);
    a_.learn(given, 256, {{8, 4}});
    b_.state.open(now_ns + 50 * second);
    static_cast<void>(b_.domain(router, 9, 2));
    move(a_, b_, everything);
    const ExporterFacts facts = b_.state.exporters.facts(b_.state.exporters.find(router, 0));
    EXPECT_EQ(facts.first_seen, now);
    EXPECT_EQ(facts.last_seen, now + 50);
}

TEST_F(HandoverTest, ATakerThatHasSeenNothingTakesTheTime) {
    DecodeStats stats;
    ShardState fresh{usual, stats};
    a_.learn(a_.domain(router, 9, 1), 256, {{8, 4}});
    HandoverWalk walk;
    handover::give(a_.state, *page_, walk, everything);
    handover::take(
        fresh, *page_, [](const Template&) {},
        [](const Domain&, const Origin&, std::uint16_t, Bytes) { return Error::none; });
    EXPECT_EQ(fresh.now_ns(), now_ns);
    EXPECT_EQ(fresh.templates.size(), 1u);
}

TEST_F(HandoverTest, MovesSetsThatWaitInTheirOrder) {
    static_cast<void>(b_.domain(ipv4(10, 0, 0, 2), 9, 1));  // another index there
    const Domain given = a_.domain(router, 9, 1);
    for (std::size_t i = 1; i <= 20; ++i) a_.park(given, 256 + i % 2, i);
    move(a_, b_, everything);
    EXPECT_EQ(a_.stats.parked_bytes, 0u);
    EXPECT_EQ(a_.stats.parked_datagrams, 0u);
    EXPECT_EQ(a_.stats.sets_parked, 20u);
    EXPECT_EQ(b_.stats.sets_parked, 0u) << "counted once";
    EXPECT_EQ(b_.stats.parked_datagrams, 20u);
    EXPECT_EQ(a_.state.park.bytes_of(given.exporter), 0u);
    const Domain taken = b_.domain(router, 9, 1);
    std::vector<std::size_t> sizes;
    const auto visit = [&](const Origin& origin, Bytes body) {
        EXPECT_EQ(origin.exporter, taken.exporter);
        EXPECT_EQ(origin.received_ns, now_ns);
        EXPECT_EQ(body[0], body.size());
        sizes.push_back(body.size());
        return Error::none;
    };
    EXPECT_EQ(b_.state.park.release(taken, 256, visit), Error::none);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 4, 6, 8, 10, 12, 14, 16, 18, 20}));
    EXPECT_EQ(b_.stats.decoded, 10u);
    a_.state.finish();
    b_.state.finish();
    EXPECT_EQ(a_.stats.sets_expired, 0u);
    EXPECT_EQ(b_.stats.sets_expired, 10u);
    EXPECT_EQ(b_.drops(Error::unknown_template), 10u);
}

TEST_F(HandoverTest, ASetWhoseTemplateIsKnownIsReadAtOnce) {
    a_.park(a_.domain(router, 9, 1), 256, 10);
    a_.park(a_.domain(router, 9, 1), 257, 11);
    b_.learn(b_.domain(router, 9, 1), 256, {{8, 4}});
    move(a_, b_, everything);
    ASSERT_EQ(read_.size(), 1u);
    EXPECT_EQ(read_[0].id, 256);
    EXPECT_EQ(read_[0].size, 10u);
    EXPECT_EQ(b_.stats.sets_unparked, 1u);
    EXPECT_EQ(b_.stats.decoded, 1u);
    EXPECT_EQ(b_.stats.parked_datagrams, 1u);
}

TEST_F(HandoverTest, ADatagramCountsByWhatItsSetTurnsOutToBe) {
    a_.park(a_.domain(router, 9, 1), 256, 10);
    b_.learn(b_.domain(router, 9, 1), 256, {{8, 4}});
    read_outcome_ = Error::truncated;
    move(a_, b_, everything);
    EXPECT_EQ(b_.drops(Error::truncated), 1u);
    EXPECT_EQ(b_.stats.decoded, 0u);
}

TEST_F(HandoverTest, ASetExpiresInItsTimeBehindYoungerOnes) {
    a_.park(a_.domain(router, 9, 1), 256, 10);
    const Domain other = b_.domain(ipv4(10, 0, 0, 2), 9, 1);
    b_.park(other, 256, 20, now_ns + 50 * second);
    move(a_, b_, everything);
    b_.state.open(now_ns + 60 * second);
    EXPECT_EQ(b_.stats.sets_expired, 0u);
    b_.state.open(now_ns + 61 * second);
    EXPECT_EQ(b_.stats.sets_expired, 1u);
    EXPECT_EQ(b_.stats.parked_bytes, 20u);
    b_.state.open(now_ns + 111 * second);
    EXPECT_EQ(b_.stats.sets_expired, 2u);
    EXPECT_TRUE(b_.state.park.empty());
}

TEST_F(HandoverTest, NoSetIsReadThatIsTooOld) {
    const Domain given = a_.domain(router, 9, 1);
    for (int i = 0; i < 40; ++i) a_.park(given, 256, 10);
    b_.park(b_.domain(ipv4(10, 0, 0, 2), 9, 1), 256, 20, now_ns + 50 * second);
    move(a_, b_, everything);
    b_.state.open(now_ns + 61 * second);
    EXPECT_LT(b_.stats.sets_expired, 40u) << "a few of them for each datagram";
    const auto visit = [](const Origin&, Bytes) {
        ADD_FAILURE();
        return Error::none;
    };
    EXPECT_EQ(b_.state.park.release(b_.domain(router, 9, 1), 256, visit), Error::none);
    EXPECT_EQ(b_.stats.sets_expired, 40u);
    EXPECT_EQ(b_.drops(Error::unknown_template), 40u);
    EXPECT_EQ(b_.stats.parked_bytes, 20u);
}

TEST_F(HandoverTest, SetsOfAnExporterThatIsForgottenStay) {
    ShardLimits one = usual;
    one.templates.exporters_max = 1;
    Shard a{one};
    a.park(a.domain(router, 9, 1), 256, 10);
    static_cast<void>(a.domain(ipv4(10, 0, 0, 2), 9, 1));
    ASSERT_EQ(a.stats.exporters_evicted, 1u);
    move(a, b_, everything);
    EXPECT_EQ(b_.stats.parked_bytes, 0u) << "nobody knows whose they are";
    a.state.finish();
    EXPECT_EQ(a.stats.sets_expired, 1u);
}

TEST_F(HandoverTest, TheLargestTemplateAndTheLargestSetFit) {
    const Domain given = a_.domain(router, 10, 1);
    a_.learn(given, 256, Fields(template_fields_max, {8, 1}));
    a_.park(given, 300, UINT16_MAX);
    move(a_, b_, everything);
    EXPECT_EQ(pages_, 2u);
    EXPECT_EQ(b_.stats.parked_bytes, UINT16_MAX);
    const Template* const layout = b_.state.templates.find(b_.domain(router, 10, 1), 256);
    ASSERT_NE(layout, nullptr);
    EXPECT_EQ(layout->fields.size(), template_fields_max);
}

TEST_F(HandoverTest, GoesOnWhereThePageEnded) {
    for (unsigned exporter = 0; exporter < 8; ++exporter) {
        for (unsigned id = 0; id < 300; ++id) {
            const Domain given = a_.domain(ipv4(10, 0, 1, exporter), 9, id % 50);
            a_.learn(given, 256 + id, Fields(20, {static_cast<std::uint16_t>(1 + id), 4}));
            ASSERT_NE(a_.state.domains.enter(given, now), nullptr);
        }
    }
    const auto odd = [](const StateKey& key) { return key.exporter.octets[3] % 2 == 1; };
    move(a_, b_, odd);
    EXPECT_GT(pages_, 3u);
    EXPECT_EQ(a_.state.templates.size(), 1200u);
    EXPECT_EQ(b_.state.templates.size(), 1200u);
    EXPECT_EQ(a_.state.domains.size(), 200u);
    EXPECT_EQ(b_.state.domains.size(), 200u);
    for (unsigned exporter = 0; exporter < 8; ++exporter) {
        Shard& where = exporter % 2 == 1 ? b_ : a_;
        for (unsigned id = 0; id < 300; ++id) {
            const Domain domain = where.domain(ipv4(10, 0, 1, exporter), 9, id % 50);
            const Template* const layout = where.state.templates.find(domain, 256 + id);
            ASSERT_NE(layout, nullptr);
            EXPECT_EQ(layout->fields[19].id, 1 + id);
            EXPECT_NE(where.state.domains.find(domain), nullptr);
        }
    }
}

TEST_F(HandoverTest, LooksAtABoundedNumberOfSlots) {
    for (unsigned id = 0; id < 3000; ++id) a_.learn(a_.domain(router, 9, id), 256, {{8, 4}});
    HandoverWalk walk;
    const auto nothing = [](const StateKey&) { return false; };
    std::size_t asked = 0;
    handover::give(a_.state, *page_, walk, [&](const StateKey&) {
        ++asked;
        return false;
    });
    EXPECT_EQ(asked, 1024u);
    EXPECT_FALSE(page_->last);
    handover::give(a_.state, *page_, walk, nothing);
    EXPECT_FALSE(page_->last);
    handover::give(a_.state, *page_, walk, nothing);
    EXPECT_TRUE(page_->last);
    EXPECT_EQ(a_.state.templates.size(), 3000u);
}

TEST_F(HandoverTest, APageHasNoMoreTemplatesThanATakerCompilesAtOnce) {
    const Domain given = a_.domain(router, 9, 1);
    for (unsigned id = 0; id < 65; ++id) a_.learn(given, 256 + id, {{8, 4}});
    HandoverWalk walk;
    handover::give(a_.state, *page_, walk, everything);
    EXPECT_EQ(a_.state.templates.size(), 1u);
    EXPECT_FALSE(page_->last);
    handover::give(a_.state, *page_, walk, everything);
    EXPECT_EQ(a_.state.templates.size(), 0u);
    EXPECT_TRUE(page_->last);
}

TEST_F(HandoverTest, MovesThereAndBack) {
    const Domain given = a_.domain(router, 9, 1);
    a_.learn(given, 256, {{8, 4}});
    a_.park(given, 300, 10);
    ASSERT_NE(a_.state.domains.enter(given, now), nullptr);
    for (int i = 0; i < 5; ++i) {
        move(a_, b_, everything);
        move(b_, a_, everything);
    }
    EXPECT_NE(a_.state.templates.find(given, 256), nullptr);
    EXPECT_NE(a_.state.domains.find(given), nullptr);
    EXPECT_EQ(a_.stats.parked_datagrams, 1u);
    EXPECT_EQ(b_.stats.parked_datagrams, 0u);
    EXPECT_EQ(a_.state.park.bytes_of(given.exporter), 10u);
    EXPECT_EQ(b_.state.templates.size() + b_.state.domains.size(), 0u);
}

TEST_F(HandoverTest, CountsWhatThereIsNoRoomFor) {
    ShardLimits small = usual;
    small.templates.templates_max = 1;
    small.domains.domains_max = 1;
    small.park.bytes_max = 128;  // an eighth for each
    Shard b{small};
    const Domain given = a_.domain(router, 9, 1);
    a_.learn(given, 256, {{8, 4}});
    a_.learn(given, 257, {{8, 4}});
    for (unsigned id = 1; id <= 2; ++id) {
        DomainState& state = *a_.state.domains.enter(a_.domain(router, 9, id), now);
        a_.state.announce(given.exporter, &state, {.rate = 10});
    }
    a_.park(given, 300, 10);
    a_.park(given, 300, 11);
    move(a_, b, everything);
    EXPECT_EQ(refused_, (HandoverRefusals{.templates = 1, .domains = 1, .sets = 1}));
    EXPECT_EQ(b.stats.parked_datagrams, 1u);
    EXPECT_EQ(b.stats.sets_expired, 1u);
    EXPECT_EQ(b.drops(Error::unknown_template), 1u);
    EXPECT_EQ(a_.stats.datagrams, b.stats.parked_datagrams + b.drops(Error::unknown_template));
}

TEST_F(HandoverTest, AnExporterWithoutAPlaceLosesAll) {
    ShardLimits small = usual;
    small.templates.exporters_max = 1;
    Shard b{small};
    b.learn(b.domain(ipv4(10, 0, 0, 9), 9, 1), 256, {{8, 4}});
    EXPECT_EQ(b.state.close(1, Error::none), Error::none);
    const Domain given = a_.domain(router, 9, 1);
    a_.learn(given, 256, {{8, 4}});
    ASSERT_NE(a_.state.domains.enter(given, now), nullptr);
    a_.park(given, 300, 10);
    move(a_, b, everything);
    EXPECT_EQ(refused_, (HandoverRefusals{.templates = 1, .domains = 1, .sets = 1}));
    EXPECT_EQ(b.state.templates.size(), 1u);
}

}  // namespace
}  // namespace flow
