// SPDX-License-Identifier: BSD-3-Clause
// What is not there.
#include "state/json.hpp"

namespace flowd::state {

const Json& member(const Json& object, const char* name) {
    static const Json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(name);
    return found == object.end() ? nothing : *found;
}

}  // namespace flowd::state
