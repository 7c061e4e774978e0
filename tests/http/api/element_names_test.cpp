// SPDX-License-Identifier: BSD-3-Clause
// Names, and NetFlow v9's scopes.
#include "http/api/element_names.hpp"

#include <gtest/gtest.h>

namespace flowd::http::api {
namespace {

TEST(ElementName, OfAScopeIsAnotherInNetFlow9) {
    EXPECT_EQ(element_name({.id = 1}, 9, true), "system");
    EXPECT_EQ(element_name({.id = 1}, 9, false), "octetDeltaCount");
    EXPECT_EQ(element_name({.id = 149}, 10, true), "observationDomainId");
    EXPECT_EQ(element_name({.id = 40'000}, 10, false), "");
    EXPECT_EQ(element_name({.id = 1, .enterprise = 9}, 10, false), "");
}

}  // namespace
}  // namespace flowd::http::api
