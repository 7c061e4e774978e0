// SPDX-License-Identifier: BSD-3-Clause
// Parsing takes the condition apart at its first operator; the column's kind says how to read the
// value.
#include "tools/cat/filter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "config/mapping/names.hpp"
#include "config/text.hpp"
#include "flow/format/render/names.hpp"
#include "flow/model/address.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/model/layer.hpp"

namespace flowd::cat {

namespace {

using flow::Column;
using flow::Kind;
using flow::Render;

// Longer names first where one starts with the other.
constexpr std::array<std::pair<std::string_view, Operator>, 7> operators{
    {{"!=", Operator::not_equal},
     {"<=", Operator::at_most},
     {">=", Operator::at_least},
     {"==", Operator::equal},
     {"<", Operator::less},
     {">", Operator::more},
     {"=", Operator::equal}}};

template <class Number>
std::optional<Number> digits(std::string_view text, int base = 10) {
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
    return whole ? std::optional{number} : std::nullopt;
}

/// How lines print a number that has a name, in the profile that has one.
std::string_view name_of(std::uint16_t number, Render render) noexcept {
    switch (render) {
        case Render::flow_type: return flow::flow_type_name(flow::FlowType{number});
        case Render::layer_list:
            return number > UINT8_MAX ? std::string_view{}
                                      : flow::layer_name(static_cast<flow::LayerKind>(number));
        case Render::etype_name: return flow::render::etype_name(number);
        case Render::proto_name:
            return number > UINT8_MAX ? std::string_view{} : flow::render::proto_name(number);
        case Render::boolean: return number > 1 ? "" : number == 1 ? "true" : "false";
        default: return {};
    }
}

std::optional<std::uint64_t> named(std::string_view name, Render render) {
    const std::string wanted = config::lower(name);
    for (std::uint32_t number = 0; number <= UINT16_MAX; ++number) {
        const std::string_view known = name_of(static_cast<std::uint16_t>(number), render);
        if (!known.empty() && config::lower(known) == wanted) return number;
    }
    return std::nullopt;
}

/// 02:00:00:00:00:01
std::optional<std::uint64_t> mac_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto pairs = config::split(text, ':');
    if (pairs.size() != 6) return std::nullopt;
    for (const std::string_view pair : pairs) {
        const auto octet = digits<std::uint8_t>(pair, 16);
        if (!octet || pair.size() != 2) return std::nullopt;
        number = number << 8 | *octet;
    }
    return number;
}

bool is_address(Column column) noexcept {
    if (column == Column::mpls_label_ip) return true;  // printed as octets, an address all the same
    const auto& renders = flow::info(column).renders;
    return std::any_of(renders.begin(), renders.end(), [](Render render) {
        return render == Render::ip || render == Render::ip_as_is || render == Render::ip_list;
    });
}

flow::Bytes bytes_of(const std::string& text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Failure unreadable(std::string_view value, std::string_view what) {
    return {config::in_quotes(value) + " is " + std::string{what}};
}

}  // namespace

Outcome<Filter> Filter::parse(std::string_view text, flow::Profile profile) {
    const std::string place = config::in_quotes(text) + ": ";
    const std::size_t at = text.find_first_of("=!<>");
    const auto found = std::find_if(operators.begin(), operators.end(), [&](const auto& each) {
        return at != std::string_view::npos && text.substr(at).starts_with(each.first);
    });
    if (found == operators.end()) return Failure{place + "has none of = != < <= > >="};
    const std::string_view name = config::trimmed(text.substr(0, at));
    const std::string_view value = config::trimmed(text.substr(at + found->first.size()));
    const auto known = mapping::find_line_name(name, profile, {});
    if (!known || (known->is_virtual && known->render >= Render::icmp_name)) {
        return Failure{place + mapping::no_column(name, profile, {})};
    }
    Filter filter;
    filter.column_ = known->column;
    filter.operator_ = found->second;
    if (const Failure failure = filter.read_value(value, profile); failed(failure)) {
        return Failure{place + failure.sentence};
    }
    const bool ordered =
        filter.operator_ != Operator::equal && filter.operator_ != Operator::not_equal;
    if (ordered && !flow::holds_number(flow::info(known->column).kind)) {
        return Failure{place + std::string{name} + " has no order: only = and !="};
    }
    return filter;
}

Failure Filter::read_value(std::string_view value, flow::Profile profile) {
    const Kind kind = flow::info(column_).kind;
    const Render render = flow::info(column_).in(profile).render;
    if (is_address(column_)) return read_address(value);
    if (kind == Kind::bytes) return read_bytes(value, render);
    // Names are known in both profiles, also where lines print the number.
    const Render named_as = column_ == Column::etype   ? Render::etype_name
                            : column_ == Column::proto ? Render::proto_name
                                                       : render;
    return read_number(value, named_as);
}

Failure Filter::read_number(std::string_view value, Render render) {
    form_ = Form::number;
    const bool hex = value.starts_with("0x");
    std::optional<std::uint64_t> number =
        hex ? digits<std::uint64_t>(value.substr(2), 16) : digits<std::uint64_t>(value);
    if (!number && render == Render::mac) number = mac_number(value);
    if (!number) number = named(value, render);
    if (!number) return unreadable(value, "neither a number from 0 to 2^64 - 1 nor a name of one");
    number_ = *number;
    return {};
}

Failure Filter::read_address(std::string_view value) {
    form_ = Form::address;
    if (value.empty()) return {};  // flows without one
    const std::size_t slash = value.find('/');
    const std::string text{value.substr(0, slash)};
    std::array<std::uint8_t, 16> octets{};
    const bool v4 = inet_pton(AF_INET, text.c_str(), octets.data()) == 1;
    if (!v4 && inet_pton(AF_INET6, text.c_str(), octets.data()) != 1) {
        return unreadable(value, "neither an address nor a prefix such as 10.0.0.0/8");
    }
    const std::size_t size = v4 ? 4 : 16;
    unsigned bits = static_cast<unsigned>(8 * size);
    if (slash != std::string_view::npos) {
        const auto given = digits<unsigned>(value.substr(slash + 1));
        if (!given || *given > bits) {
            return unreadable(value, "no prefix: 0 to " + std::to_string(bits) + " bits");
        }
        bits = *given;
    }
    // ::ffff:10.0.0.0/104 is 10.0.0.0/8, as flows' addresses are read.
    flow::Address address = flow::Address::from({octets.data(), size});
    if (!v4 && address.size == 4) {
        if (bits >= 96) {
            bits -= 96;
        } else {
            address = {.octets = octets, .size = 16};
        }
    }
    prefix_size_ = static_cast<std::uint8_t>(bits);
    bytes_.assign(address.octets.begin(), address.octets.begin() + address.size);
    return {};
}

Failure Filter::read_bytes(std::string_view value, Render render) {
    form_ = Form::bytes;
    if (render == Render::text) {
        bytes_ = value;
        return {};
    }
    for (std::size_t i = 0; i < value.size(); i += 2) {
        const auto octet = digits<std::uint8_t>(value.substr(i, 2), 16);
        if (!octet || value.size() % 2 != 0) return unreadable(value, "no row of bytes in hex");
        bytes_ += static_cast<char>(*octet);
    }
    return {};
}

bool Filter::compares(std::uint64_t number) const noexcept {
    switch (operator_) {
        case Operator::less: return number < number_;
        case Operator::at_most: return number <= number_;
        case Operator::more: return number > number_;
        case Operator::at_least: return number >= number_;
        case Operator::equal:
        case Operator::not_equal: break;
    }
    return number == number_;
}

bool Filter::is(flow::Bytes bytes) const noexcept {
    const flow::Bytes wanted = bytes_of(bytes_);
    if (form_ == Form::bytes)
        return std::equal(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
    const flow::Address address = flow::Address::from(bytes);
    if (address.size != wanted.size()) return false;
    const std::size_t whole = prefix_size_ / 8;
    const unsigned rest = prefix_size_ % 8;
    if (!std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(whole),
                    address.octets.begin())) {
        return false;
    }
    return rest == 0 || ((address.octets[whole] ^ wanted[whole]) >> (8 - rest)) == 0;
}

bool Filter::has(const flow::Flow& flow) const noexcept {
    const Kind kind = flow::info(column_).kind;
    const auto is_one = [this](flow::Bytes bytes) { return is(bytes); };
    if (kind == Kind::bytes) return is(flow.bytes(column_));
    if (kind == Kind::bytes_list) {
        const auto list = flow.byte_list(column_);
        if (bytes_.empty()) return list.empty();
        return std::any_of(list.begin(), list.end(), is_one);
    }
    if (!flow::holds_list(kind)) return compares(flow.number(column_));
    const auto list = flow.list(column_);
    return std::find(list.begin(), list.end(), number_) != list.end();
}

bool Filter::holds(const flow::Flow& flow) const noexcept {
    return has(flow) != (operator_ == Operator::not_equal);
}

}  // namespace flowd::cat
