// SPDX-License-Identifier: BSD-3-Clause
// Keys: what goflow2 v1.3.7 (texts) and v2.2.6 (hashes) made of the same values when they were run,
// and a slow judge on flows with anything in any column.
#include "flow/format/key/encoder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "../render/random_flow.hpp"
#include "slow_key.hpp"

namespace flow::key {
namespace {

using Columns = std::vector<Column>;

constexpr Schema v1 = Schema::all(Profile::goflow2_v1);
constexpr Schema v2 = Schema::all(Profile::goflow2_v2);

Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string key_of(const Schema& schema, const Columns& columns, const Flow& flow) {
    return test::line_within_bound(Encoder{schema, columns}, flow);
}

/// A hash as hexadecimal digits, as in the notes of the runs.
std::string hash_of(const Schema& schema, const Columns& columns, const Flow& flow) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char byte : key_of(schema, columns, flow)) {
        text += digits[static_cast<std::uint8_t>(byte) >> 4];
        text += digits[static_cast<std::uint8_t>(byte) & 15];
    }
    return text;
}

/// The flow that was given to v1.3.7.
class V1Flow {
public:
    V1Flow() {
        using enum Column;
        flow_.set(type, std::uint64_t{3});
        flow_.set(time_received, std::uint64_t{1700000000});
        flow_.set(sampler_address, Bytes{exporter_});
        flow_.set(src_port, std::uint64_t{443});
        flow_.set(as_path, std::span<const std::uint32_t>{path_});
        flow_.set(has_mpls, std::uint64_t{1});
        flow_.set(src_mac, std::uint64_t{0x02'0000'0000'01});
        flow_.set(Column::bytes, ~std::uint64_t{0});
        flow_.set(custom_bytes_1, bytes_of({"a-\0", 3}));
    }
    V1Flow(const V1Flow&) = delete;
    V1Flow& operator=(const V1Flow&) = delete;

    [[nodiscard]] Flow& flow() { return flow_; }

private:
    Flow flow_;
    std::array<std::uint8_t, 4> exporter_{10, 124, 0, 7};
    std::array<std::uint32_t, 3> path_{64500, 0, 4294967295};
};

TEST(KeyOfV1, IsTheTextsWithADashBehindEach) {
    V1Flow sample;
    const Flow& flow = sample.flow();
    using enum Column;
    EXPECT_EQ(key_of(v1, {sampler_address}, flow), "[10 124 0 7]-");
    EXPECT_EQ(key_of(v1, {type, src_port}, flow), "NETFLOW_V9-443-");
    EXPECT_EQ(key_of(v1, {src_addr}, flow), "[]-");
    EXPECT_EQ(key_of(v1, {as_path, bgp_communities}, flow), "[64500 0 4294967295]-[]-");
    EXPECT_EQ(key_of(v1, {has_mpls}, flow), "true-");
    EXPECT_EQ(key_of(v1, {src_mac, Column::bytes}, flow), "2199023255553-18446744073709551615-");
    EXPECT_EQ(key_of(v1, {custom_bytes_1}, flow), "[97 45 0]-");
    EXPECT_EQ(key_of(v1, {src_port, src_port}, flow), "443-443-");
    EXPECT_EQ(key_of(v1, {time_received, sequence_num, sampler_address}, flow),
              "1700000000-0-[10 124 0 7]-");
}

TEST(KeyOfV1, ATypeWithoutANameIsItsNumber) {
    V1Flow sample;
    sample.flow().set(Column::type, std::uint64_t{7});
    EXPECT_EQ(key_of(v1, {Column::type}, sample.flow()), "7-");
    sample.flow().set(Column::type, std::uint64_t{0});
    EXPECT_EQ(key_of(v1, {Column::type}, sample.flow()), "FLOWUNKNOWN-");
}

TEST(KeyOfV1, WithoutColumnsIsEmptyButThere) {
    EXPECT_TRUE((Encoder{v1, {}}.has_key()));
    EXPECT_EQ(key_of(v1, {}, Flow{}), "");
}

/// The flow that v2.2.6 made of a record that was given to it, columns of its own included.
class V2Flow {
public:
    V2Flow() {
        const auto declare = [this](std::string_view name, CustomColumn::Type type, bool array) {
            EXPECT_TRUE(schema_.add_custom(
                {.name = name, .number = 999 + count_++, .type = type, .array = array}));
        };
        using enum CustomColumn::Type;
        declare("csum", varint, false);
        declare("vrf", CustomColumn::Type::bytes, true);
        declare("nums", varint, true);
        declare("name", string, false);
        declare("gone", varint, false);
        declare("goneall", CustomColumn::Type::bytes, true);
        const auto number = [this](std::size_t index, std::uint64_t value) {
            flow_.append({custom_column(index), value, {}});
        };
        const auto text = [this](std::size_t index, std::string_view value) {
            flow_.append({custom_column(index), 0, bytes_of(value)});
        };
        number(0, 258);
        text(1, "abc");
        text(1, {"\0\xff", 2});
        number(2, 5);
        number(2, 7);
        text(3, "first");
        text(3, "xy");
        flow_.set(Column::type, std::uint64_t{4});
        flow_.set(Column::sampler_address, Bytes{exporter_});
        flow_.set(Column::src_port, std::uint64_t{443});
        flow_.set(Column::proto, std::uint64_t{6});
        flow_.set(Column::etype, std::uint64_t{0x0800});
        flow_.set(Column::src_mac, std::uint64_t{0x02'0000'0000'01});
        flow_.set(Column::time_received_ns, std::uint64_t{1700000000'000000005});
        flow_.set(Column::sequence_num, std::uint64_t{25661});
    }
    V2Flow(const V2Flow&) = delete;
    V2Flow& operator=(const V2Flow&) = delete;

    [[nodiscard]] std::string hash(const Columns& columns) const {
        return hash_of(schema_, columns, flow_);
    }
    [[nodiscard]] const Schema& schema() const { return schema_; }
    [[nodiscard]] const Flow& flow() const { return flow_; }

private:
    Schema schema_ = Schema::all(Profile::goflow2_v2);
    std::uint32_t count_ = 0;
    Flow flow_;
    std::array<std::uint8_t, 4> exporter_{10, 0, 0, 1};
};

TEST(KeyOfV2, IsTheHashOfTheTexts) {
    const V2Flow sample;
    using enum Column;
    EXPECT_EQ(sample.hash({sampler_address}), "22629077");
    EXPECT_EQ(sample.hash({sampler_address, src_port}), "36eaffb6");
    EXPECT_EQ(sample.hash({src_port, src_port}), "d5d8521f");
    EXPECT_EQ(sample.hash({type}), "e5e02383");
    EXPECT_EQ(sample.hash({src_mac}), "b883b808");
    EXPECT_EQ(sample.hash({next_hop}), "3676d251") << "[]";
    EXPECT_EQ(sample.hash({as_path}), "3676d251");
    EXPECT_EQ(sample.hash({mpls_ip}), "3676d251");
    EXPECT_EQ(sample.hash({time_received_ns, sequence_num, Column::bytes}), "154aaf16");
}

TEST(KeyOfV2, NumbersAreNumbersHoweverLinesPrintThem) {
    const V2Flow sample;
    EXPECT_EQ(sample.hash({Column::proto}), "050c5d29") << "6, not TCP";
    EXPECT_EQ(sample.hash({Column::etype}), "085b4a7b") << "2048, not IPv4";
    EXPECT_EQ(sample.hash({Column::src_net}), "050c5d2f") << "0, not a prefix";
}

TEST(KeyOfV2, ListsAreBetweenBrackets) {
    const std::array<std::uint32_t, 6> layers{0, 1, 6, 10, 99, 50};
    const std::array<std::uint32_t, 3> path{64500, 0, 4294967295};
    const std::array<std::uint8_t, 4> label{10, 0, 0, 1};
    const std::array<std::uint8_t, 1> odd{1};
    const std::array<Bytes, 3> labels{Bytes{label}, Bytes{}, Bytes{odd}};
    Flow flow;
    flow.set(Column::layer_stack, std::span<const std::uint32_t>{layers});
    flow.set(Column::as_path, std::span<const std::uint32_t>{path});
    flow.set(Column::mpls_ip, std::span<const Bytes>{labels});
    EXPECT_EQ(hash_of(v2, {Column::layer_stack}, flow), "d4678614")
        << "[Ethernet IPv4 Dot1Q IPv6HeaderRouting Custom 50]";
    EXPECT_EQ(hash_of(v2, {Column::as_path}, flow), "d07f19b5") << "[64500 0 4294967295]";
    EXPECT_EQ(hash_of(v2, {Column::mpls_ip}, flow), "7a4febc8") << "[[10 0 0 1] [] [1]]";
}

TEST(KeyOfV2, CustomColumnsCountWithTheirLastValueOrAll) {
    const V2Flow sample;
    EXPECT_EQ(sample.hash({custom_column(0)}), "69d3bafe") << "258";
    EXPECT_EQ(sample.hash({custom_column(1)}), "7e256290") << "[[97 98 99] [0 255]]";
    EXPECT_EQ(sample.hash({custom_column(2)}), "2bb4785f") << "[5 7]";
    EXPECT_EQ(sample.hash({custom_column(3)}), "f37c1e5e") << "[120 121]";
    EXPECT_EQ(sample.hash({Column::sampler_address, custom_column(0), custom_column(1),
                           custom_column(2), custom_column(3), custom_column(4)}),
              "4e7ab0bc");
}

TEST(KeyOfV2, OfMissingCustomColumnsIsTheHashOfNothing) {
    const V2Flow sample;
    EXPECT_EQ(sample.hash({custom_column(4)}), "811c9dc5");
    EXPECT_EQ(sample.hash({custom_column(4), custom_column(5)}), "811c9dc5");
    Schema schema = v1;
    ASSERT_TRUE(schema.add_custom({.name = "gone", .number = 1003}));
    EXPECT_EQ(key_of(schema, {custom_column(0), Column::src_port}, Flow{}), "0-")
        << "nor has it a dash in v1's form";
}

TEST(KeyOfV2, WithoutColumnsIsNone) {
    const Encoder encoder{v2, {}};
    EXPECT_FALSE(encoder.has_key());
    EXPECT_EQ(encoder.size_max(Flow{}), 0U);
    EXPECT_EQ(key_of(v2, {}, Flow{}), "");
    EXPECT_TRUE((Encoder{v2, Columns{Column::type}}.has_key()));
}

TEST(KeyOfV2, TakesFourBytesAndTouchesNoMore) {
    const V2Flow sample;
    const Encoder encoder{sample.schema(), Columns{Column::sampler_address}};
    EXPECT_EQ(encoder.size_max(sample.flow()), Encoder::hash_size);
    std::array<std::uint8_t, 6> room{1, 2, 3, 4, 5, 6};
    EXPECT_EQ(encoder.write(sample.flow(), room.data() + 1), room.data() + 5);
    EXPECT_EQ(room, (std::array<std::uint8_t, 6>{1, 0x22, 0x62, 0x90, 0x77, 6}));
}

/// A few columns of the table, at random, and of the customs that the schema declares.
Columns any_columns(const Schema& schema, std::mt19937_64& random) {
    Columns columns(random() % 6);
    for (Column& column : columns) {
        const std::size_t index = random() % (column_count + 2 * schema.customs().size());
        column = index < column_count
                     ? static_cast<Column>(index)
                     : custom_column((index - column_count) % schema.customs().size());
    }
    return columns;
}

void fill_customs(Flow& flow, const Schema& schema, std::mt19937_64& random) {
    static constexpr std::string_view texts = "all the bytes that custom columns borrow";
    for (std::size_t i = random() % 20; i > 0; --i) {
        const std::size_t index = random() % schema.customs().size();
        const bool number = schema.customs()[index].type == CustomColumn::Type::varint;
        const std::uint64_t value = random() >> random() % 64;
        flow.append({custom_column(index), number ? value : 0,
                     number ? Bytes{} : bytes_of(texts.substr(0, random() % texts.size()))});
    }
}

TEST(Keys, OfAnyFlowAreThoseOfTheSlowJudge) {
    std::mt19937_64 random{20'240'613};
    for (int i = 0; i < 4'000; ++i) {
        Schema schema = Schema::all(i % 2 == 0 ? Profile::goflow2_v1 : Profile::goflow2_v2);
        for (std::uint32_t n = 0; n < 4; ++n) {
            ASSERT_TRUE(schema.add_custom(
                {.name = "custom",
                 .number = 2000 + n,
                 .type = n % 2 == 0 ? CustomColumn::Type::varint : CustomColumn::Type::bytes,
                 .array = n >= 2}));
        }
        const test::RandomFlow sample{random};
        Flow flow = sample.flow();
        fill_customs(flow, schema, random);
        const Columns columns = any_columns(schema, random);
        ASSERT_EQ(key_of(schema, columns, flow), test::slow_key(flow, schema, columns));
        if (HasFailure()) return;
    }
}

TEST(Keys, OfTheWidestFlowStayWithinTheirBound) {
    const test::WidestFlow widest;
    for (std::size_t i = 0; i < column_count; ++i) {
        const Columns columns{static_cast<Column>(i)};
        for (const Schema& schema : {v1, v2}) {
            ASSERT_EQ(key_of(schema, columns, widest.flow()),
                      test::slow_key(widest.flow(), schema, columns));
        }
    }
}

}  // namespace
}  // namespace flow::key
