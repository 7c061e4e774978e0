// SPDX-License-Identifier: BSD-3-Clause
// What several pages show in the same way: amounts, rates, findings, the two accounts of a ledger,
// charts of one line. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/json.hpp"
#include "tools/ctl/page.hpp"
#include "tools/ctl/table.hpp"

namespace flowd::ctl {

[[nodiscard]] std::string amount(std::uint64_t value, const Look& look);
[[nodiscard]] std::string rate(double per_second, const Look& look);
/// Of bytes per second: 12.3Mb, or with `look.bytes` 1.54MB.
[[nodiscard]] std::string bandwidth(double bytes_per_second, const Look& look);
/// Of bytes: 12.3MB.
[[nodiscard]] std::string size(std::uint64_t bytes, const Look& look);

/// Faint where there is nothing, in `style` where there is.
[[nodiscard]] Style unless_zero(double value, Style style);
[[nodiscard]] Style style_of_state(std::string_view state);
[[nodiscard]] Style style_of_severity(std::string_view severity);
[[nodiscard]] Style style_of_load(double share);

/// One character a value, the largest as high as it gets; at most the last `width` values.
[[nodiscard]] std::string sparkline(const Json& values, std::size_t width, const Look& look);
/// [||||||      42%].
[[nodiscard]] std::string meter(double share, std::size_t width);

/// Each finding as a sentence, and what to do about it.
[[nodiscard]] Page findings_part(const Json& findings, const Look& look);
/// Where the datagrams and the flows of a Totals object are, with sums; side by side if they fit.
[[nodiscard]] Page ledger_part(const Json& totals, const Look& look);
/// Do the sums add up? What flowd itself says of them counts as well.
[[nodiscard]] bool balanced(const Json& totals);
/// "12 lost, 3 late, …" of a sequence object; what is zero is left out.
[[nodiscard]] std::string sequence_text(const Json& sequence, const Look& look);
/// Is NetFlow v9 or IPFIX among the protocols (or the one)? Templates are theirs; and their headers
/// tell whole seconds, those of NetFlow v5 nanoseconds.
[[nodiscard]] bool has_templates(const Json& protocols);
/// How far a clock is off: "+2 s", "-250 ms"; of whole seconds "< 1 s" where it is less.
[[nodiscard]] std::string clock_text(double seconds, const Json& protocols);
/// "+2 s (between -1 s and +3 s)", "not known".
[[nodiscard]] std::string skew_text(const Json& skew, const Json& protocols);
/// "IPFIX, sFlow v5".
[[nodiscard]] std::string protocols_text(const Json& protocols);
/// "3 s ago".
[[nodiscard]] std::string ago(double then, double now);
/// 192.0.2.1, 192.0.2.1:2055, [2001:db8::1]:2055.
[[nodiscard]] std::string address_text(const Json& exporter, const char* key);

}  // namespace flowd::ctl
