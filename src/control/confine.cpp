// SPDX-License-Identifier: BSD-3-Clause
// The two kinds of workers; what cannot be given up is logged.
#include "control/confine.hpp"

#include "control/privileges.hpp"
#include "control/seccomp.hpp"
#include "log/log.hpp"

namespace flowd {

namespace {

void warn_if(const Failure& failure) {
    if (failed(failure)) log::warn(failure.sentence);
}

}  // namespace

void confine_rx_thread(std::string_view seccomp) {
    warn_if(keep_only({}));
    if (seccomp == "off") return;
    warn_if(install_rx_filter(seccomp == "kill" ? Violation::kill : Violation::refuse));
}

void confine_tx_thread() { warn_if(keep_only(needed_for({.opens_files = true}))); }

}  // namespace flowd
