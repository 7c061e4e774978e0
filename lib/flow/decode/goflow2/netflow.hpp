// SPDX-License-Identifier: BSD-3-Clause
// The headers of NetFlow v9 (RFC 3954 §5.1) and IPFIX (RFC 7011 §3.1) as goflow2 takes them at
// their word: v9's count is how many FlowSets are read, and of an IPFIX message the sets that begin
// inside its length.
#pragma once

#include <cstdint>
#include <string_view>

#include "flow/decode/goflow2/datagram_size.hpp"
#include "flow/decode/goflow2/messages.hpp"
#include "flow/model/datagram.hpp"

namespace flow::goflow2 {

class Netflow9Decoder {
public:
    static constexpr std::string_view name = "netflow9";
    static constexpr std::uint16_t version = 9;

    explicit Netflow9Decoder(Messages& messages) noexcept : messages_{messages} {}

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 2 && load_be16(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.netflow9;
    }

    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{received(datagram.payload)};
        const auto header = in.block<20>();
        if (in.failed()) return Error::truncated;
        const Domain domain{exporter, header.u32<16>(), version};
        const Origin origin{.type = FlowType::netflow_v9,
                            .sampler = datagram.source,
                            .exporter = exporter,
                            .sequence = header.u32<12>(),
                            .observation_domain = domain.id,
                            .received_ns = datagram.received_ns,
                            .export_seconds = header.u32<8>(),
                            .uptime_ms = header.u32<4>()};
        return messages_.decode(origin, domain,
                                {.sets = in.rest(), .set_count_max = header.u16<2>()}, sink);
    }

private:
    Messages& messages_;
};

class IpfixDecoder {
public:
    static constexpr std::string_view name = "ipfix";
    static constexpr std::uint16_t version = 10;

    IpfixDecoder(Messages& messages, Dialect dialect) noexcept
        : messages_{messages}, dialect_{dialect} {}

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 2 && load_be16(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.netflow9;
    }

    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{received(datagram.payload)};
        const auto header = in.block<header_size>();
        if (in.failed()) return Error::truncated;
        const Domain domain{exporter, header.u32<12>(), version};
        const Origin origin{.type = FlowType::ipfix,
                            .sampler = datagram.source,
                            .exporter = exporter,
                            .sequence = header.u32<8>(),
                            .observation_domain = domain.id,
                            .received_ns = datagram.received_ns,
                            .export_seconds = header.u32<4>()};
        return messages_.decode(
            origin, domain, {.sets = in.rest(), .size_max = size_of_sets(header.u16<2>())}, sink);
    }

private:
    static constexpr std::size_t header_size = 16;

    /// A length below the header's own is nothing to 1.3.7. In 2.2.6 the difference wraps in 16
    /// bits, so that it is no limit.
    [[nodiscard]] std::size_t size_of_sets(std::uint16_t length) const noexcept {
        if (length >= header_size) return length - header_size;
        return dialect_ == Dialect::goflow2_v2 ? static_cast<std::uint16_t>(length - header_size)
                                               : 0;
    }

    Messages& messages_;
    Dialect dialect_;
};

}  // namespace flow::goflow2
