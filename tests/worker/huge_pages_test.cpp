// SPDX-License-Identifier: BSD-3-Clause
// What the kernel says of the memory of tables.
#include "worker/huge_pages.hpp"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "flow/base/slots.hpp"
#include "flow/decode/state.hpp"

namespace flowd {
namespace {

/// True when the mapping of the address has asked for huge pages: "hg" in proc(5)'s VmFlags.
bool asks_for_huge_pages(const void* address) {
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream maps{"/proc/self/smaps"};
    bool is_it = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t first = 0;
        std::uintptr_t end = 0;
        if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &first, &end) == 2) {
            is_it = wanted >= first && wanted < end;
        } else if (is_it && line.rfind("VmFlags:", 0) == 0) {
            return (line + ' ').find(" hg ") != std::string::npos;
        }
    }
    ADD_FAILURE() << "no mapping of the address";
    return false;
}

class HugePages : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) {
            GTEST_SKIP() << "a kernel without transparent huge pages";
        }
    }
};

TEST_F(HugePages, AreAskedForByLargeTables) {
    flow::Slots<std::uint64_t> large{8 * huge_pages_from_bytes / sizeof(std::uint64_t)};
    ASSERT_NE(large.size(), 0u);
    EXPECT_FALSE(asks_for_huge_pages(&large[large.size() / 2]));
    prefer_huge_pages(large.memory());
    EXPECT_TRUE(asks_for_huge_pages(&large[large.size() / 2]));
}

TEST_F(HugePages, AreNotForSmallTables) {
    flow::Slots<std::uint64_t> small{huge_pages_from_bytes / 2 / sizeof(std::uint64_t)};
    ASSERT_NE(small.size(), 0u);
    prefer_huge_pages(small.memory());
    EXPECT_FALSE(asks_for_huge_pages(&small[small.size() / 2]));
}

TEST_F(HugePages, AreAskedForByTheTablesOfAPipeline) {
    flow::DecodeStats stats;
    flow::ShardState state{flow::ShardLimits{}, stats};
    std::size_t asked = 0;
    state.visit_tables([&](std::span<std::byte> table) {
        prefer_huge_pages(table);
        if (table.size() >= 2 * huge_pages_from_bytes) {
            EXPECT_TRUE(asks_for_huge_pages(&table[table.size() / 2])) << table.size();
            ++asked;
        }
    });
    EXPECT_GE(asked, 3u) << "domains, traits and templates";
}

}  // namespace
}  // namespace flowd
