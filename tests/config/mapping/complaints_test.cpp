// SPDX-License-Identifier: BSD-3-Clause
// What is a warning, what a failure, and in which order they are told.
#include "config/mapping/complaints.hpp"

#include <gtest/gtest.h>

namespace flowd::mapping {
namespace {

using Sentences = std::vector<std::string>;

TEST(Complaints, WhatYamlPassesOverTomlRefuses) {
    Complaints yaml{"m", Form::yaml};
    yaml.pass_over(3, "no use");
    EXPECT_EQ(yaml.failure().sentence, "");
    EXPECT_EQ(yaml.warnings(), Sentences{"m:3: no use; the entry is left out"});
    Complaints toml{"m", Form::toml};
    toml.pass_over(3, "no use");
    EXPECT_EQ(toml.failure().sentence, "m:3: no use");
}

TEST(Complaints, AreToldFromTheTop) {
    Complaints both{"m", Form::yaml};
    both.warn(9, "late");
    both.warn(2, "early");
    both.refuse(7, "worse");
    both.refuse(4, "bad");
    EXPECT_EQ(both.failure().sentence, "m:4: bad");
    EXPECT_EQ(both.warnings(), (Sentences{"m:2: early", "m:9: late"}));
}

TEST(Complaints, SomeAreSaidOnce) {
    Complaints complaints{"m", Form::yaml};
    complaints.warn_once(1, "same");
    complaints.warn_once(2, "same");
    EXPECT_EQ(complaints.warnings(), Sentences{"m:1: same"});
}

}  // namespace
}  // namespace flowd::mapping
