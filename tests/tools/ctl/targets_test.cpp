// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/targets.hpp"

#include <gtest/gtest.h>

namespace flowd::ctl {
namespace {

TEST(CtlTargets, ExportersAreSortedAsTheirKeyAsks) {
    EXPECT_EQ(exporters_target("", false, "", 50), "/api/exporters?sort=flows&order=desc&limit=50");
    EXPECT_EQ(exporters_target("lost", true, "", 1), "/api/exporters?sort=lost&order=asc&limit=1");
    EXPECT_EQ(exporters_target("address", false, "", 1),
              "/api/exporters?sort=address&order=asc&limit=1");
}

TEST(CtlTargets, WhatIsTypedIsEscaped) {
    EXPECT_EQ(exporters_target("flows", false, "a&b=\xC3\xA9 /", 9),
              "/api/exporters?sort=flows&order=desc&limit=9&search=a%26b%3D%C3%A9%20%2F");
}

TEST(CtlTargets, OneExporterMayHaveAPort) {
    EXPECT_EQ(exporter_target({"2001:db8::1", 0}), "/api/exporters/2001:db8::1");
    EXPECT_EQ(exporter_target({"192.0.2.1", 2055}), "/api/exporters/192.0.2.1?port=2055");
}

}  // namespace
}  // namespace flowd::ctl
