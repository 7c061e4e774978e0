// SPDX-License-Identifier: BSD-3-Clause
// Observation: what flowd knows of itself and of its exporters at one moment. Made once a second by
// the observer (src/control/observer.hpp), never changed afterwards, and shared by all who show it:
// the metrics, the API, the status page, DPDK's telemetry. Plain data; times are UNIX time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "flow/base/error.hpp"
#include "flow/model/address.hpp"
#include "flow/model/learnt_state.hpp"
#include "metrics/finding.hpp"
#include "metrics/loss.hpp"
#include "metrics/xray.hpp"

namespace flowd {

/// Names and numbers that somebody else defines: xstats, librdkafka's statistics.
using NamedNumbers = std::vector<std::pair<std::string, double>>;

/// Numbers by which senders tell what was lost on the way, in the protocol's own unit.
struct SequenceTotals {
    std::uint64_t lost = 0;  ///< less what came late
    std::uint64_t late = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t resets = 0;
    std::uint64_t unchecked = 0;
};

inline constexpr std::size_t set_kind_total = 4;
inline constexpr std::size_t sample_kind_total = 6;

/// Where every datagram and every flow is: of one domain, of one exporter, of the box.
///   datagrams = missed + decoded + Σ drops + parked
///   offered + restored = delivered + too_large + ring_full + Σ lost + in_ring + in_flight +
///   spooled
/// and flows = offered where there is one transport that takes all.
struct Totals {
    std::uint64_t datagrams = 0;  ///< arrived; the box's include `missed`
    std::uint64_t payload_bytes = 0;
    std::uint64_t missed = 0;  ///< before flowd saw them; the box's only
    std::uint64_t decoded = 0;
    std::uint64_t parked = 0;  ///< wait for a template now
    std::array<std::uint64_t, flow::error_count> drops{};

    std::uint64_t flows = 0;    ///< decoded
    std::uint64_t offered = 0;  ///< to transports, each for itself
    std::uint64_t too_large = 0;
    std::uint64_t ring_full = 0;
    std::array<std::uint64_t, loss_count> lost{};
    std::uint64_t delivered = 0;
    std::int64_t in_ring = 0;     ///< now: given by RX workers, not yet taken by a transport
    std::uint64_t in_flight = 0;  ///< now: taken by a transport, not yet acknowledged
    std::uint64_t spooled = 0;    ///< now on disk
    std::uint64_t restored = 0;   ///< found on disk at start; the box's only

    std::uint64_t sets_parked = 0;
    std::uint64_t sets_unparked = 0;
    std::uint64_t sets_expired = 0;

    /// Sets of NetFlow v9 and IPFIX, and what was read in them: of templates, of options templates,
    /// of data, of options data (flow::SetKind).
    std::array<std::uint64_t, set_kind_total> sets{};
    std::array<std::uint64_t, set_kind_total> set_records{};
    /// sFlow's samples: flow, expanded flow, counters, expanded counters, discarded, other
    /// (flow::SampleKind).
    std::array<std::uint64_t, sample_kind_total> samples{};

    SequenceTotals sequence;

    [[nodiscard]] std::uint64_t datagrams_dropped() const noexcept;  ///< Σ drops, missed included
    [[nodiscard]] std::uint64_t flows_dropped() const noexcept;
    /// What the equations lack. 0, or flowd is wrong.
    [[nodiscard]] std::int64_t datagram_imbalance() const noexcept;
    [[nodiscard]] std::int64_t flow_imbalance() const noexcept;
};

/// Per second, over the last ten seconds or as many as there are.
struct Rates {
    double datagrams = 0;
    double payload_bytes = 0;
    double flows = 0;
    double delivered = 0;
    double datagrams_dropped = 0;
    double flows_dropped = 0;
    double sequence_lost = 0;
    double options = 0;  ///< records of options data
};

/// The clock of an exporter, by the export times in its headers: less the receive time. NetFlow v9
/// and IPFIX say whole seconds, sFlow and NetFlow v1 nothing.
struct ClockSkew {
    bool known = false;
    double last_seconds = 0;
    double least_seconds = 0;
    double most_seconds = 0;
};

struct DomainView {
    std::uint8_t version = 0;  ///< 5, 7, 8, 9, 10, or flow::sflow_domain_version (105); 0: none
    std::uint32_t id = 0;
    std::uint32_t first_seen = 0;
    std::uint32_t last_seen = 0;
    Totals totals;
    Rates rates;
    std::uint64_t sampling_rate = 0;  ///< 0: unknown
    std::string sampling_source;      ///< "none", "record", "options", "configured", "header"
    std::vector<flow::SamplerRate> samplers;
    ClockSkew skew;
    std::uint32_t template_count = 0;
    std::uint16_t local_port = 0;  ///< that its last datagram came to; 0: not known
};

/// What domains had that are not told apart any more, for those who count by protocol. What was
/// under way then (parked, in_flight …) stays so here; the exporter's totals know better.
struct PastDomains {
    std::uint8_t version = 0;
    std::uint16_t local_port = 0;
    Totals totals;
};

struct ExporterView {
    flow::Address address{};  ///< size 0: all that have no row of their own ("other")
    std::uint16_t port = 0;   ///< 0 unless exporters are told apart by it
    std::uint32_t first_seen = 0;
    std::uint32_t last_seen = 0;
    Totals totals;
    Rates rates;
    ClockSkew skew;  ///< the worst of its domains
    std::uint32_t template_count = 0;
    std::uint16_t payload_size_max = 0;  ///< of its datagrams
    std::uint64_t reassembled = 0;       ///< datagrams that came in fragments
    std::vector<DomainView> domains;
    std::vector<PastDomains> past;  ///< one for each version and port; part of its totals
    std::vector<Finding> findings;  ///< silence first, then the worst; empty: healthy
    Xray xray;
};

/// No exporter is silent before.
inline constexpr std::uint32_t silent_seconds = 60;
/// A quiet exporter sends now and then: five of its usual gaps are silence.
[[nodiscard]] double silence_limit_seconds(const ExporterView& exporter) noexcept;

struct Observation;
/// The present in UNIX seconds, by receive times: that of a replay is its capture's latest.
[[nodiscard]] std::uint32_t present_seconds(const Observation& observation) noexcept;

/// Of the losses upstream that sequence numbers tell of now, the part told by numbers that can be
/// trusted: 0 to 1. Totals have all of them, rates of the box this part only.
[[nodiscard]] double trusted_share_of_loss(const Observation& observation) noexcept;

/// A template as the X-ray shows it.
struct TemplateView {
    flow::LearntTemplate layout;
    std::uint32_t first_seen = 0;
    std::uint32_t last_seen = 0;      ///< announced last
    std::uint32_t announcements = 0;  ///< refreshes included
    std::uint32_t changes = 0;        ///< other fields than before
    double refresh_seconds = 0;       ///< between two announcements, usually; 0: not known
    bool used = false;                ///< by data
};

struct RxView {
    double busy = 0;  ///< share of its time since the observation before
    int cpu = -1;     ///< that it is pinned to; -1: any
    std::uint64_t datagrams = 0;
    std::uint64_t flows = 0;
    double datagrams_per_second = 0;
    double flows_per_second = 0;
    std::uint64_t forwarded = 0;
    std::uint64_t held = 0;
    std::uint64_t fragments = 0;
    std::uint64_t reassembled = 0;
    std::uint64_t checksums_bad = 0;
    std::uint64_t missed = 0;
    std::uint32_t exporters = 0;
    std::uint32_t domains = 0;
    std::uint32_t templates = 0;
    std::uint64_t exporters_evicted = 0;
    std::uint64_t domains_evicted = 0;
    std::uint64_t templates_evicted = 0;
    std::uint64_t templates_learnt = 0;
};

struct RingView {
    std::uint32_t rx = 0;  ///< worker
    std::uint64_t batches = 0;
    std::uint64_t capacity = 0;
};

/// One configured transport, all of its TX workers together.
struct TransportView {
    std::string name;
    std::string kind;
    std::string state;  ///< state_name() of its worst worker
    std::uint64_t offered = 0;
    std::uint64_t published = 0;
    std::uint64_t too_large = 0;
    std::uint64_t ring_full = 0;
    std::uint64_t taken = 0;
    std::uint64_t delivered = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, loss_count> lost{};
    std::int64_t in_ring = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t spooled = 0;
    std::uint64_t restored = 0;
    std::uint64_t spool_damaged = 0;
    double delivered_per_second = 0;
    std::vector<RingView> rings;
    NamedNumbers statistics;  ///< librdkafka's, of all its clients added up
};

struct PortView {
    std::string name;
    std::string driver;
    bool up = false;
    std::uint32_t speed_mbps = 0;  ///< 0: not known
    NamedNumbers counters;         ///< of the ethdev: ipackets, ibytes, imissed, ierrors, rx_nombuf
    NamedNumbers xstats;
    NamedNumbers answers;  ///< what the port answered: arp, neighbour, echo, …
};

struct MempoolView {
    std::string name;
    std::uint64_t size = 0;
    std::uint64_t in_use = 0;
};

enum class Health : std::uint8_t { starting, collecting, draining, failing };
[[nodiscard]] const char* health_name(Health health) noexcept;

/// The rates of the last minutes, a point a second, the oldest first. What the page's charts show.
struct History {
    struct Point {
        std::uint32_t time = 0;
        Rates rates;
        float busy = 0;               ///< of the busiest RX worker
        std::uint64_t in_flight = 0;  ///< in rings, transports and spools
    };
    std::vector<Point> points;
};

struct Observation {
    std::uint64_t serial = 0;  ///< counts observations
    std::uint64_t taken_at_ns = 0;
    std::uint64_t started_at_ns = 0;
    std::string version;
    std::string ingress;  ///< "udp", "dpdk", "replay"
    Health health = Health::starting;
    std::string health_reason;  ///< of failing; a sentence

    Totals box;
    Rates rates;
    /// The largest |imbalance| of the box, of a transport or of an exporter in this observation.
    std::uint64_t datagram_imbalance = 0;
    std::uint64_t flow_imbalance = 0;

    std::vector<RxView> rx;
    std::vector<TransportView> transports;
    std::vector<PortView> ports;
    std::vector<MempoolView> mempools;
    std::uint64_t shard_moves = 0;
    std::uint64_t shard_splits = 0;

    std::vector<ExporterView> exporters;    ///< by address
    ExporterView other;                     ///< all the rest: exporters + other = box
    std::uint64_t exporters_forgotten = 0;  ///< whose numbers are in `other` now
    std::vector<TemplateView> templates;    ///< by exporter, version, domain, id
    std::uint64_t samples_counter = 0;      ///< sFlow's counter samples
    std::uint64_t samples_discarded = 0;
    std::uint64_t samples_other = 0;

    std::vector<Finding> problems;  ///< of the box: what an operator should look at
    History history;
};

}  // namespace flowd
