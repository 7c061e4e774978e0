// SPDX-License-Identifier: BSD-3-Clause
// What `top` shows of its model, as lines: a screen of them, or for scripts as many as there are.
// Main thread.
#pragma once

#include <cstddef>

#include "tools/ctl/page.hpp"
#include "tools/ctl/top_model.hpp"

namespace flowd::ctl {

/// Exactly `height` lines of at most `look.width` columns. Tells the model how much fits.
[[nodiscard]] Page top_screen(TopModel& model, const Look& look, std::size_t height);
/// The head and all rows.
[[nodiscard]] Page top_batch(const TopModel& model, const Look& look);

}  // namespace flowd::ctl
