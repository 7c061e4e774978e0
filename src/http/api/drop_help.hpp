// SPDX-License-Identifier: BSD-3-Clause
// What each reason for a loss means, for a person who has not read the code.
#pragma once

#include <string_view>

#include "flow/base/error.hpp"
#include "metrics/loss.hpp"

namespace flowd::http::api {

[[nodiscard]] constexpr std::string_view drop_help(flow::Error error) noexcept {
    using enum flow::Error;
    switch (error) {
        case none: break;
        case frame_truncated: return "a frame ends inside its own headers";
        case frame_not_ip: return "frames that carry no IP: ARP, LLDP and the like";
        case frame_bad_ip: return "IP headers whose lengths contradict each other";
        case frame_fragment: return "parts of a fragmented datagram that are not put together";
        case frame_not_udp: return "IP, but not UDP";
        case frame_bad_udp: return "a UDP length that contradicts the IP length";
        case frame_not_ours: return "UDP to an address, VLAN or port that flowd does not listen at";
        case frame_bad_checksum: return "a wrong UDP or IPv4 header checksum";
        case fragment_refused: return "a fragment overlaps another one, or is one of too many";
        case fragment_expired: return "the other fragments of its datagram did not come in time";
        case fragment_limit: return "too many fragmented datagrams wait for their rest";
        case shard_ring_full: return "the RX worker whose exporter it is does not keep up";
        case empty: return "datagrams without payload";
        case truncated: return "a datagram ends before what its own header or counts announce";
        case unknown_protocol: return "neither NetFlow, nor IPFIX, nor sFlow";
        case protocol_not_here: return "a protocol that this listener does not take";
        case bad_length: return "the length in a header is below the header's own size";
        case bad_set_length: return "a set that is shorter than its header";
        case bad_set_id: return "a set id that the protocol reserves";
        case bad_template: return "a template without fields, of length 0, or with an id below 256";
        case template_limit: return "a template has too many fields, or there are too many";
        case unknown_template: return "data whose template was not announced in time";
        case bad_aggregation: return "a NetFlow v8 aggregation scheme that does not exist";
        case bad_address_type: return "an sFlow agent address that is neither IPv4 nor IPv6";
        case bad_sample: return "an sFlow sample whose lengths or counts contradict each other";
        case bad_record: return "an sFlow flow record that is shorter than its format";
        case count_: break;
    }
    return {};
}

[[nodiscard]] constexpr std::string_view drop_help(Loss loss) noexcept {
    switch (loss) {
        case Loss::transport_failed: return "the destination refused them";
        case Loss::message_too_large: return "a message is above what the destination takes";
        case Loss::timed_out: return "the destination did not acknowledge them in time";
        case Loss::given_up: return "still waiting when a stop had lasted long enough";
        case Loss::spool_full: return "the oldest of a spool that had no more room";
        case Loss::spool_failed: return "could not be written to the spool, or were damaged there";
        case Loss::count_: break;
    }
    return {};
}

}  // namespace flowd::http::api
