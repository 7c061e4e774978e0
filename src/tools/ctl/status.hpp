// SPDX-License-Identifier: BSD-3-Clause
// Exit statuses, which scripts rely on: --help and the manual page list them.
#pragma once

namespace flowd::ctl {

enum class Status : int {
    fine = 0,
    wrong = 1,      ///< flowd says that something is
    usage = 2,      ///< the command line is
    no_answer = 3,  ///< nobody there
    refused = 4,    ///< HTTP 403
    unknown = 5,    ///< there is no such exporter or setting; HTTP 404
};

}  // namespace flowd::ctl
