// SPDX-License-Identifier: BSD-3-Clause
// The process, by the names that all Prometheus clients use.
#include "http/metrics/tables.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;

template <auto Number>
void of_process(const ProcessView& process, Samples& out) {
    out.add(process.*Number);
}

constexpr Row<ProcessView> rows[]{
    {{"process_cpu_seconds_total", Counter, "seconds", "",
      "Total user and system CPU time spent in seconds."},
     of_process<&ProcessView::cpu_seconds>},
    {{"process_start_time_seconds", Gauge, "seconds", "",
      "Start time of the process since unix epoch in seconds."},
     of_process<&ProcessView::start_time_seconds>},
    {{"process_resident_memory_bytes", Gauge, "bytes", "", "Resident memory size in bytes."},
     of_process<&ProcessView::resident_bytes>},
    {{"process_virtual_memory_bytes", Gauge, "bytes", "", "Virtual memory size in bytes."},
     of_process<&ProcessView::virtual_bytes>},
    {{"process_open_fds", Gauge, "", "", "Number of open file descriptors."},
     of_process<&ProcessView::open_files>},
    {{"process_max_fds", Gauge, "", "", "Maximum number of open file descriptors."},
     [](const ProcessView& process, Samples& out) {
         if (process.open_files_max != 0) out.add(process.open_files_max);
     }},
    {{"process_threads", Gauge, "", "", "Number of threads."}, of_process<&ProcessView::threads>},
};

}  // namespace

std::span<const Row<ProcessView>> process_rows() noexcept { return rows; }

}  // namespace flowd::metrics
