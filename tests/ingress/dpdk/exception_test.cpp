// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/exception.hpp"

#include <gtest/gtest.h>

namespace flowd::dpdk {
namespace {

// What it does with frames needs a kernel at both ends: tests/e2e/answering_port_test.py.

TEST(ExceptionTap, NamesThatNoInterfaceHasAreRefused) {
    for (const char* const name : {"", "sixteen-characte", "a/b", "a b", "a:b", "tap0,mac=fixed"}) {
        const auto tap = ExceptionTap::open({.label = "wan", .interface = name});
        ASSERT_FALSE(tap) << name;
        EXPECT_EQ(tap.error().sentence,
                  "dpdk: port wan: \"" + std::string{name} +
                      "\" is no name of an interface: 1 to 15 characters without / : , or space");
    }
}

}  // namespace
}  // namespace flowd::dpdk
