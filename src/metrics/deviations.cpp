// SPDX-License-Identifier: BSD-3-Clause
// The sentences. They name the rule that is broken, so that a vendor can be told.
#include "metrics/deviations.hpp"

#include "flow/model/template.hpp"

namespace flowd {

static_assert(flow::template_fields_max == 256, "a sentence below says so");

std::string_view deviation_sentence(flow::Deviation what) noexcept {
    using enum flow::Deviation;
    switch (what) {
        case header_cut: return "Datagrams end inside of their header.";
        case count_wrong:
            return "The header's count is not the number of records (RFC 3954 §5.1). flowd goes by "
                   "the lengths.";
        case count_beyond: return "The header announces more flows than the datagram has.";
        case length_beyond:
            return "The message length is more than the datagram has (RFC 7011 §3.1).";
        case length_short:
            return "Behind the message are more bytes (RFC 7011 §3.1). They are not read.";
        case length_bad: return "The message length is less than its header (RFC 7011 §3.1).";
        case set_cut: return "A set goes on behind the end of the datagram (RFC 7011 §3.3.2).";
        case set_length_bad: return "A set's length is less than its header (RFC 7011 §3.3.2).";
        case set_rest:
            return "Behind the records of a set are bytes that are neither a record nor padding "
                   "(RFC 7011 §3.3.1).";
        case set_reserved: return "A set has an id that is reserved (RFC 7011 §3.3.2).";
        case template_id_bad: return "A template has an id below 256 (RFC 7011 §3.4.1).";
        case template_empty: return "A template has no fields, or records without bytes.";
        case template_cut: return "A template goes on behind the end of its set.";
        case template_changed:
            return "A template got other fields without having been withdrawn (RFC 7011 §8.1).";
        case scope_missing: return "An options template has no scope (RFC 7011 §3.4.2.2).";
        case template_missing: return "Data came before its template.";
        case uptime_back: return "The uptime goes back while the sequence numbers go on.";
        case export_time_back: return "The export time goes back while the sequence numbers go on.";
        case export_time_still: return "The export time stands still for seconds.";
        case rate_missing:
            return "Flows come without a sampling rate: they count as if nothing was sampled.";
        case sampler_unknown: return "Flows name a sampler whose rate was never announced.";
        case sampler_unnamed:
            return "Samplers of different rates were announced, and flows do not name theirs.";
        case template_limit:
            return "A template has more than 256 fields, which is flowd's limit: it is not taken.";
        case sample_bad: return "Lengths or counts of samples contradict each other.";
        case count_: break;
    }
    return "";
}

std::string_view time_fault_text(flow::TimeFault what) noexcept {
    using enum flow::TimeFault;
    switch (what) {
        case end_before_start: return "ended before they began";
        case end_in_future: return "ended more than a minute after their export";
        case before_boot: return "began before the exporter did";
        case before_2000: return "are of a time before the year 2000";
        case count_: break;
    }
    return "";
}

}  // namespace flowd
