// SPDX-License-Identifier: BSD-3-Clause
// Nothing here throws: kinds are asked before they are used.
#include "tools/ctl/json.hpp"

#include <cmath>

#include "tools/ctl/text.hpp"

namespace flowd::ctl {

const Json& at(const Json& json, Path path) {
    static const Json nothing;
    const Json* here = &json;
    for (const char* key : path) {
        if (!here->is_object()) return nothing;
        const auto found = here->find(key);
        if (found == here->end()) return nothing;
        here = &*found;
    }
    return *here;
}

bool has(const Json& json, Path path) { return !at(json, path).is_null(); }

const Json& list(const Json& json, Path path) {
    static const Json none = Json::array();
    const Json& found = at(json, path);
    return found.is_array() ? found : none;
}

double number(const Json& json, Path path) {
    const Json& found = at(json, path);
    return found.is_number() ? found.get<double>() : 0;
}

std::uint64_t count_of(const Json& found) {
    if (found.is_number_unsigned()) return found.get<std::uint64_t>();
    if (found.is_number_integer()) {
        const auto value = found.get<std::int64_t>();
        return value > 0 ? static_cast<std::uint64_t>(value) : 0;  // a negative count is none
    }
    const double value = found.is_number_float() ? found.get<double>() : 0;
    return value >= 0 && value < 1.8e19 ? static_cast<std::uint64_t>(value) : 0;
}

std::uint64_t count(const Json& json, Path path) { return count_of(at(json, path)); }

std::int64_t integer(const Json& json, Path path) {
    const Json& found = at(json, path);
    if (found.is_number_unsigned()) {
        const auto value = found.get<std::uint64_t>();
        return value > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(value);
    }
    if (found.is_number_integer()) return found.get<std::int64_t>();
    const double value = found.is_number_float() ? found.get<double>() : 0;
    return std::fabs(value) < 9e18 ? static_cast<std::int64_t>(value) : 0;
}

bool truth(const Json& json, Path path) {
    const Json& found = at(json, path);
    return found.is_boolean() && found.get<bool>();
}

std::string text_of(const Json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return safe(value.get_ref<const std::string&>());
    return safe(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string text(const Json& json, Path path) { return text_of(at(json, path)); }

}  // namespace flowd::ctl
