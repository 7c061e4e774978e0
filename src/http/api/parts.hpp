// SPDX-License-Identifier: BSD-3-Clause
// Parts of the API's JSON that several resources share, and how requests name things.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/model/address.hpp"
#include "http/json_writer.hpp"
#include "http/request.hpp"
#include "metrics/names.hpp"
#include "metrics/observation.hpp"

namespace flowd::http::api {

/// Exporters decide how many templates there are: no answer has more of them, and none that is
/// larger is ever made.
inline constexpr std::size_t templates_size_max = 32 * 1024 * 1024;

[[nodiscard]] Response json_response(JsonWriter& json);

/// The address behind exporter_name(); nothing when the text is none.
[[nodiscard]] std::optional<flow::Address> parse_exporter(const std::string& text);

/// What a message of a domain with that version says: sFlow's is 5.
[[nodiscard]] unsigned protocol_number(std::uint8_t version) noexcept;

/// A parameter that is a number; `fallback` when it is absent, nothing when it is wrong.
[[nodiscard]] std::optional<std::uint64_t> number_parameter(const Request& request,
                                                            std::string_view name,
                                                            std::uint64_t fallback,
                                                            std::uint64_t max);

/// To the millisecond.
[[nodiscard]] double seconds(std::uint64_t ns) noexcept;

/// Of all that it sent, by its sequence numbers: what did not arrive, 0 to 1. Nothing when they
/// cannot be trusted.
[[nodiscard]] std::optional<double> loss_share(const ExporterView& view) noexcept;
/// Nothing came for silence_limit_seconds().
[[nodiscard]] bool is_silent(const ExporterView& view, std::uint32_t now) noexcept;
/// "silent", else its worst finding's severity ("warning", "error"), or "ok".
[[nodiscard]] std::string_view state_of(const ExporterView& view, std::uint32_t now) noexcept;

// Each writes one value.
// `trusted`: whether an exporter's sequence numbers tell its loss.
void write_totals(JsonWriter& json, const Totals& totals, std::optional<bool> trusted = {});
void write_rates(JsonWriter& json, const Rates& rates);
void write_skew(JsonWriter& json, const ClockSkew& skew);
void write_findings(JsonWriter& json, const std::vector<Finding>& findings);
void write_numbers(JsonWriter& json, const NamedNumbers& numbers);
void write_losses(JsonWriter& json, std::uint64_t too_large, std::uint64_t ring_full,
                  const std::array<std::uint64_t, loss_count>& lost);
void write_sequence(JsonWriter& json, const SequenceTotals& sequence,
                    std::optional<bool> trusted = {});
void write_template(JsonWriter& json, const TemplateView& view);
/// Of its busiest domain; 0: not known.
[[nodiscard]] std::uint64_t sampling_rate(const ExporterView& view) noexcept;
void write_exporter(JsonWriter& json, const ExporterView& view, std::uint32_t now);

}  // namespace flowd::http::api
