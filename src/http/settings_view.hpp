// SPDX-License-Identifier: BSD-3-Clause
// The configuration as /api/config shows it, out of its rows. Main thread, at start and after a
// reload.
#pragma once

#include <vector>

#include "config/schema.hpp"
#include "http/source.hpp"

namespace flowd::http {

/// In the order of the rows; goflow2's flags without effect, other names of a key and commands such
/// as -check are left out. What a file has several times is named with its place:
/// `transport[1].kind`. Secrets are "***", or "" when there is none.
[[nodiscard]] std::vector<SettingView> settings_of(const config::Schema& schema);

}  // namespace flowd::http
