// SPDX-License-Identifier: BSD-3-Clause
// Go's spellings of integers, switches and durations (packages strconv and time).
#include "config/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace flowd::config {

namespace {

bool is_digit(char character) noexcept { return character >= '0' && character <= '9'; }

/// Takes `-` or `+` from the front.
bool take_minus(std::string_view& text) noexcept {
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    return minus;
}

/// Takes 0x, 0o or 0b from the front.
int take_base(std::string_view& text) noexcept {
    if (text.size() < 3 || text[0] != '0') return 10;
    const char letter = text[1];
    const int base = letter == 'x' || letter == 'X'   ? 16
                     : letter == 'o' || letter == 'O' ? 8
                     : letter == 'b' || letter == 'B' ? 2
                                                      : 10;
    if (base != 10) text.remove_prefix(2);
    return base;
}

struct DurationUnit {
    std::string_view name;
    std::int64_t nanoseconds;
};

// Longer names first where one starts with the other.
constexpr std::array<DurationUnit, 8> duration_units{
    DurationUnit{"ns", 1},
    DurationUnit{"us", 1'000},
    DurationUnit{"\xC2\xB5s", 1'000},  // U+00B5, the micro sign
    DurationUnit{"\xCE\xBCs", 1'000},  // U+03BC, the Greek letter
    DurationUnit{"ms", 1'000'000},
    DurationUnit{"s", 1'000'000'000},
    DurationUnit{"m", 60'000'000'000},
    DurationUnit{"h", 3'600'000'000'000}};

std::string_view take_digits(std::string_view& text) noexcept {
    const std::size_t size = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    const std::string_view digits = text.substr(0, size);
    text.remove_prefix(size);
    return digits;
}

/// One `1.5h`, taken from the front, in nanoseconds.
std::optional<std::int64_t> take_term(std::string_view& text) noexcept {
    const std::string_view whole = take_digits(text);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_digits(text);
    }
    if (whole.empty() && fraction.empty()) return std::nullopt;
    const auto* unit =
        std::find_if(duration_units.begin(), duration_units.end(),
                     [text](const DurationUnit& each) { return text.starts_with(each.name); });
    if (unit == duration_units.end()) return std::nullopt;
    text.remove_prefix(unit->name.size());

    std::int64_t value = 0;
    if (!whole.empty()) {
        const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), value);
        if (read.ec != std::errc{}) return std::nullopt;
    }
    if (__builtin_mul_overflow(value, unit->nanoseconds, &value)) return std::nullopt;
    // What lies below a nanosecond is cut off, as Go does.
    std::int64_t place = unit->nanoseconds;
    std::int64_t part = 0;
    for (const char digit : fraction) {
        if (place % 10 != 0) {  // only minutes and hours get here: 6 and 36 do not divide by ten
            part += (digit - '0') * place / 10;
            break;
        }
        place /= 10;
        part += (digit - '0') * place;
    }
    if (__builtin_add_overflow(value, part, &value)) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    const bool minus = take_minus(text);
    const int base = take_base(text);
    if (base == 10 && text.size() > 1 && text.front() == '0') return std::nullopt;

    std::array<char, 72> digits{};  // a sign and 64 binary digits
    std::size_t size = 0;
    if (minus) digits[size++] = '-';
    char before = '_';
    for (const char character : text) {
        if (character == '_' && before == '_') return std::nullopt;
        before = character;
        if (character == '_') continue;
        if (character == '-' || size == digits.size()) return std::nullopt;
        digits[size++] = character;
    }
    if (before == '_') return std::nullopt;

    std::int64_t value = 0;
    const char* const end = digits.data() + size;
    const auto read = std::from_chars(digits.data(), end, value, base);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return value;
}

std::optional<bool> parse_switch(std::string_view text) noexcept {
    constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "true", "True", "TRUE"};
    constexpr std::array<std::string_view, 6> no{"0", "f", "F", "false", "False", "FALSE"};
    if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), text) != no.end()) return false;
    return std::nullopt;
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) noexcept {
    const bool minus = take_minus(text);
    if (text == "0") return std::chrono::nanoseconds{0};
    if (text.empty()) return std::nullopt;
    std::int64_t sum = 0;
    while (!text.empty()) {
        const std::optional<std::int64_t> term = take_term(text);
        if (!term || __builtin_add_overflow(sum, *term, &sum)) return std::nullopt;
    }
    return std::chrono::nanoseconds{minus ? -sum : sum};
}

}  // namespace flowd::config
