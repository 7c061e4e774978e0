// SPDX-License-Identifier: BSD-3-Clause
// Transports: where their flows are.
#include "http/metrics/tables.hpp"
#include "metrics/loss.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;

template <auto Number>
void of_transport(const TransportView& transport, Samples& out) {
    out.add(transport.*Number);
}

void state(const TransportView& transport, Samples& out) {
    for (const char* each : {"up", "slow", "spooling", "dropping", "closed"}) {
        out.add({{"state", each}}, transport.state == each);
    }
}

void dropped(const TransportView& transport, Samples& out) {
    out.add({{"reason", "too_large"}}, transport.too_large);
    out.add({{"reason", "ring_full"}}, transport.ring_full);
    for (std::size_t i = 0; i < loss_count; ++i) {
        out.add({{"reason", loss_name(static_cast<Loss>(i))}}, transport.lost[i]);
    }
}

constexpr Row<TransportView> rows[]{
    {{"flowd_transport_info", Gauge, "", "transport, kind", "The kind of a transport; always 1."},
     [](const TransportView& transport, Samples& out) {
         out.add({{"kind", transport.kind}}, 1);
     }},
    {{"flowd_transport_state", Gauge, "", "transport, state",
      "1 for the state that a transport is in, 0 for the others; the worst of its workers."},
     state},
    {{"flowd_flows_offered_total", Counter, "flows", "transport",
      "Flows meant for a transport; with spool_restored = delivered + dropped + in ring + in "
      "flight "
      "+ spooled."},
     of_transport<&TransportView::offered>},
    {{"flowd_flows_delivered_total", Counter, "flows", "transport",
      "Flows that a transport's destination has acknowledged."},
     of_transport<&TransportView::delivered>},
    {{"flowd_flows_dropped_total", Counter, "flows", "transport, reason",
      "Flows that were lost behind the decoder."},
     dropped},
    {{"flowd_flows_in_ring", Gauge, "flows", "transport",
      "Flows on their way from RX workers to a transport now."},
     of_transport<&TransportView::in_ring>},
    {{"flowd_flows_in_flight", Gauge, "flows", "transport",
      "Flows that a transport has taken and nobody has acknowledged yet."},
     of_transport<&TransportView::in_flight>},
    {{"flowd_flows_spooled", Gauge, "flows", "transport", "Flows that wait on disk now."},
     of_transport<&TransportView::spooled>},
    {{"flowd_spool_restored_flows_total", Counter, "flows", "transport",
      "Flows that an earlier run left on disk."},
     of_transport<&TransportView::restored>},
    {{"flowd_spool_damaged_total", Counter, "", "transport",
      "Places in the spool's files that could not be read back."},
     of_transport<&TransportView::spool_damaged>},
    {{"flowd_transport_bytes_total", Counter, "bytes", "transport",
      "Bytes of the messages that were delivered."},
     of_transport<&TransportView::bytes>},
};

}  // namespace

std::span<const Row<TransportView>> transport_rows() noexcept { return rows; }

}  // namespace flowd::metrics
