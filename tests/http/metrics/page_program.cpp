// SPDX-License-Identifier: BSD-3-Clause
// Writes the metrics page of a made-up observation to standard output, for promtool.
// Arguments: how many exporters, the budget, and "goflow2" for its names too.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "http/metrics/made_up.hpp"
#include "http/metrics/page.hpp"

int main(int count, char** arguments) {
    const auto number = [&](int index, std::size_t otherwise) {
        return index < count ? std::strtoul(arguments[index], nullptr, 10) : otherwise;
    };
    const bool goflow2 = count > 3 && std::string{arguments[3]} == "goflow2";
    const flowd::Observation seen = flowd::test::made_up(static_cast<std::uint32_t>(number(1, 10)));
    const std::string page =
        flowd::metrics_page(seen, {.exporters_max = number(2, 1000), .goflow2 = goflow2});
    return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
