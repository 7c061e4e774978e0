// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/templates/store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <vector>

namespace flow {
namespace {

using Fields = std::vector<TemplateField>;

constexpr TemplateLimits limits{
    .exporters_max = 4, .templates_max = 8, .templates_per_exporter_max = 5};
const Fields two_fields{{8, 4}, {12, 4}};
const Fields other_fields{{8, 4}, {12, 4}, {7, 2}};

constexpr Domain domain_of(ExporterIndex exporter, std::uint32_t id = 1,
                           std::uint8_t version = 10) {
    return {exporter, id, version};
}

Error refusal(TemplateStore& store, const Domain& domain, std::uint16_t id, const Fields& fields) {
    return store.put(domain, {id, false, fields}).error();
}

bool put(TemplateStore& store, const Domain& domain, std::uint16_t id,
         const Fields& fields = two_fields, bool options = false) {
    return static_cast<bool>(store.put(domain, {id, options, fields}));
}

TEST(TemplateStore, GivesBackWhatWasPut) {
    TemplateStore store{limits, 1};
    const Fields fields{{8, 4}, {12, 4}, {7, 2, 29305}};
    const auto learnt = store.put(domain_of(1), {256, true, fields});
    ASSERT_TRUE(learnt);
    EXPECT_TRUE(learnt->changed);
    const Template* const found = store.find(domain_of(1), 256);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found, learnt->layout);
    EXPECT_EQ(found->version, 10);
    EXPECT_TRUE(found->options);
    EXPECT_FALSE(found->variable);
    EXPECT_EQ(found->id, 256);
    EXPECT_EQ(found->record_size, 10);
    ASSERT_EQ(found->fields.size(), 3u);
    EXPECT_EQ(found->fields[2].id, 7);
    EXPECT_EQ(found->fields[2].length, 2);
    EXPECT_EQ(found->fields[2].enterprise, 29305u);
    EXPECT_NE(found->fields.data(), fields.data()) << "a copy";
}

TEST(TemplateStore, RemembersHowATemplateWasTreated) {
    TemplateStore store{limits, 1};
    constexpr std::uint32_t now = 1'700'000'000;
    store.set_now(now);
    ASSERT_TRUE(put(store, domain_of(1), 256));
    const TemplateSlot slot = store.find(domain_of(1), 256)->slot;
    EXPECT_EQ(store.history(slot), (TemplateHistory{now, now, 1, 0, 0, false}));
    for (int i = 1; i <= 3; ++i) {
        store.set_now(now + 60 * static_cast<std::uint32_t>(i));
        ASSERT_TRUE(put(store, domain_of(1), 256));
    }
    ASSERT_NE(store.use(domain_of(1), 256), nullptr);
    EXPECT_EQ(store.history(slot), (TemplateHistory{now, now + 180, 4, 0, 60, true}));
    const auto changed = store.put(domain_of(1), {256, false, other_fields});
    ASSERT_TRUE(changed);
    EXPECT_TRUE(changed->replaced);
    EXPECT_EQ(store.history(slot).changes, 1u);
    EXPECT_FALSE(store.history(slot).used) << "as it is now";
    store.withdraw(domain_of(1), 256);
    ASSERT_TRUE(put(store, domain_of(1), 256));
    EXPECT_EQ(store.history(store.find(domain_of(1), 256)->slot).announcements, 1u);
    store.mark_restored(slot);
    EXPECT_EQ(store.history(slot), TemplateHistory{}) << "that was an earlier run";
}

TEST(TemplateStore, AnOutageIsNotHowOftenATemplateComes) {
    TemplateHistory history;
    std::uint32_t now = 1'700'000'000;
    for (int i = 0; i < 20; ++i) history.announce(now += 60);
    now += 86'400;
    for (int i = 0; i < 10; ++i) history.announce(now += 60);
    EXPECT_NEAR(history.refresh_seconds, 60, 30);
    for (int i = 0; i < 40; ++i) history.announce(now += 1800);
    EXPECT_NEAR(history.refresh_seconds, 1800, 30) << "but what is usual now counts";
}

TEST(TemplateStore, KeysByExporterVersionDomainAndId) {
    TemplateStore store{limits, 1};
    ASSERT_TRUE(put(store, domain_of(1), 256));
    EXPECT_NE(store.find(domain_of(1), 256), nullptr);
    EXPECT_EQ(store.find(domain_of(2), 256), nullptr);
    EXPECT_EQ(store.find(domain_of(1, 2), 256), nullptr);
    EXPECT_EQ(store.find(domain_of(1, 1, 9), 256), nullptr);
    EXPECT_EQ(store.find(domain_of(1), 257), nullptr);
}

TEST(TemplateStore, TellsARefreshFromAChange) {
    TemplateStore store{limits, 1};
    const TemplateSlot slot = store.put(domain_of(1), {256, false, two_fields})->layout->slot;
    const auto refreshed = store.put(domain_of(1), {256, false, two_fields});
    ASSERT_TRUE(refreshed);
    EXPECT_FALSE(refreshed->changed);
    EXPECT_EQ(refreshed->layout->slot, slot);

    const auto changed = store.put(domain_of(1), {256, false, other_fields});
    ASSERT_TRUE(changed);
    EXPECT_TRUE(changed->changed);
    EXPECT_EQ(changed->layout->slot, slot);
    EXPECT_EQ(changed->layout->record_size, 10);
    EXPECT_EQ(store.size(), 1u);
    EXPECT_EQ(store.count_of(1), 1u);
}

TEST(TemplateStore, SeesEveryKindOfChange) {
    const std::array<Fields, 4> variants{Fields{{8, 4}}, Fields{{8, 8}}, Fields{{12, 4}},
                                         Fields{{8, 4, 9}}};
    TemplateStore store{limits, 1};
    for (const Fields& fields : variants) {
        EXPECT_TRUE(store.put(domain_of(1), {256, false, fields})->changed);
        EXPECT_FALSE(store.put(domain_of(1), {256, false, fields})->changed);
    }
    EXPECT_TRUE(store.put(domain_of(1), {256, true, variants.back()})->changed) << "now options";
}

TEST(TemplateStore, RefusesABadTemplateAndKeepsTheOldOne) {
    TemplateStore store{limits, 1};
    ASSERT_TRUE(put(store, domain_of(1), 256));
    EXPECT_EQ(refusal(store, domain_of(1), 256, {}), Error::bad_template);
    EXPECT_EQ(refusal(store, domain_of(1), 256, {{8, 0}}), Error::bad_template);
    EXPECT_EQ(refusal(store, domain_of(1), 256, {{8, 0}, {9, 0}}), Error::bad_template);
    EXPECT_EQ(refusal(store, domain_of(1), 255, two_fields), Error::bad_template);
    EXPECT_EQ(refusal(store, domain_of(1), 0, two_fields), Error::bad_template);
    EXPECT_EQ(refusal(store, domain_of(1), 256, {{8, 65000}, {9, 536}}), Error::bad_template)
        << "one byte more than a set can hold";
    ASSERT_NE(store.find(domain_of(1), 256), nullptr);
    EXPECT_EQ(store.find(domain_of(1), 256)->record_size, 8);
    EXPECT_EQ(store.find(domain_of(1), 255), nullptr);
    EXPECT_EQ(store.size(), 1u);
}

TEST(TemplateStore, MeasuresARecord) {
    TemplateStore store{limits, 1};
    const auto size = [&](const Fields& fields) {
        return store.put(domain_of(1), {256, false, fields})->layout->record_size;
    };
    EXPECT_EQ(size({{8, 0}, {9, 1}}), 1) << "a field may be empty, a record not";
    EXPECT_EQ(size({{8, 65000}, {9, 535}}), 65535);
    EXPECT_EQ(size({{8, variable_length}}), 1) << "at least its length";
    EXPECT_TRUE(store.find(domain_of(1), 256)->variable);
    EXPECT_EQ(size({{8, 4}, {82, variable_length}, {83, variable_length}}), 6);
    EXPECT_TRUE(store.find(domain_of(1), 256)->variable);
    EXPECT_EQ(size({{8, 4}}), 4);
    EXPECT_FALSE(store.find(domain_of(1), 256)->variable);
}

TEST(TemplateStore, LimitsTheFieldsOfATemplate) {
    TemplateStore store{limits, 1};
    EXPECT_TRUE(put(store, domain_of(1), 256, Fields(template_fields_max, {7, 2})));
    EXPECT_EQ(store.find(domain_of(1), 256)->fields.size(), template_fields_max);
    EXPECT_EQ(refusal(store, domain_of(1), 257, Fields(template_fields_max + 1, {7, 2})),
              Error::template_limit);
}

TEST(TemplateStore, LimitsTheTemplatesOfAnExporter) {
    TemplateStore store{limits, 1};
    for (std::uint16_t id = 256; id < 261; ++id) EXPECT_TRUE(put(store, domain_of(1, id), id));
    EXPECT_EQ(refusal(store, domain_of(1), 261, two_fields), Error::template_limit);
    EXPECT_EQ(refusal(store, domain_of(1, 1, 9), 256, two_fields), Error::template_limit);
    EXPECT_TRUE(put(store, domain_of(1, 256), 256, other_fields)) << "a change needs no room";
    EXPECT_TRUE(put(store, domain_of(2), 261));
}

TEST(TemplateStore, LimitsAllTemplatesTogether) {
    TemplateStore store{limits, 1};
    for (std::uint16_t i = 0; i < 4; ++i) {
        EXPECT_TRUE(put(store, domain_of(1), static_cast<std::uint16_t>(256 + i)));
        EXPECT_TRUE(put(store, domain_of(2), static_cast<std::uint16_t>(256 + i)));
    }
    EXPECT_EQ(store.size(), 8u);
    EXPECT_EQ(refusal(store, domain_of(3), 256, two_fields), Error::template_limit);
    store.withdraw(domain_of(1), 256);
    EXPECT_TRUE(put(store, domain_of(3), 256));
    EXPECT_EQ(store.size(), 8u);
}

TEST(TemplateStore, TeachesNothingToTheSharedExporter) {
    TemplateStore store{limits, 1};
    EXPECT_EQ(refusal(store, domain_of(0), 256, two_fields), Error::template_limit);
    EXPECT_EQ(store.find(domain_of(0), 256), nullptr);
}

TEST(TemplateStore, WithdrawsOne) {
    TemplateStore store{limits, 1};
    for (std::uint16_t id = 256; id < 260; ++id) ASSERT_TRUE(put(store, domain_of(1), id));
    store.withdraw(domain_of(1), 257);
    store.withdraw(domain_of(1), 300);
    store.withdraw(domain_of(1, 2), 258);
    store.withdraw(domain_of(3), 258);
    EXPECT_EQ(store.find(domain_of(1), 257), nullptr);
    for (const std::uint16_t id : {256, 258, 259}) EXPECT_NE(store.find(domain_of(1), id), nullptr);
    EXPECT_EQ(store.size(), 3u);
    EXPECT_EQ(store.count_of(1), 3u);
}

TEST(TemplateStore, WithdrawsAllOfAKindInADomain) {
    TemplateStore store{limits, 1};
    ASSERT_TRUE(put(store, domain_of(1), 256));
    ASSERT_TRUE(put(store, domain_of(1), 257));
    ASSERT_TRUE(put(store, domain_of(1), 258, two_fields, true));
    ASSERT_TRUE(put(store, domain_of(1, 2), 256));
    ASSERT_TRUE(put(store, domain_of(2), 256));
    store.withdraw_all(domain_of(1), false);
    EXPECT_EQ(store.find(domain_of(1), 256), nullptr);
    EXPECT_EQ(store.find(domain_of(1), 257), nullptr);
    EXPECT_NE(store.find(domain_of(1), 258), nullptr);
    EXPECT_NE(store.find(domain_of(1, 2), 256), nullptr);
    EXPECT_NE(store.find(domain_of(2), 256), nullptr);
    store.withdraw_all(domain_of(1), true);
    EXPECT_EQ(store.find(domain_of(1), 258), nullptr);
    EXPECT_EQ(store.size(), 2u);
}

TEST(TemplateStore, ForgetsAnExporter) {
    TemplateStore store{limits, 1};
    ASSERT_TRUE(put(store, domain_of(1), 256));
    ASSERT_TRUE(put(store, domain_of(1, 2, 9), 256, two_fields, true));
    ASSERT_TRUE(put(store, domain_of(2), 256));
    store.forget(1);
    EXPECT_EQ(store.count_of(1), 0u);
    EXPECT_EQ(store.find(domain_of(1), 256), nullptr);
    EXPECT_EQ(store.find(domain_of(1, 2, 9), 256), nullptr);
    EXPECT_NE(store.find(domain_of(2), 256), nullptr);
    store.forget(3);
    EXPECT_EQ(store.size(), 1u);
}

TEST(TemplateStore, HandsFreeSlotsOutAgain) {
    TemplateStore store{limits, 1};
    for (int round = 0; round < 100; ++round) {
        std::set<TemplateSlot> slots;
        for (std::uint16_t id = 256; id < 260; ++id) {
            for (const ExporterIndex exporter : {1u, 2u}) {
                const auto learnt = store.put(domain_of(exporter), {id, false, two_fields});
                ASSERT_TRUE(learnt);
                ASSERT_TRUE(learnt->changed) << "a slot's new owner must be compiled";
                slots.insert(learnt->layout->slot);
            }
        }
        ASSERT_EQ(slots.size(), 8u);
        ASSERT_LT(*slots.rbegin(), limits.templates_max);
        store.forget(1);
        store.withdraw_all(domain_of(2), false);
        ASSERT_EQ(store.size(), 0u);
    }
}

constexpr std::uint32_t now = 1'700'000'000;

/// Everything that `limits` let exporters 1 and 2 have.
void fill(TemplateStore& store) {
    for (std::uint16_t id = 256; id < 260; ++id) {
        ASSERT_TRUE(put(store, domain_of(1), id));
        ASSERT_TRUE(put(store, domain_of(2), id));
    }
}

TEST(TemplateStore, GivesUpWhatNobodyUsedForANewcomer) {
    TemplateStore store{limits, 1};
    store.set_now(now);
    fill(store);
    for (std::uint16_t id = 256; id < 260; ++id) {
        static_cast<void>(store.use(domain_of(1), id));
    }
    store.set_now(now + 60);
    EXPECT_EQ(refusal(store, domain_of(3), 256, two_fields), Error::template_limit);
    store.set_now(now + 61);
    EXPECT_TRUE(put(store, domain_of(3), 256));
    EXPECT_EQ(store.count_of(1), 4u) << "data uses them";
    EXPECT_EQ(store.count_of(2), 3u);
    EXPECT_EQ(store.evictions(), 1u);
    EXPECT_EQ(store.size(), 8u);
}

TEST(TemplateStore, KeepsWhatIsRefreshed) {
    TemplateStore store{limits, 1};
    store.set_now(now);
    fill(store);
    store.set_now(now + 50);
    fill(store);
    store.set_now(now + 100);
    EXPECT_EQ(refusal(store, domain_of(3), 256, two_fields), Error::template_limit);
}

TEST(TemplateStore, GivesUpWhatDataHasStoppedUsing) {
    TemplateStore store{limits, 1};
    store.set_now(now);
    fill(store);
    for (std::uint16_t id = 256; id < 260; ++id) {
        static_cast<void>(store.use(domain_of(1), id));
        static_cast<void>(store.use(domain_of(2), id));
    }
    store.set_now(now + TemplateStore::stale_after_seconds);
    EXPECT_EQ(refusal(store, domain_of(3), 256, two_fields), Error::template_limit);
    store.set_now(now + TemplateStore::stale_after_seconds + 1);
    EXPECT_TRUE(put(store, domain_of(3), 256));
}

TEST(TemplateStore, TakesNothingFromAnExporterThatHasNoMore) {
    TemplateStore store{limits, 1};
    store.set_now(now);
    fill(store);
    store.set_now(now + 61);
    for (std::uint16_t id = 256; id < 259; ++id) EXPECT_TRUE(put(store, domain_of(3), id));
    EXPECT_EQ(store.count_of(1) + store.count_of(2), 5u);
    EXPECT_EQ(store.count_of(3), 3u);
    EXPECT_EQ(refusal(store, domain_of(3), 259, two_fields), Error::template_limit);
}

TEST(TemplateStore, MakesRoomAmongAnExportersOwn) {
    TemplateStore store{limits, 1};
    store.set_now(now);
    for (std::uint16_t id = 256; id < 261; ++id) ASSERT_TRUE(put(store, domain_of(1), id));
    static_cast<void>(store.use(domain_of(1), 260));
    store.set_now(now + 61);
    EXPECT_TRUE(put(store, domain_of(1), 300));
    EXPECT_EQ(store.count_of(1), 5u);
    EXPECT_NE(store.find(domain_of(1), 260), nullptr) << "data uses it";
    EXPECT_EQ(store.find(domain_of(1), 259), nullptr);
}

// Sources that fill the store and keep their templates in use do not keep a newcomer out for ever.
TEST(TemplateStore, LetsANewcomerInWhoeverHoldsTheRest) {
    const TemplateLimits wide{
        .exporters_max = 4, .templates_max = 200, .templates_per_exporter_max = 100};
    TemplateStore store{wide, 1};
    store.set_now(now);
    const auto use_all = [&] {
        for (std::uint16_t id = 256; id < 356; ++id) {
            static_cast<void>(store.use(domain_of(1), id));
            static_cast<void>(store.use(domain_of(2), id));
        }
    };
    for (std::uint16_t id = 256; id < 356; ++id) {
        ASSERT_TRUE(put(store, domain_of(1), id));
        ASSERT_TRUE(put(store, domain_of(2), id));
    }
    std::uint32_t seconds = 0;
    do {
        ASSERT_LT(++seconds, 120u);
        store.set_now(now + seconds);
        use_all();
    } while (!put(store, domain_of(3), 256));
    EXPECT_EQ(store.count_of(3), 1u);
    EXPECT_EQ(store.size(), 200u);
}

TEST(TemplateStore, IsWalkedInSteps) {
    TemplateStore store{limits, 1};
    fill(store);
    store.withdraw(domain_of(1), 257);
    std::uint32_t seen = 0;
    std::uint32_t steps = 0;
    for (std::uint32_t at = 0; at != store.end_slot(); ++steps) {
        at = store.visit(at, 3, [&](const Domain& domain, const Template& layout, bool) {
            EXPECT_EQ(store.find(domain, layout.id), &layout);
            ++seen;
        });
    }
    EXPECT_EQ(seen, 7u);
    EXPECT_EQ(steps, 3u);
}

TEST(TemplateStore, TellsWhatIsOnlyRestored) {
    TemplateStore store{limits, 1};
    const auto confirmed = [&] {
        std::vector<std::uint16_t> ids;
        store.visit(0, 100, [&](const Domain&, const Template& layout, bool is) {
            if (is) ids.push_back(layout.id);
        });
        return ids;
    };
    for (const std::uint16_t id : {256, 257, 258}) {
        store.mark_restored(store.put(domain_of(1), {id, false, two_fields})->layout->slot);
    }
    EXPECT_TRUE(confirmed().empty());
    static_cast<void>(store.find(domain_of(1), 257));
    EXPECT_TRUE(confirmed().empty()) << "a look is no use";
    static_cast<void>(store.use(domain_of(1), 257));
    EXPECT_EQ(confirmed(), (std::vector<std::uint16_t>{257}));
    ASSERT_TRUE(put(store, domain_of(1), 258));
    EXPECT_EQ(confirmed(), (std::vector<std::uint16_t>{257, 258})) << "a refresh is the exporter's";
    ASSERT_TRUE(put(store, domain_of(1), 256, other_fields));
    EXPECT_EQ(confirmed().size(), 3u);
}

TEST(TemplateStore, CountsItsChanges) {
    TemplateStore store{limits, 1};
    EXPECT_EQ(store.changes(), 0u);
    ASSERT_TRUE(put(store, domain_of(1), 256));
    EXPECT_EQ(store.changes(), 1u);
    ASSERT_TRUE(put(store, domain_of(1), 256));
    static_cast<void>(store.use(domain_of(1), 256));
    EXPECT_EQ(store.changes(), 1u) << "a refresh changes nothing";
    ASSERT_TRUE(put(store, domain_of(1), 256, other_fields));
    EXPECT_EQ(store.changes(), 2u);
    store.withdraw(domain_of(1), 256);
    store.withdraw(domain_of(1), 256);
    EXPECT_EQ(store.changes(), 3u);
}

// Random calls, held against a map.
TEST(TemplateStore, AgreesWithAMap) {
    using Key = std::tuple<ExporterIndex, std::uint32_t, std::uint8_t, std::uint16_t>;
    const TemplateLimits wide{
        .exporters_max = 6, .templates_max = 60, .templates_per_exporter_max = 20};
    TemplateStore store{wide, 17};
    std::map<Key, std::pair<bool, std::size_t>> model;  // options, field count
    std::mt19937_64 random{23};
    const auto count_of = [&](ExporterIndex exporter) {
        return static_cast<std::size_t>(
            std::count_if(model.begin(), model.end(),
                          [&](const auto& each) { return std::get<0>(each.first) == exporter; }));
    };
    for (int round = 0; round < 50'000; ++round) {
        const Domain domain{static_cast<ExporterIndex>(1 + random() % 6),
                            static_cast<std::uint32_t>(random() % 3),
                            static_cast<std::uint8_t>(9 + random() % 2)};
        const auto id = static_cast<std::uint16_t>(256 + random() % 5);
        const Key key{domain.exporter, domain.id, domain.version, id};
        const auto action = random() % 100;
        if (action < 80) {
            const bool options = random() % 4 == 0;
            const Fields fields(1 + random() % 3, {7, 2});
            const auto known = model.find(key);
            const bool room =
                known != model.end() || (model.size() < 60 && count_of(domain.exporter) < 20);
            const std::pair said{options, fields.size()};
            const bool changed = known == model.end() || known->second != said;
            const auto learnt = store.put(domain, {id, options, fields});
            ASSERT_EQ(static_cast<bool>(learnt), room);
            if (!room) continue;
            ASSERT_EQ(learnt->changed, changed);
            model[key] = said;
        } else if (action < 94) {
            store.withdraw(domain, id);
            model.erase(key);
        } else if (action < 98) {
            const bool options = random() % 2 == 0;
            store.withdraw_all(domain, options);
            std::erase_if(model, [&](const auto& each) {
                const auto& [exporter, domain_id, version, ignored] = each.first;
                return Domain{exporter, domain_id, version} == domain &&
                       each.second.first == options;
            });
        } else {
            store.forget(domain.exporter);
            std::erase_if(model, [&](const auto& each) {
                return std::get<0>(each.first) == domain.exporter;
            });
        }
        ASSERT_EQ(store.size(), model.size());
        const Template* const found = store.find(domain, id);
        ASSERT_EQ(found != nullptr, model.contains(key));
        ASSERT_EQ(found == nullptr ? 0 : found->fields.size(),
                  found == nullptr ? 0 : model[key].second);
        ASSERT_EQ(store.count_of(domain.exporter), count_of(domain.exporter));
    }
}

}  // namespace
}  // namespace flow
