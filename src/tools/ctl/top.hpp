// SPDX-License-Identifier: BSD-3-Clause
// `flowctl top`: exporters live. Main thread; a thread of its own asks.
#pragma once

#include "tools/ctl/session.hpp"

namespace flowd::ctl {

[[nodiscard]] Status run_top(Session& session);

}  // namespace flowd::ctl
