// SPDX-License-Identifier: BSD-3-Clause
#include "flow/produce/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace flow::produce {
namespace {

using Fields = std::vector<TemplateField>;

struct Compiled {
    std::vector<Step> steps;
    bool direct = false;

    [[nodiscard]] std::vector<Step> of(Column column) const {
        std::vector<Step> found;
        std::copy_if(steps.begin(), steps.end(), std::back_inserter(found),
                     [column](const Step& step) { return step.column == column; });
        return found;
    }
};

Compiled compile(const Fields& fields, std::uint8_t version = 10) {
    Template layout{.version = version, .id = 256, .fields = fields};
    for (const TemplateField& field : fields) layout.variable |= field.length == variable_length;
    std::array<Step, plan_steps_max> memory{};
    const Plan plan = produce::compile(layout, memory);
    EXPECT_TRUE(plan.steps.empty() || plan.steps.data() == memory.data());
    return {{plan.steps.begin(), plan.steps.end()}, plan.direct};
}

TEST(Plan, CopiesAFieldFromItsPlace) {
    const Compiled plan = compile({{4, 1}, {1, 8}, {7, 2}, {11, 2}});
    ASSERT_EQ(plan.steps.size(), 4u);
    EXPECT_TRUE(plan.direct);
    const Step port = plan.of(Column::dst_port).at(0);
    EXPECT_EQ(port.transform, Transform::number);
    EXPECT_EQ(port.field, 3);
    EXPECT_EQ(port.offset, 11);
    EXPECT_EQ(port.size, 2);
    EXPECT_EQ(port.shift, 0);
    EXPECT_EQ(port.bits, 64);
}

TEST(Plan, LeavesUnknownAndEnterpriseFieldsOut) {
    const Compiled plan = compile({{4, 1, 29305}, {9999, 4}, {0, 2}, {7, 2}});
    ASSERT_EQ(plan.steps.size(), 1u);
    EXPECT_EQ(plan.steps[0].column, Column::src_port);
    EXPECT_EQ(plan.steps[0].offset, 7);
    EXPECT_TRUE(plan.direct);
}

TEST(Plan, OfNothingKnownIsEmptyAndDirect) {
    const Compiled plan = compile({{9999, 4}});
    EXPECT_TRUE(plan.steps.empty());
    EXPECT_TRUE(plan.direct);
}

TEST(Plan, LeavesNumbersOfMoreThanEightBytesOut) {
    EXPECT_EQ(compile({{1, 8}}).steps.size(), 1u);
    EXPECT_TRUE(compile({{1, 9}}).steps.empty());
    EXPECT_TRUE(compile({{152, 16}}).steps.empty());
    EXPECT_TRUE(compile({{60, 9}}).steps.empty());
    EXPECT_EQ(compile({{15, 300}}).steps.size(), 1u) << "bytes may be long";
    EXPECT_EQ(compile({{1, variable_length}}).steps.size(), 1u) << "the record says how long";
}

TEST(Plan, TheLastFieldOfAColumnWins) {
    for (const std::uint16_t last : {56, 81}) {
        const std::uint16_t first = last == 56 ? 81 : 56;
        const Compiled plan = compile({{first, 6}, {4, 1}, {last, 6}});
        ASSERT_EQ(plan.of(Column::src_mac).size(), 1u);
        EXPECT_EQ(plan.of(Column::src_mac)[0].field, 2);
        EXPECT_TRUE(plan.direct);
    }
    EXPECT_EQ(compile({{7, 2}, {7, 2}, {7, 2}}).of(Column::src_port).at(0).field, 2);
}

TEST(Plan, CountersHaveAStepForEachFieldThatMayFillThem) {
    const Compiled both = compile({{23, 8}, {1, 4}, {85, 8}, {231, 4}});
    EXPECT_EQ(both.of(Column::bytes).size(), 4u);
    EXPECT_FALSE(both.direct) << "the values decide";
    EXPECT_EQ(both.of(Column::bytes)[0].field, 0);
    EXPECT_EQ(both.of(Column::bytes)[1].field, 1);
    EXPECT_EQ(both.of(Column::bytes)[2].field, 2) << "totals come behind";
    EXPECT_EQ(both.of(Column::bytes)[3].field, 3) << "and the initiator's behind them";
    EXPECT_EQ(compile({{231, 4}, {1, 4}}).of(Column::bytes)[0].size, 4) << "in any order";
    for (const std::uint16_t alone : {1, 23, 85, 231}) {
        const Compiled plan = compile({{alone, 8}});
        ASSERT_EQ(plan.of(Column::bytes).size(), 1u) << alone;
        EXPECT_EQ(plan.of(Column::bytes)[0].transform, Transform::number) << alone;
        EXPECT_TRUE(plan.direct) << alone;
    }
    EXPECT_TRUE(compile({{24, 8}, {2, 4, 9}}).direct) << "an enterprise's element is another one";
}

TEST(Plan, AVlanFillsTwoColumns) {
    const Compiled plan = compile({{58, 2}});
    EXPECT_EQ(plan.steps.size(), 2u);
    EXPECT_EQ(plan.of(Column::vlan_id).size(), 1u);
    EXPECT_EQ(plan.of(Column::src_vlan).size(), 1u);
}

TEST(Plan, SplitsIcmpTypeAndCode) {
    for (const std::uint16_t id : {32, 139}) {
        const Compiled plan = compile({{id, 2}});
        const Step type = plan.of(Column::icmp_type).at(0);
        const Step code = plan.of(Column::icmp_code).at(0);
        EXPECT_EQ(type.shift, 8);
        EXPECT_EQ(code.shift, 0);
        EXPECT_EQ(code.bits, 8);
    }
    const Compiled plan = compile({{32, 2}, {177, 1}});
    EXPECT_EQ(plan.of(Column::icmp_type).at(0).field, 0);
    EXPECT_EQ(plan.of(Column::icmp_code).at(0).field, 1) << "a code of its own comes later";
}

TEST(Plan, TakesTheLabelOutOfAnMplsStackEntry) {
    const Compiled plan = compile({{70, 3}, {71, 3}, {72, 3}});
    EXPECT_EQ(plan.of(Column::mpls_1_label).at(0).shift, 4);
    EXPECT_EQ(plan.of(Column::mpls_2_label).at(0).shift, 4);
    EXPECT_EQ(plan.of(Column::mpls_3_label).at(0).shift, 4);
    const auto has_mpls = plan.of(Column::has_mpls);
    ASSERT_EQ(has_mpls.size(), 1u);
    EXPECT_EQ(has_mpls[0].transform, Transform::constant);
    EXPECT_EQ(has_mpls[0].operand, 1);
    EXPECT_TRUE(compile({{71, 3}}).of(Column::has_mpls).empty()) << "as goflow2 has it";
}

TEST(Plan, AddressesOfOneFamilySettleTheEthertype) {
    for (const auto& [source, destination, size, etype] :
         {std::array<std::uint16_t, 4>{8, 12, 4, 0x0800},
          std::array<std::uint16_t, 4>{27, 28, 16, 0x86dd}}) {
        for (const Fields& fields :
             {Fields{{60, 1}, {source, size}, {destination, size}},
              Fields{{source, size}, {destination, size}, {60, 1}}, Fields{{source, size}}}) {
            const Compiled plan = compile(fields);
            EXPECT_TRUE(plan.direct);
            ASSERT_EQ(plan.of(Column::etype).size(), 1u);
            EXPECT_EQ(plan.of(Column::etype)[0].transform, Transform::constant);
            EXPECT_EQ(plan.of(Column::etype)[0].operand, etype);
            EXPECT_EQ(plan.of(Column::src_addr).at(0).transform, Transform::bytes);
        }
    }
}

TEST(Plan, OfBothFamiliesIsNotDirect) {
    const Compiled plan = compile({{8, 4}, {27, 16}, {12, 4}, {28, 16}});
    EXPECT_FALSE(plan.direct);
    ASSERT_EQ(plan.steps.size(), 4u) << "all run, in the order of the record";
    for (std::uint16_t i = 0; i < 4; ++i) {
        EXPECT_EQ(plan.steps[i].transform, Transform::bytes_if_better);
        EXPECT_EQ(plan.steps[i].field, i);
    }
    EXPECT_FALSE(compile({{8, 4}, {28, 16}}).direct) << "the ethertype depends on the order";
    EXPECT_FALSE(compile({{8, 4}, {8, 4}}).direct);
}

TEST(Plan, OfFragmentOffsetAndFlagsIsNotDirect) {
    EXPECT_FALSE(compile({{88, 2}, {197, 1}}).direct);
    EXPECT_EQ(compile({{88, 2}, {197, 1}}).of(Column::fragment_offset).size(), 2u);
    const Compiled alone = compile({{88, 2}});
    EXPECT_TRUE(alone.direct);
    EXPECT_EQ(alone.of(Column::fragment_offset).at(0).transform, Transform::number);
}

TEST(Plan, OfFieldsOfVariableLengthIsNotDirect) {
    EXPECT_FALSE(compile({{82, variable_length}, {7, 2}}).direct);
    EXPECT_FALSE(compile({{7, 2}, {82, variable_length}}).direct);
}

// What is not a part of the field's own bytes: see Program for why.
TEST(Plan, WithAStepThatDecidesByValueOrSizeIsNotDirect) {
    EXPECT_FALSE(compile({{60, 1}}).direct) << "an IP version without addresses";
    EXPECT_EQ(compile({{60, 1}}).of(Column::etype).at(0).transform, Transform::etype_of_version);
    EXPECT_FALSE(compile({{32, 1}}).direct) << "a type that is all shifted out";
    EXPECT_TRUE(compile({{32, 2}}).direct);
    EXPECT_TRUE(compile({{70, 1}}).direct);
    EXPECT_FALSE(compile({{7, 2}, {22, 0}}, 9).direct) << "an uptime stamp of no bytes";
    EXPECT_FALSE(compile({{7, 2}, {158, 0}}).direct);
    EXPECT_TRUE(compile({{7, 2}, {1, 0}, {15, 0}}).direct) << "other fields of no bytes are 0";
}

TEST(Plan, ReadsUptimeStampsInNetflowOnly) {
    for (const std::uint8_t version : {std::uint8_t{5}, std::uint8_t{9}}) {
        const Compiled plan = compile({{22, 4}, {21, 4}, {150, 4}}, version);
        ASSERT_EQ(plan.steps.size(), 4u);
        EXPECT_EQ(plan.of(Column::time_flow_start).at(0).transform, Transform::s_of_uptime);
        EXPECT_EQ(plan.of(Column::time_flow_start_ms).at(0).transform, Transform::ms_of_uptime);
        EXPECT_EQ(plan.of(Column::time_flow_end).at(0).field, 1);
    }
    const Compiled plan = compile({{22, 4}, {21, 4}, {150, 4}}, 10);
    ASSERT_EQ(plan.steps.size(), 2u);
    EXPECT_EQ(plan.of(Column::time_flow_start).at(0).transform, Transform::s_of_seconds);
}

TEST(Plan, ReadsAbsoluteTimesOfNetflow9WhereNoUptimeIs) {
    const Compiled alone = compile({{152, 8}, {153, 8}, {7, 2}}, 9);
    ASSERT_EQ(alone.steps.size(), 5u);
    EXPECT_TRUE(alone.direct);
    EXPECT_EQ(alone.of(Column::time_flow_start).at(0).transform, Transform::s_of_milliseconds);
    EXPECT_EQ(alone.of(Column::time_flow_end_ms).at(0).transform, Transform::ms_of_milliseconds);
    const Compiled mixed = compile({{152, 8}, {22, 4}, {153, 8}}, 9);
    ASSERT_EQ(mixed.steps.size(), 4u);
    EXPECT_TRUE(mixed.direct);
    EXPECT_EQ(mixed.of(Column::time_flow_start).at(0).transform, Transform::s_of_uptime);
    EXPECT_EQ(mixed.of(Column::time_flow_end).at(0).transform, Transform::s_of_milliseconds);
    const Compiled wide = compile({{152, 8}, {22, 9}}, 9);
    EXPECT_EQ(wide.of(Column::time_flow_start).at(0).transform, Transform::s_of_milliseconds)
        << "an uptime that is no number";
    EXPECT_TRUE(compile({{158, 4}}, 9).steps.empty()) << "an age belongs to IPFIX";
    EXPECT_TRUE(compile({{152, 8}}, 5).steps.empty());
}

TEST(Plan, ReadsUptimesOfIpfixBesideTheStartTheyCountFrom) {
    using enum Transform;
    const Compiled plan = compile({{22, 4}, {21, 4}, {160, 8}, {7, 2}});
    EXPECT_FALSE(plan.direct);
    ASSERT_EQ(plan.steps.size(), 6u);
    EXPECT_EQ(plan.steps[1].transform, init_time) << "before the stamps";
    EXPECT_EQ(plan.steps[1].field, 2);
    EXPECT_EQ(plan.of(Column::time_flow_start).at(0).transform, s_of_init);
    EXPECT_EQ(plan.of(Column::time_flow_end_ms).at(0).transform, ms_of_init);
    const Compiled absolute = compile({{22, 4}, {152, 8}, {160, 8}});
    EXPECT_TRUE(absolute.direct) << "the start is of no use";
    EXPECT_EQ(absolute.steps.size(), 2u);
    EXPECT_EQ(absolute.of(Column::time_flow_start).at(0).transform, s_of_milliseconds);
    EXPECT_EQ(compile({{160, 8}, {7, 2}}).steps.size(), 1u);
    EXPECT_TRUE(compile({{22, 4}, {160, 9}}).steps.empty());
    EXPECT_EQ(compile({{22, 4}, {160, 8}}, 9).steps.size(), 2u) << "NetFlow's header has an uptime";
}

TEST(Plan, ReadsCiscoAsasElementsInNetflow9Only) {
    Schema schema = Schema::all(Profile::goflow2_v1);
    schema.add(Column::post_nat_src_addr);
    schema.add(Column::firewall_event);
    const Settings settings{.schema = schema};
    const std::array<TemplateField, 2> fields{{{40001, 4}, {40005, 1}}};
    std::array<Step, plan_steps_max> steps;
    const Template v9{.version = 9, .record_size = 5, .fields = fields};
    EXPECT_EQ(compile(v9, settings, steps).steps.size(), 2u);
    EXPECT_TRUE(compile(v9, settings, steps).direct);
    const Template v10{.version = 10, .record_size = 5, .fields = fields};
    EXPECT_TRUE(compile(v10, settings, steps).steps.empty());
}

TEST(Plan, ReadsEveryTimeOfIpfix) {
    const auto start = [](std::uint16_t id, Column column) {
        return compile({{id, 8}}).of(column).at(0).transform;
    };
    using enum Transform;
    EXPECT_EQ(start(150, Column::time_flow_start_ms), ms_of_seconds);
    EXPECT_EQ(start(152, Column::time_flow_start), s_of_milliseconds);
    EXPECT_EQ(start(152, Column::time_flow_start_ms), ms_of_milliseconds);
    EXPECT_EQ(start(153, Column::time_flow_end), s_of_milliseconds);
    EXPECT_EQ(start(154, Column::time_flow_start), s_of_ntp);
    EXPECT_EQ(start(155, Column::time_flow_end_ms), ms_of_ntp);
    EXPECT_EQ(start(156, Column::time_flow_start_ms), ms_of_ntp);
    EXPECT_EQ(start(157, Column::time_flow_end), s_of_ntp);
    EXPECT_EQ(start(158, Column::time_flow_start), s_of_delta_us);
    EXPECT_EQ(start(159, Column::time_flow_end_ms), ms_of_delta_us);
}

TEST(Plan, FitsTheLargestTemplates) {
    Fields fields;
    for (std::size_t i = 0; i < 256; ++i) {
        fields.push_back({i % 2 == 0 ? std::uint16_t{8} : std::uint16_t{197}, 4});
    }
    const Compiled addresses = compile(fields);
    EXPECT_EQ(addresses.steps.size(), 256u);
    for (TemplateField& field : fields) field.id = 58;
    EXPECT_EQ(compile(fields).steps.size(), 2u);
}

}  // namespace
}  // namespace flow::produce
