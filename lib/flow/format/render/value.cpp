// SPDX-License-Identifier: BSD-3-Clause
// A switch over the renderings, and the three that take arithmetic: prefixes, times, hexadecimal.
#include "flow/format/render/value.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "flow/format/render/address.hpp"
#include "flow/format/render/decimal.hpp"
#include "flow/format/render/escape.hpp"
#include "flow/format/render/names.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/model/layer.hpp"

namespace flow::render {

namespace {

constexpr std::size_t network_size_max = ip_size_max + 4;  // /128
constexpr std::size_t datetime_size_max = 36;              // 584554-01-01T00:00:00.123456789Z

std::uint8_t* put(std::uint8_t* to, std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

std::uint8_t* put_name_or_number(std::uint8_t* to, std::string_view name,
                                 std::uint64_t number) noexcept {
    return name.empty() ? decimal(to, number) : put(to, name);
}

std::uint8_t* put_flow_type(std::uint8_t* to, std::uint64_t type) noexcept {
    const std::string_view name =
        type > UINT16_MAX ? std::string_view{} : flow_type_name(static_cast<FlowType>(type));
    const bool known = type == 0 || name != flow_type_name(FlowType::unknown);
    return put_name_or_number(to, known ? name : std::string_view{}, type);
}

std::uint8_t* put_layer(std::uint8_t* to, std::uint64_t kind) noexcept {
    const std::string_view name =
        kind > UINT8_MAX ? std::string_view{} : layer_name(static_cast<LayerKind>(kind));
    return put_name_or_number(to, name, kind);
}

std::uint8_t* put_hex(std::uint8_t* to, Bytes bytes) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const std::uint8_t byte : bytes) {
        *to++ = static_cast<std::uint8_t>(digits[byte >> 4]);
        *to++ = static_cast<std::uint8_t>(digits[byte & 15]);
    }
    return to;
}

bool is_mapped(Bytes address) noexcept {
    return address.size() == 16 && load_be64(address.data()) == 0 &&
           load_be32(address.data() + 8) == 0xffff;
}

std::uint8_t* put_ip_as_is(std::uint8_t* to, Bytes address) noexcept {
    if (is_mapped(address)) to = put(to, "::ffff:");
    return ip(to, address);
}

/// `digits` digits with zeros in front.
std::uint8_t* put_padded(std::uint8_t* to, std::uint64_t value, std::size_t digits) noexcept {
    for (std::size_t i = digits; i-- > 0; value /= 10) {
        to[i] = static_cast<std::uint8_t>('0' + value % 10);
    }
    return to + digits;
}

struct Date {
    std::uint64_t year;
    std::uint64_t month;
    std::uint64_t day;
};

/// Of a day since 1970-01-01, in the Gregorian calendar. Years are counted from March, so that the
/// leap day is a year's last; 400 of them have 146,097 days.
constexpr Date date_of(std::uint64_t days) noexcept {
    const std::uint64_t since_march_0 = days + 719'468;
    const std::uint64_t era = since_march_0 / 146'097;
    const std::uint64_t day_of_era = since_march_0 % 146'097;
    const std::uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::uint64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::uint64_t month = (5 * day_of_year + 2) / 153;  // 0 is March
    return {era * 400 + year_of_era + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            day_of_year - (153 * month + 2) / 5 + 1};
}
static_assert(date_of(0).year == 1970 && date_of(0).month == 1 && date_of(0).day == 1);
static_assert(date_of(11'016).month == 2 && date_of(11'016).day == 29);  // of 2000

/// RFC 3339 in UTC; trailing zeros of the fraction are left out, as Go does.
std::uint8_t* put_datetime(std::uint8_t* to, std::uint64_t seconds,
                           std::uint64_t nanoseconds) noexcept {
    constexpr std::uint64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z
    seconds = std::min(seconds, last_second);
    const Date date = date_of(seconds / 86400);
    to = put_padded(to, date.year, 4);
    *to++ = '-';
    to = put_padded(to, date.month, 2);
    *to++ = '-';
    to = put_padded(to, date.day, 2);
    *to++ = 'T';
    to = put_padded(to, seconds % 86400 / 3600, 2);
    *to++ = ':';
    to = put_padded(to, seconds % 3600 / 60, 2);
    *to++ = ':';
    to = put_padded(to, seconds % 60, 2);
    if (nanoseconds != 0) {
        *to++ = '.';
        to = put_padded(to, nanoseconds, 9);
        while (to[-1] == '0') --to;
    }
    *to++ = 'Z';
    return to;
}

}  // namespace

Render plain_render(Kind kind) noexcept {
    switch (kind) {
        case Kind::boolean: return Render::boolean;
        case Kind::flow_type: return Render::flow_type;
        case Kind::bytes:
        case Kind::bytes_list: return Render::hex;
        case Kind::u32_list: return Render::number_list;
        case Kind::layer_list: return Render::layer_list;
        case Kind::u32:
        case Kind::u64: break;
    }
    return Render::number;
}

bool is_string(Render render, Kind kind) noexcept {
    if (render == Render::none) return is_string(plain_render(kind), kind);
    return render != Render::number && render != Render::boolean && render != Render::number_list &&
           render != Render::byte_list;
}

std::size_t value_size_max(Render render, Kind kind, std::size_t size) noexcept {
    switch (render) {
        case Render::none: return value_size_max(plain_render(kind), kind, size);
        case Render::number:
        case Render::number_list:
            return kind == Kind::u64 ? decimal_u64_size_max : decimal_u32_size_max;
        case Render::boolean: return 5;
        case Render::flow_type:
        case Render::layer_list: return decimal_u64_size_max;
        case Render::ip: return ip_size_max;
        case Render::ip_as_is:
        case Render::ip_list: return ip_size_max;
        case Render::mac: return mac_size;
        case Render::byte_list: return 4 * size;
        case Render::hex: return 2 * size;
        case Render::text: return escaped_size_max * size;
        case Render::etype_name:
        case Render::proto_name:
        case Render::proto_name_short:
        case Render::icmp_name:
        case Render::icmp_name_or_unknown: return name_size_max;
        case Render::network: return network_size_max;
        case Render::datetime:
        case Render::datetime_nano: return datetime_size_max;
    }
    return 0;
}

std::uint8_t* put_network(std::uint8_t* to, Bytes address, std::uint64_t bits) noexcept {
    const bool is_ip = address.size() == 4 || address.size() == 16;
    if (!is_ip || bits > address.size() * 8) return put(to, "invalid Prefix");
    std::array<std::uint8_t, 16> masked{};
    std::copy(address.begin(), address.end(), masked.begin());
    for (std::size_t i = 0; i < address.size(); ++i) {
        const std::uint64_t kept = bits > 8 * i ? std::min<std::uint64_t>(bits - 8 * i, 8) : 0;
        masked[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
    }
    to = put_ip_as_is(to, {masked.data(), address.size()});
    *to++ = '/';
    return decimal(to, bits);
}

std::uint8_t* put_icmp_name(std::uint8_t* to, std::uint64_t protocol, std::uint64_t type,
                            std::string_view otherwise) noexcept {
    return put(to, icmp_name(protocol, type, otherwise));
}

std::uint8_t* put_value(std::uint8_t* to, Render render, Kind kind, const Value& value) noexcept {
    constexpr std::uint64_t second = 1'000'000'000;
    switch (render) {
        case Render::none: return put_value(to, plain_render(kind), kind, value);
        case Render::number:
        case Render::number_list: return decimal(to, value.number);
        case Render::boolean: return put(to, value.number != 0 ? "true" : "false");
        case Render::flow_type: return put_flow_type(to, value.number);
        case Render::layer_list: return put_layer(to, value.number);
        case Render::ip: return ip(to, value.bytes);
        case Render::ip_as_is:
        case Render::ip_list: return put_ip_as_is(to, value.bytes);
        case Render::mac: return mac(to, value.number);
        case Render::byte_list:
        case Render::hex: return put_hex(to, value.bytes);
        case Render::text: return put_escaped(to, value.bytes);
        case Render::etype_name: return put(to, etype_name(value.number));
        case Render::proto_name: return put(to, proto_name(value.number));
        case Render::proto_name_short: return put(to, proto_name_short(value.number));
        case Render::icmp_name:
        case Render::icmp_name_or_unknown:
        case Render::network: break;
        case Render::datetime: return put_datetime(to, value.number, 0);
        case Render::datetime_nano:
            return put_datetime(to, value.number / second, value.number % second);
    }
    return to;
}

std::uint8_t* put_value(std::uint8_t* to, Render render, Kind kind, const Value& value,
                        Column column, const Flow& flow) noexcept {
    const auto icmp = [&](std::string_view otherwise) {
        return put_icmp_name(to, flow.number(Column::proto), flow.number(Column::icmp_type),
                             otherwise);
    };
    switch (render) {
        case Render::icmp_name: return icmp("");
        case Render::icmp_name_or_unknown: return icmp("unknown");
        case Render::network:
            return put_network(to, flow.bytes(address_of_network(column)), value.number);
        default: return put_value(to, render, kind, value);
    }
}

}  // namespace flow::render
