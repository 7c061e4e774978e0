// SPDX-License-Identifier: BSD-3-Clause
// Seven fields that every layout has, and four that come and go with the generation's bits.
#include "tools/gen/layout.hpp"

#include <algorithm>

namespace flowd::gen {

namespace {

std::uint64_t value_of(Element element, const Identity& flow) noexcept {
    switch (element) {
        case Element::octets: return flow.serial;
        case Element::packets: return flow.domain;
        case Element::protocol: return 17;
        case Element::tos: return flow.serial & 0xff;
        case Element::tcp_flags: return 0x1b;
        case Element::source_port: return flow.ports() >> 16;
        case Element::source: return flow.source();
        case Element::in_interface: return 1 + flow.exporter % 48;
        case Element::destination_port: return flow.ports() & 0xffff;
        case Element::destination: return flow.destination();
        case Element::out_interface: return 1 + flow.domain % 48;
    }
    return 0;
}

}  // namespace

Layout::Layout(std::uint32_t generation) noexcept {
    const bool odd = (generation & 1) != 0;
    const auto add = [this](Element element, int size) {
        fields_[count_++] = {element, static_cast<std::uint8_t>(size)};
        record_size_ += static_cast<std::uint32_t>(size);
    };
    add(Element::source, 4);
    add(Element::destination, 4);
    add(Element::octets, odd ? 4 : 8);
    add(Element::source_port, 2);
    add(Element::packets, odd ? 8 : 4);
    add(Element::destination_port, 2);
    add(Element::protocol, 1);
    // A field more or less from each generation to the next: a Gray code's bits.
    const std::uint32_t extra = generation ^ generation >> 1;
    if ((extra & 1) != 0) add(Element::in_interface, 4);
    if ((extra & 2) != 0) add(Element::tos, 1);
    if ((extra & 4) != 0) add(Element::out_interface, 2);
    if ((extra & 8) != 0) add(Element::tcp_flags, 1);
    const auto first = fields_.begin();
    const auto turn = static_cast<std::ptrdiff_t>(generation % count_);
    std::rotate(first, first + turn, first + static_cast<std::ptrdiff_t>(count_));
}

void Layout::write_template(Payload& to, std::uint32_t id) const {
    static_assert(template_size_max == 4 + 4 * field_count_max);
    to.u16(id);
    to.u16(count_);
    for (const Field& field : fields()) {
        to.u16(static_cast<std::uint16_t>(field.element));
        to.u16(field.size);
    }
}

void Layout::write_record(const Identity& flow, Payload& to) const {
    for (const Field& field : fields()) to.number(value_of(field.element, flow), field.size);
}

}  // namespace flowd::gen
