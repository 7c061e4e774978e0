// SPDX-License-Identifier: BSD-3-Clause
// librdkafka's statistics, of all clients of a transport added up. The names here are flowd's and
// stay when librdkafka's change; what has no name of its own is served under librdkafka's.
#include <algorithm>
#include <array>

#include "http/metrics/tables.hpp"

namespace flowd::metrics {

namespace {

using enum MetricType;

/// The transport's names of what has a metric of its own: librdkafka's (STATISTICS.md), and what it
/// sums up of brokers.
constexpr std::array<std::string_view, 19> known{
    "msg_cnt",          "msg_size",       "msg_limit",
    "txmsgs",           "txmsg_bytes",    "tx",
    "tx_bytes",         "txerrs",         "txretries",
    "rxerrs",           "req_timeouts",   "outbuf_msg_cnt",
    "waitresp_msg_cnt", "connects",       "disconnects",
    "rtt_avg_us_max",   "rtt_p99_us_max", "throttle_avg_ms_max",
    "brokers_up"};

constexpr std::size_t index_of(std::string_view name) {
    return static_cast<std::size_t>(std::find(known.begin(), known.end(), name) - known.begin());
}

template <std::size_t Index, int Divisor = 1>
void statistic(const TransportView& transport, Samples& out) {
    static_assert(Index < known.size(), "a name that is not in the list");
    const double* number = find_number(transport.statistics, known[Index]);
    if (number != nullptr) out.add(*number / Divisor);
}

void others(const TransportView& transport, Samples& out) {
    for (const auto& [name, value] : transport.statistics) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            out.add({{"name", name}}, value);
        }
    }
}

constexpr Row<TransportView> rows[]{
    {{"flowd_kafka_queue_messages", Gauge, "messages", "transport",
      "Messages in librdkafka's queues (msg_cnt)."},
     statistic<index_of("msg_cnt")>},
    {{"flowd_kafka_queue_bytes", Gauge, "bytes", "transport", "Their bytes (msg_size)."},
     statistic<index_of("msg_size")>},
    {{"flowd_kafka_queue_capacity_messages", Gauge, "messages", "transport",
      "Messages that these queues have room for (msg_max)."},
     statistic<index_of("msg_limit")>},
    {{"flowd_kafka_sent_messages_total", Counter, "messages", "transport",
      "Messages sent to brokers (txmsgs)."},
     statistic<index_of("txmsgs")>},
    {{"flowd_kafka_sent_message_bytes_total", Counter, "bytes", "transport",
      "Their bytes, before framing (txmsg_bytes)."},
     statistic<index_of("txmsg_bytes")>},
    {{"flowd_kafka_requests_total", Counter, "", "transport", "Requests sent to brokers (tx)."},
     statistic<index_of("tx")>},
    {{"flowd_kafka_request_bytes_total", Counter, "bytes", "transport", "Their bytes (tx_bytes)."},
     statistic<index_of("tx_bytes")>},
    {{"flowd_kafka_request_errors_total", Counter, "", "transport",
      "Requests that could not be sent (txerrs of all brokers)."},
     statistic<index_of("txerrs")>},
    {{"flowd_kafka_request_retries_total", Counter, "", "transport",
      "Requests that were sent again (txretries of all brokers)."},
     statistic<index_of("txretries")>},
    {{"flowd_kafka_answer_errors_total", Counter, "", "transport",
      "Answers that could not be read (rxerrs of all brokers)."},
     statistic<index_of("rxerrs")>},
    {{"flowd_kafka_request_timeouts_total", Counter, "", "transport",
      "Requests without an answer in time (req_timeouts of all brokers)."},
     statistic<index_of("req_timeouts")>},
    {{"flowd_kafka_unsent_messages", Gauge, "messages", "transport",
      "Messages that wait to be sent (outbuf_msg_cnt of all brokers)."},
     statistic<index_of("outbuf_msg_cnt")>},
    {{"flowd_kafka_unanswered_messages", Gauge, "messages", "transport",
      "Messages that are sent and not acknowledged (waitresp_msg_cnt of all brokers)."},
     statistic<index_of("waitresp_msg_cnt")>},
    {{"flowd_kafka_connects_total", Counter, "", "transport",
      "Connections begun (connects of all brokers)."},
     statistic<index_of("connects")>},
    {{"flowd_kafka_disconnects_total", Counter, "", "transport",
      "Connections that ended (disconnects of all brokers)."},
     statistic<index_of("disconnects")>},
    {{"flowd_kafka_round_trip_seconds", Gauge, "seconds", "transport",
      "Time from request to answer, the mean of librdkafka's last window, of the slowest broker."},
     statistic<index_of("rtt_avg_us_max"), 1'000'000>},
    {{"flowd_kafka_round_trip_p99_seconds", Gauge, "seconds", "transport",
      "The same, of the slowest hundredth."},
     statistic<index_of("rtt_p99_us_max"), 1'000'000>},
    {{"flowd_kafka_throttle_seconds", Gauge, "seconds", "transport",
      "For how long brokers ask flowd to wait because of a quota, on average."},
     statistic<index_of("throttle_avg_ms_max"), 1'000>},
    {{"flowd_kafka_brokers_up", Gauge, "", "transport",
      "Brokers that are connected, added up over TX workers."},
     statistic<index_of("brokers_up")>},
    {{"flowd_kafka_statistic", Untyped, "", "transport, name",
      "librdkafka's statistics that have no metric of their own, by its names."},
     others},
};

}  // namespace

std::span<const Row<TransportView>> kafka_rows() noexcept { return rows; }

}  // namespace flowd::metrics
