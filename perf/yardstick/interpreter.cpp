// SPDX-License-Identifier: BSD-3-Clause
// Compiled twice: with FLOW_YARDSTICK naming the function, and with or without BMI2. Straight and
// competent, but every decision is a branch on the value.
#include "perf/yardstick/interpreter.hpp"

#ifdef __BMI2__
#include <immintrin.h>
#endif

#include <bit>
#include <cstring>

namespace flow::yardstick {

namespace {

#ifdef __BMI2__
/// The groups of seven bits in one instruction, the continuation bits by the value's size.
inline std::uint8_t* put_varint(std::uint8_t* to, std::uint64_t value) noexcept {
    if (value < 0x80) {
        *to = static_cast<std::uint8_t>(value);
        return to + 1;
    }
    constexpr std::uint64_t seven_each = 0x7f7f7f7f7f7f7f7f;
    constexpr std::uint64_t more_each = 0x8080808080808080;
    const int size = (64 - std::countl_zero(value) + 6) / 7;
    std::uint64_t low = _pdep_u64(value, seven_each);
    if (size <= 8) {
        low |= more_each & ((std::uint64_t{1} << (8 * (size - 1))) - 1);
        std::memcpy(to, &low, sizeof low);
        return to + size;
    }
    low |= more_each;
    std::memcpy(to, &low, sizeof low);
    to[8] = static_cast<std::uint8_t>(value >> 56 & 0x7f);
    if (size == 10) {
        to[8] |= 0x80;
        to[9] = static_cast<std::uint8_t>(value >> 63);
    }
    return to + size;
}
#else
inline std::uint8_t* put_varint(std::uint8_t* to, std::uint64_t value) noexcept {
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<std::uint8_t>(value | 0x80);
    *to++ = static_cast<std::uint8_t>(value);
    return to;
}
#endif

template <unsigned Size>
inline std::uint64_t load(const std::uint8_t* from) noexcept {
    return load_be64(from) >> (64 - 8 * Size);
}

inline std::uint8_t* put_number(std::uint8_t* to, const Step& step, std::uint64_t value) noexcept {
    if (value == 0) return to;
    std::memcpy(to, &step.tag, sizeof step.tag);
    return put_varint(to + step.tag_size, value);
}

template <std::size_t Size>
inline std::uint8_t* put_bytes(std::uint8_t* to, const Step& step,
                               const std::uint8_t* from) noexcept {
    std::memcpy(to, &step.tag, sizeof step.tag);
    to += step.tag_size;
    *to++ = Size;
    std::memcpy(to, from, Size);
    return to + Size;
}

[[gnu::noinline]] std::uint8_t* run(const Step* steps, std::size_t step_count,
                                    const std::uint8_t* record, std::uint8_t* to,
                                    std::uint64_t boot_ns) noexcept {
    constexpr std::uint64_t ns_per_ms = 1'000'000;
    for (std::size_t i = 0; i < step_count; ++i) {
        const Step& step = steps[i];
        const std::uint8_t* const from = record + step.offset;
        switch (step.action) {
            case Action::number_1: to = put_number(to, step, *from); break;
            case Action::number_2: to = put_number(to, step, load<2>(from)); break;
            case Action::number_4: to = put_number(to, step, load<4>(from)); break;
            case Action::number_8: to = put_number(to, step, load<8>(from)); break;
            case Action::bytes_4: to = put_bytes<4>(to, step, from); break;
            case Action::bytes_16: to = put_bytes<16>(to, step, from); break;
            case Action::ns_of_milliseconds:
                to = put_number(to, step, load<8>(from) * ns_per_ms);
                break;
            case Action::ns_of_uptime:
                to = put_number(to, step, boot_ns + load<4>(from) * ns_per_ms);
                break;
        }
    }
    return to;
}

struct Header {
    std::uint32_t count = 0;
    std::uint32_t sequence = 0;
    std::uint32_t domain = 0;
    std::uint64_t sampling_rate = 0;
    std::uint64_t boot_ns = 0;  ///< the time at which the exporter's uptime was 0
    const std::uint8_t* records = nullptr;
};

Header read_header(const Plan& plan, Bytes payload) noexcept {
    const std::uint8_t* const at = payload.data();
    Header header;
    if (plan.version == 5) {
        header.count = load_be16(at + 2);
        if (header.count * plan.record_size + 24 > payload.size()) {
            header.count = static_cast<std::uint32_t>((payload.size() - 24) / plan.record_size);
        }
        header.sequence = load_be32(at + 16);
        header.sampling_rate = load_be16(at + 22) & 0x3fff;
        header.boot_ns = load_be32(at + 8) * std::uint64_t{1'000'000'000} + load_be32(at + 12) -
                         load_be32(at + 4) * std::uint64_t{1'000'000};
        header.records = at + 24;
        return header;
    }
    std::size_t set_size = load_be16(at + 18);
    if (set_size + 16 > payload.size()) set_size = payload.size() - 16;
    header.count = static_cast<std::uint32_t>((set_size - 4) / plan.record_size);
    header.sequence = load_be32(at + 8);
    header.domain = load_be32(at + 12);
    header.sampling_rate = 1000;
    header.records = at + 20;
    return header;
}

std::uint8_t* put_plain(std::uint8_t* to, std::uint32_t number, std::uint64_t value) noexcept {
    if (value == 0) return to;
    for (std::uint32_t key = number << 3; key != 0; key >>= 7) {
        *to++ = static_cast<std::uint8_t>(key < 0x80 ? key : key | 0x80);
    }
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<std::uint8_t>(value | 0x80);
    *to++ = static_cast<std::uint8_t>(value);
    return to;
}

/// What all flows of the datagram share.
std::uint8_t* put_constants(std::uint8_t* to, const Plan& plan, const Header& header,
                            const Arrival& arrival) noexcept {
    to = put_plain(to, 1, plan.version == 5 ? 2 : 4);
    to = put_plain(to, 110, arrival.received_ns);
    to = put_plain(to, 4, header.sequence);
    to = put_plain(to, 3, header.sampling_rate);
    *to++ = 11 << 3 | 2;
    *to++ = 4;
    std::memcpy(to, &arrival.source, 4);
    to = put_plain(to + 4, 30, plan.ethertype);
    return put_plain(to, 70, header.domain);
}

}  // namespace

[[gnu::noinline]] std::uint8_t* FLOW_YARDSTICK(const Plan& plan, const Arrival& arrival,
                                               std::uint8_t* to) noexcept {
    constexpr std::size_t constants_size = 48;
    const Header header = read_header(plan, arrival.payload);
    std::uint8_t constants[64];
    const std::uint8_t* const constants_end = put_constants(constants, plan, header, arrival);
    const std::uint8_t* record = header.records;
    for (std::uint32_t i = 0; i < header.count; ++i, record += plan.record_size) {
        std::uint8_t* const begin = to + 2;
        std::memcpy(begin, constants, constants_size);
        to = run(plan.steps.data(), plan.step_count, record, begin + (constants_end - constants),
                 header.boot_ns);
        const auto size = static_cast<std::size_t>(to - begin);
        begin[-2] = static_cast<std::uint8_t>((size & 0x7f) | 0x80);
        begin[-1] = static_cast<std::uint8_t>(size >> 7);
    }
    return to;
}

}  // namespace flow::yardstick
