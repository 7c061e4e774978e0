// SPDX-License-Identifier: BSD-3-Clause
// Layout: the fields of a v9 or IPFIX record, their order and widths. Every generation of a
// template differs from the one before it in all three, so that a record read by the wrong one is
// no flow that was sent.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "tools/gen/identity.hpp"
#include "tools/gen/payload.hpp"

namespace flowd::gen {

/// Information elements of IANA's registry that both protocols share.
enum class Element : std::uint16_t {
    octets = 1,
    packets = 2,
    protocol = 4,
    tos = 5,
    tcp_flags = 6,
    source_port = 7,
    source = 8,
    in_interface = 10,
    destination_port = 11,
    destination = 12,
    out_interface = 14,
};

struct Field {
    Element element{};
    std::uint8_t size = 0;
};

class Layout {
public:
    explicit Layout(std::uint32_t generation) noexcept;

    [[nodiscard]] std::span<const Field> fields() const noexcept {
        return {fields_.data(), count_};
    }
    [[nodiscard]] std::uint32_t record_size() const noexcept { return record_size_; }
    /// Id, number of fields, and the fields: RFC 3954, 5.2 and RFC 7011, 3.4.1.
    void write_template(Payload& to, std::uint32_t id = template_id) const;
    void write_record(const Identity& flow, Payload& to) const;

    static constexpr std::uint16_t template_id = 256;
    static constexpr std::uint32_t record_size_max = 52;
    static constexpr std::uint32_t template_size_max = 4 + 4 * 11;

private:
    static constexpr std::size_t field_count_max = 11;

    std::array<Field, field_count_max> fields_{};
    std::size_t count_ = 0;
    std::uint32_t record_size_ = 0;
};

}  // namespace flowd::gen
