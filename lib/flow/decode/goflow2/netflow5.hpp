// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v5 as goflow2 takes it. A datagram is read record by record up to the header's count.
// Where goflow2 makes flows of zeros out of records that did not come, there are none here: 65,535
// flows from 24 bytes would be amplification.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "flow/base/error.hpp"
#include "flow/decode/goflow2/datagram_size.hpp"
#include "flow/decode/goflow2/netflow5_layout.hpp"
#include "flow/decode/goflow2/settings.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::goflow2 {

class Netflow5Decoder {
public:
    static constexpr std::string_view name = "netflow5";
    static constexpr std::uint16_t version = 5;
    /// 1.3.7 takes no datagram with a higher count; none can hold so many.
    static constexpr std::size_t records_max = 1536;

    explicit Netflow5Decoder(const Settings& settings) noexcept
        : dialect_{settings.dialect},
          layout_{.version = version,
                  .record_size = netflow5_record_size,
                  .slot = settings.netflow5_slot,
                  .fields = netflow5_fields} {}

    /// To be learnt by the sink before the first datagram.
    [[nodiscard]] const Template& layout() const noexcept { return layout_; }

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 2 && load_be16(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.netflow5;
    }

    /// `truncated` when the count promises more records than came; those that came are handed on.
    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{received(datagram.payload)};
        const auto header = in.block<24>();
        if (in.failed()) return Error::truncated;
        const std::size_t announced = header.u16<2>();
        if (dialect_ == Dialect::goflow2_v1 && announced > records_max) return Error::truncated;
        sink.begin(Origin{.type = FlowType::netflow_v5,
                          .sampler = datagram.source,
                          .exporter = exporter,
                          .sequence = header.u32<16>(),
                          .sampling_rate = std::uint64_t{header.u16<22>()} & sampling_interval_mask,
                          .received_ns = datagram.received_ns,
                          .export_seconds = header.u32<8>(),
                          .export_nanoseconds = header.u32<12>(),
                          .uptime_ms = header.u32<4>()});
        const std::size_t present = in.remaining() / netflow5_record_size;
        const std::size_t count = std::min(announced, present);
        if (count > 0) {
            sink.records(layout_, RecordRun{in.take(count * netflow5_record_size),
                                            static_cast<std::uint32_t>(count)});
        }
        return announced > present ? Error::truncated : Error::none;
    }

private:
    /// The two high bits are the sampling mode.
    static constexpr std::uint16_t sampling_interval_mask = 0x3fff;

    Dialect dialect_;
    Template layout_;
};

}  // namespace flow::goflow2
