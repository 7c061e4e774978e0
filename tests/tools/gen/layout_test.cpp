// SPDX-License-Identifier: BSD-3-Clause
// Templates and records agree, and neighbouring generations do not.
#include "tools/gen/layout.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tools/gen/identity.hpp"

namespace flowd::gen {
namespace {

std::uint64_t number(std::span<const std::uint8_t> bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8 | byte;
    return value;
}

constexpr std::uint32_t generations = 200;

TEST(GenLayout, RecordsReadByTheirTemplateSayWhoTheyAre) {
    const Identity flow{.exporter = 70000, .domain = 513, .serial = 0xfedcba98};
    for (std::uint32_t generation = 0; generation < generations; ++generation) {
        const Layout layout{generation};
        Payload announced;
        Payload record;
        layout.write_template(announced);
        layout.write_record(flow, record);
        ASSERT_EQ(record.size(), layout.record_size());
        ASSERT_LE(layout.record_size(), Layout::record_size_max);
        const auto bytes = announced.bytes();
        ASSERT_EQ(number(bytes.first(2)), Layout::template_id);
        const std::uint64_t count = number(bytes.subspan(2, 2));
        ASSERT_EQ(bytes.size(), 4 + 4 * count);
        std::map<std::uint64_t, std::uint64_t> values;
        std::size_t at = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t size = number(bytes.subspan(6 + 4 * i, 2));
            ASSERT_LE(at + size, record.size());
            values[number(bytes.subspan(4 + 4 * i, 2))] = number(record.bytes().subspan(at, size));
            at += size;
        }
        EXPECT_EQ(at, record.size());
        EXPECT_EQ(values.size(), count) << "a field comes twice";
        EXPECT_EQ(values[8], 0x0a000000U + 70000);
        EXPECT_EQ(values[12], 0xac100000U + 513);
        EXPECT_EQ(values[1], 0xfedcba98U);
        EXPECT_EQ(values[2], 513U);
        EXPECT_EQ(values[7] << 16 | values[11], flow.ports());
    }
}

TEST(GenLayout, NeighboursDifferInOrderAndNumberOfFields) {
    for (std::uint32_t generation = 0; generation < generations; ++generation) {
        const Layout one{generation};
        const Layout next{generation + 1};
        const bool same_count = one.fields().size() == next.fields().size();
        const bool same_first = one.fields()[0].element == next.fields()[0].element &&
                                one.fields()[0].size == next.fields()[0].size;
        EXPECT_FALSE(same_count && same_first) << generation;
        // Read by the other's template, a record's serial is not where it should be.
        const Identity flow{.exporter = 9, .domain = 5, .serial = 0x01020304};
        Payload record;
        Payload other;
        one.write_record(flow, record);
        next.write_record(flow, other);
        EXPECT_FALSE(std::equal(record.bytes().begin(), record.bytes().end(), other.bytes().begin(),
                                other.bytes().end()));
    }
}

TEST(GenIdentity, HashesOfNeighboursDiffer) {
    std::set<std::uint32_t> seen;
    for (std::uint32_t exporter = 1; exporter <= 10; ++exporter) {
        for (std::uint32_t domain = 1; domain <= 10; ++domain) {
            for (std::uint32_t serial = 1; serial <= 100; ++serial) {
                seen.insert(Identity{exporter, domain, serial}.ports());
            }
        }
    }
    EXPECT_GE(seen.size(), 9990U);
}

}  // namespace
}  // namespace flowd::gen
