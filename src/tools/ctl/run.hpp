// SPDX-License-Identifier: BSD-3-Clause
// Runs the command that the options name. Main thread.
#pragma once

#include "tools/ctl/session.hpp"

namespace flowd::ctl {

[[nodiscard]] Status run(Session& session);

}  // namespace flowd::ctl
