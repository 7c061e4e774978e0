// SPDX-License-Identifier: BSD-3-Clause
// The first four bytes tell the protocols apart, as in the pipeline.
#include "flow/raw/envelope.hpp"

#include <array>
#include <cstring>

#include "flow/format/render/address.hpp"
#include "flow/format/render/decimal.hpp"
#include "flow/format/render/value.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::raw {

namespace {

/// A text that is built piece by piece; large enough for a sender or a line.
class Text {
public:
    Text& add(std::string_view piece) noexcept {
        std::memcpy(end_, piece.data(), piece.size());
        end_ += piece.size();
        return *this;
    }
    Text& add(std::uint64_t number) noexcept {
        end_ = render::decimal(end_, number);
        return *this;
    }
    Text& add_endpoint(const Datagram& from) noexcept {
        const bool v6 = from.source.size == 16;
        if (v6) add("[");
        end_ = render::ip(end_, from.source.bytes());
        return add(v6 ? "]:" : ":").add(from.source_port);
    }
    Text& add_time(std::uint64_t nanoseconds) noexcept {
        end_ = render::put_value(end_, Render::datetime_nano, Kind::u64, {nanoseconds, {}},
                                 Column::time_received_ns, Flow{});
        return *this;
    }
    [[nodiscard]] std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(bytes_.data()),
                static_cast<std::size_t>(end_ - bytes_.data())};
    }

private:
    std::array<std::uint8_t, 320> bytes_;
    std::uint8_t* end_ = bytes_.data();
};

void write_json(JsonWriter& out, std::uint16_t version, const Datagram& datagram,
                const Shard& shard) noexcept {
    const Bytes payload = datagram.payload;
    out.open_object();
    out.text_member("type", version == 10  ? "ipfix"
                            : version == 9 ? "netflowv9"
                            : version == 5 ? "netflowv5"
                                           : "sflow");
    out.key("message");
    switch (version) {
        case 10: write_ipfix(out, payload, shard.templates, shard.exporter, shard.layout); break;
        case 9: write_netflow9(out, payload, shard.templates, shard.exporter, shard.layout); break;
        case 5: write_netflow5(out, payload); break;
        default: write_sflow(out, payload); break;
    }
    out.text_member("src", Text{}.add_endpoint(datagram).view());
    out.text_member("time_received", Text{}.add_time(datagram.received_ns).view());
    out.close_object();
}

void add_sflow_line(Text& line, Bytes payload) noexcept {
    wire::Cursor in{payload};
    in.skip(4);
    std::array<std::uint8_t, render::ip_size_max + render::overshoot_max> agent;
    const Bytes address = in.take(in.u32() == 2 ? 16 : 4);
    const std::uint8_t* const end = render::ip(agent.data(), address);
    const auto header = in.block<16>();
    line.add("sFlow5 agent:")
        .add({reinterpret_cast<const char*>(agent.data()),
              static_cast<std::size_t>(end - agent.data())})
        .add(" seq:")
        .add(header.u32<4>())
        .add(" count:")
        .add(header.u32<12>());
}

/// IPFIX announces its length where the others have a count; goflow2 prints it as one.
void write_text(JsonWriter& out, std::uint16_t version, const Datagram& datagram) noexcept {
    Text line;
    line.add_time(datagram.received_ns).add(" ").add_endpoint(datagram).add(": ");
    wire::Cursor in{datagram.payload};
    const auto header = in.block<16>();
    const std::uint64_t count = header.u16<2>();
    if (version == 10) {
        line.add("IPFIX count:").add(count).add(" seq:").add(header.u32<8>());
    } else if (version == 9) {
        line.add("NetFlowV9 count:").add(count).add(" seq:").add(header.u32<12>());
    } else if (version == 5) {
        line.add("NetFlowV5 seq:").add(in.block<4>().u32<0>()).add(" count:").add(count);
    } else {
        add_sflow_line(line, datagram.payload);
    }
    out.line(line.view());
}

}  // namespace

void write_message(JsonWriter& out, Shape shape, const Datagram& datagram,
                   const Shard& shard) noexcept {
    const std::uint16_t version = load_be16(datagram.payload.data());
    if (shape == Shape::json) {
        write_json(out, version, datagram, shard);
    } else {
        write_text(out, version, datagram);
    }
}

}  // namespace flow::raw
