// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v5: a fixed header and as many records as are there.
#include "flow/raw/messages.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::raw {

namespace {

void write_record(JsonWriter& out, const wire::Block<48>& record) noexcept {
    out.open_object();
    out.address_member("src-addr", record.bytes<0, 4>());
    out.address_member("dst-addr", record.bytes<4, 4>());
    out.address_member("next-hop", record.bytes<8, 4>());
    out.member("input", record.u16<12>());
    out.member("output", record.u16<14>());
    out.member("dpkts", record.u32<16>());
    out.member("doctets", record.u32<20>());
    out.member("first", record.u32<24>());
    out.member("last", record.u32<28>());
    out.member("src-port", record.u16<32>());
    out.member("dst-port", record.u16<34>());
    out.member("pad1", record.u8<36>());
    out.member("tcp-flags", record.u8<37>());
    out.member("proto", record.u8<38>());
    out.member("tos", record.u8<39>());
    out.member("src-as", record.u16<40>());
    out.member("dst-as", record.u16<42>());
    out.member("src-mask", record.u8<44>());
    out.member("dst-mask", record.u8<45>());
    out.member("pad2", record.u16<46>());
    out.close_object();
}

}  // namespace

void write_netflow5(JsonWriter& out, Bytes payload) noexcept {
    wire::Cursor in{payload};
    const auto header = in.block<24>();
    out.open_object();
    out.member("version", header.u16<0>());
    out.member("count", header.u16<2>());
    out.member("sys-uptime", header.u32<4>());
    out.member("unix-secs", header.u32<8>());
    out.member("unix-nsecs", header.u32<12>());
    out.member("flow-sequence", header.u32<16>());
    out.member("engine-type", header.u8<20>());
    out.member("engine-id", header.u8<21>());
    out.member("sampling-interval", header.u16<22>());
    out.key("records");
    out.open_array();
    for (std::uint16_t i = 0; i < header.u16<2>() && in.remaining() >= 48; ++i) {
        write_record(out, in.block<48>());
    }
    out.close_array();
    out.close_object();
}

}  // namespace flow::raw
