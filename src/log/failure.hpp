// SPDX-License-Identifier: BSD-3-Clause
// Failure: why something cold did not work, in one sentence for a person: the place, the key, the
// value, the limit.
#pragma once

#include <string>
#include <utility>

#include "flow/base/result.hpp"

namespace flowd {

struct [[nodiscard]] Failure {
    std::string sentence;  ///< empty: no failure
};

[[nodiscard]] inline bool failed(const Failure& failure) noexcept {
    return !failure.sentence.empty();
}

template <class T>
using Outcome = flow::Result<T, Failure>;

}  // namespace flowd
