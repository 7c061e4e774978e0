// SPDX-License-Identifier: BSD-3-Clause
// `--records=1` and the like: the shape of the traffic on a command line.
#pragma once

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "perf/support/traffic.hpp"

namespace flow::perf {

inline constexpr const char* traffic_usage =
    "--datagrams=N --exporters=N --records=N (of a datagram) --templates=N (of an exporter)\n"
    "--layouts=N (different orders of fields in all) --mixed=PERCENT (datagrams with other sets)";

/// The number behind `flag` in `--flag=N`; nothing when the argument is another one.
inline std::optional<std::size_t> number_behind(std::string_view argument, std::string_view flag) {
    if (!argument.starts_with(flag)) return std::nullopt;
    argument.remove_prefix(flag.size());
    std::size_t number = 0;
    const auto [end, error] =
        std::from_chars(argument.data(), argument.data() + argument.size(), number);
    if (error != std::errc{} || end != argument.data() + argument.size() || number == 0) {
        std::fprintf(stderr, "%s wants a number above 0\n", std::string{flag}.c_str());
        std::exit(2);
    }
    return number;
}

/// False: the argument is none of these.
inline bool take_traffic_argument(std::string_view argument, TrafficOptions& options) {
    for (const auto& [flag, target] : {
             std::pair{"--datagrams=", &options.datagram_count},
             std::pair{"--exporters=", &options.exporter_count},
             std::pair{"--records=", &options.records},
             std::pair{"--templates=", &options.templates},
             std::pair{"--layouts=", &options.layouts},
             std::pair{"--mixed=", &options.mixed_percent},
         }) {
        if (const auto number = number_behind(argument, flag)) {
            *target = *number;
            return true;
        }
    }
    return false;
}

}  // namespace flow::perf
