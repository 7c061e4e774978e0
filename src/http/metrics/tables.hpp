// SPDX-License-Identifier: BSD-3-Clause
// All tables of rows, one per area. A new metric is a new row in one of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/metrics/budget.hpp"
#include "http/metrics/metric.hpp"
#include "http/metrics/process.hpp"
#include "metrics/names.hpp"
#include "metrics/observation.hpp"

namespace flowd::metrics {

[[nodiscard]] std::span<const Row<Observation>> box_rows() noexcept;
[[nodiscard]] std::span<const Row<ExporterView>> exporter_rows() noexcept;
[[nodiscard]] std::span<const Row<ShownDomain>> domain_rows() noexcept;
[[nodiscard]] std::span<const Row<RxView>> rx_rows() noexcept;
[[nodiscard]] std::span<const Row<TransportView>> transport_rows() noexcept;
/// librdkafka's statistics: those that are known by name, and the rest.
[[nodiscard]] std::span<const Row<TransportView>> kafka_rows() noexcept;
[[nodiscard]] std::span<const Row<RingView>> ring_rows() noexcept;
[[nodiscard]] std::span<const Row<PortView>> port_rows() noexcept;
[[nodiscard]] std::span<const Row<MempoolView>> mempool_rows() noexcept;
[[nodiscard]] std::span<const Row<ProcessView>> process_rows() noexcept;

/// 1 for each code and severity: labels do not tell two transports with the same trouble apart.
void add_findings(std::span<const Finding> findings, Samples& out);

/// "NetFlow v9", "IPFIX", "sFlow v5" …; "other" for none.
[[nodiscard]] std::string_view protocol_label(std::uint8_t version) noexcept;
/// The number of that name; null when there is none.
[[nodiscard]] const double* find_number(const NamedNumbers& numbers,
                                        std::string_view name) noexcept;

}  // namespace flowd::metrics
