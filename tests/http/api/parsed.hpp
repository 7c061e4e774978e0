// SPDX-License-Identifier: BSD-3-Clause
// An answer of the API, read by a JSON parser.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http/request.hpp"

namespace flowd::http::api {

using Json = nlohmann::json;

inline Json parsed(const Response& response, int wanted = 200) {
    EXPECT_EQ(response.status, wanted) << response.body;
    EXPECT_EQ(response.type, "application/json");
    return Json::parse(response.body);
}

}  // namespace flowd::http::api
