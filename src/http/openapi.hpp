// SPDX-License-Identifier: BSD-3-Clause
// openapi.yaml, which describes the API, as bytes in the program.
#pragma once

#include "flow/base/bytes.hpp"

namespace flowd::http {

[[nodiscard]] flow::Bytes openapi() noexcept;

}  // namespace flowd::http
