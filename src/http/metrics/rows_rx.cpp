// SPDX-License-Identifier: BSD-3-Clause
// RX workers, the rings behind them, and buffers.
#include "http/metrics/tables.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;

template <auto Number>
void of_rx(const RxView& rx, Samples& out) {
    out.add(rx.*Number);
}

constexpr Row<RxView> rows[]{
    {{"flowd_rx_busy_ratio", Gauge, "ratio", "worker",
      "The share of its time in which an RX worker had work, in the last second."},
     of_rx<&RxView::busy>},
    {{"flowd_rx_cpu", Gauge, "", "worker", "The CPU that an RX worker is pinned to; absent: any."},
     [](const RxView& rx, Samples& out) {
         if (rx.cpu >= 0) out.add(rx.cpu);
     }},
    {{"flowd_rx_datagrams_total", Counter, "datagrams", "worker", "Datagrams of an RX worker."},
     of_rx<&RxView::datagrams>},
    {{"flowd_rx_flows_total", Counter, "flows", "worker", "Flows of an RX worker."},
     of_rx<&RxView::flows>},
    {{"flowd_rx_missed_datagrams_total", Counter, "datagrams", "worker",
      "Datagrams that the NIC's queue or the socket had no room for."},
     of_rx<&RxView::missed>},
    {{"flowd_rx_forwarded_datagrams_total", Counter, "datagrams", "worker",
      "Datagrams given to the RX worker whose exporter it is."},
     of_rx<&RxView::forwarded>},
    {{"flowd_rx_held_datagrams_total", Counter, "datagrams", "worker",
      "Datagrams that waited until their exporter's state had come from another RX worker."},
     of_rx<&RxView::held>},
    {{"flowd_rx_fragments_total", Counter, "", "worker", "IP fragments that came."},
     of_rx<&RxView::fragments>},
    {{"flowd_rx_reassembled_datagrams_total", Counter, "datagrams", "worker",
      "Datagrams that were put together from fragments."},
     of_rx<&RxView::reassembled>},
    {{"flowd_rx_bad_checksums_total", Counter, "", "worker",
      "Datagrams with a wrong checksum, used or dropped."},
     of_rx<&RxView::checksums_bad>},
    {{"flowd_rx_exporters", Gauge, "", "worker", "Exporters that an RX worker has."},
     of_rx<&RxView::exporters>},
    {{"flowd_rx_domains", Gauge, "", "worker", "Domains that an RX worker has."},
     of_rx<&RxView::domains>},
    {{"flowd_rx_templates", Gauge, "", "worker", "Templates that an RX worker has."},
     of_rx<&RxView::templates>},
    {{"flowd_rx_learnt_templates_total", Counter, "", "worker",
      "Templates that were new or had changed."},
     of_rx<&RxView::templates_learnt>},
    {{"flowd_rx_evicted_exporters_total", Counter, "", "worker",
      "Exporters whose state was given up for others: the table is too small."},
     of_rx<&RxView::exporters_evicted>},
    {{"flowd_rx_evicted_domains_total", Counter, "", "worker",
      "Domains whose state was given up for others."},
     of_rx<&RxView::domains_evicted>},
    {{"flowd_rx_evicted_templates_total", Counter, "", "worker",
      "Templates that were given up for others."},
     of_rx<&RxView::templates_evicted>},
};

constexpr Row<RingView> of_rings[]{
    {{"flowd_ring_batches", Gauge, "batches", "transport, worker",
      "Batches in a ring, from an RX worker to a transport."},
     [](const RingView& ring, Samples& out) { out.add(ring.batches); }},
    {{"flowd_ring_capacity_batches", Gauge, "batches", "transport, worker",
      "Batches that the ring has room for; at so many, flows are dropped as ring_full."},
     [](const RingView& ring, Samples& out) { out.add(ring.capacity); }},
};

constexpr Row<MempoolView> of_mempools[]{
    {{"flowd_mempool_buffers", Gauge, "buffers", "mempool", "Packet buffers of a pool."},
     [](const MempoolView& pool, Samples& out) { out.add(pool.size); }},
    {{"flowd_mempool_used_buffers", Gauge, "buffers", "mempool", "Of these: in use."},
     [](const MempoolView& pool, Samples& out) { out.add(pool.in_use); }},
};

}  // namespace

std::span<const Row<RxView>> rx_rows() noexcept { return rows; }
std::span<const Row<RingView>> ring_rows() noexcept { return of_rings; }
std::span<const Row<MempoolView>> mempool_rows() noexcept { return of_mempools; }

}  // namespace flowd::metrics
