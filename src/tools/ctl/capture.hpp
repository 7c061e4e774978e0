// SPDX-License-Identifier: BSD-3-Clause
// `flowctl capture`: an exporter's datagrams into a file, and what flowd keeps. Main thread.
#pragma once

#include "tools/ctl/session.hpp"

namespace flowd::ctl {

[[nodiscard]] Status run_capture(Session& session);

}  // namespace flowd::ctl
