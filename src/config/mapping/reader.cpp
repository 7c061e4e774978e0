// SPDX-License-Identifier: BSD-3-Clause
// Questions to a value, and the complaints about it.
#include "config/mapping/reader.hpp"

#include <algorithm>
#include <array>

#include "config/numbers.hpp"
#include "config/text.hpp"

namespace flowd::mapping {

namespace {

using config::in_quotes;

std::string_view kind_name(Value::Kind kind) noexcept {
    switch (kind) {
        case Value::Kind::list: return "a list";
        case Value::Kind::table: return "a table";
        case Value::Kind::scalar: return "a single value";
        case Value::Kind::nothing: break;
    }
    return "nothing";
}

std::string must_be(std::string_view name, Value::Kind wanted, Value::Kind kind) {
    return std::string{name} + " must be " + std::string{kind_name(wanted)} + ", not " +
           std::string{kind_name(kind)};
}

/// YAML 1.1's switches, as Go reads them.
std::optional<bool> switch_of(std::string_view text) {
    constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "y"};
    constexpr std::array<std::string_view, 4> no{"false", "no", "off", "n"};
    const std::string wanted = config::lower(text);
    if (std::find(yes.begin(), yes.end(), wanted) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), wanted) != no.end()) return false;
    return std::nullopt;
}

}  // namespace

bool Reader::expect_table(const Value& value, std::string_view name,
                          std::initializer_list<std::string_view> keys) const {
    if (value.kind == Value::Kind::nothing) return true;
    if (value.kind != Value::Kind::table) {
        complaints_.refuse(value.line, must_be(name, Value::Kind::table, value.kind));
        return false;
    }
    std::vector<std::string_view> known;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(known),
                 [](std::string_view key) { return !key.empty(); });
    std::vector<std::string_view> seen;
    bool good = true;
    for (const Value& item : value.items) {
        if (std::find(known.begin(), known.end(), item.key) == known.end()) {
            std::string sentence = "unknown key " + in_quotes(item.key);
            const std::string_view near = config::nearest(item.key, known);
            if (!near.empty()) sentence += " (did you mean " + std::string{near} + "?)";
            complaints_.pass_over(item.line, sentence, "it is left out");
            good = good && form_ == Form::yaml;
        } else if (std::find(seen.begin(), seen.end(), item.key) != seen.end()) {
            complaints_.refuse(item.line, item.key + " is there twice");
            good = false;
        } else {
            seen.push_back(item.key);
        }
    }
    return good;
}

const Value* Reader::member(const Value& in, std::string_view key, Value::Kind kind) const {
    if (key.empty()) return nullptr;
    const Value* value = in.find(key);
    if (value == nullptr || value->kind == Value::Kind::nothing) return nullptr;
    if (value->kind == kind) return value;
    complaints_.refuse(value->line, must_be(key, kind, value->kind));
    return nullptr;
}

std::vector<const Value*> Reader::tables(const Value& in, std::string_view key) const {
    std::vector<const Value*> items;
    const Value* list = member(in, key, Value::Kind::list);
    if (list == nullptr) return items;
    for (const Value& item : list->items) {
        if (item.kind == Value::Kind::table) {
            items.push_back(&item);
        } else {
            complaints_.refuse(item.line,
                               "an entry of " + must_be(key, Value::Kind::table, item.kind));
        }
    }
    return items;
}

std::vector<const Value*> Reader::texts(const Value& in, std::string_view key) const {
    std::vector<const Value*> items;
    const Value* list = member(in, key, Value::Kind::list);
    if (list == nullptr) return items;
    for (const Value& item : list->items) {
        if (item.kind == Value::Kind::scalar) {
            items.push_back(&item);
        } else {
            complaints_.refuse(item.line,
                               "an entry of " + must_be(key, Value::Kind::scalar, item.kind));
        }
    }
    return items;
}

std::optional<std::uint64_t> Reader::number(const Value& in, std::string_view key,
                                            const Range& range) const {
    const Value* value = member(in, key, Value::Kind::scalar);
    if (value == nullptr) return std::nullopt;
    const std::string name{key};
    const std::optional<std::int64_t> number = config::parse_integer(value->text);
    if (!number) {
        complaints_.refuse(value->line, name + ": " + in_quotes(value->text) + " is no integer");
    } else if (*number < static_cast<std::int64_t>(range.min)) {
        complaints_.refuse(value->line, name + ": " + std::to_string(*number) + " is below " +
                                            std::to_string(range.min));
    } else if (static_cast<std::uint64_t>(*number) > range.max) {
        complaints_.refuse(value->line, name + ": " + std::to_string(*number) + " is above " +
                                            std::to_string(range.max));
    } else {
        return static_cast<std::uint64_t>(*number);
    }
    return std::nullopt;
}

bool Reader::flag(const Value& in, std::string_view key) const {
    const Value* value = member(in, key, Value::Kind::scalar);
    if (value == nullptr) return false;
    const std::optional<bool> on = switch_of(value->text);
    if (!on) {
        complaints_.refuse(value->line, std::string{key} + ": " + in_quotes(value->text) +
                                            " is neither true nor false");
    }
    return on.value_or(false);
}

const Value* Reader::text(const Value& in, std::string_view key) const {
    return member(in, key, Value::Kind::scalar);
}

std::optional<std::size_t> Reader::choice(const Value& in, std::string_view key,
                                          std::initializer_list<std::string_view> names) const {
    const Value* value = member(in, key, Value::Kind::scalar);
    const std::string_view text = value == nullptr ? std::string_view{} : value->text;
    const auto* found = std::find(names.begin(), names.end(), text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    const std::vector<std::string_view> all{names};
    complaints_.refuse(
        value == nullptr ? in.line : value->line,
        std::string{key} + ": " + in_quotes(text) + " is not one of " + config::joined(all, ", "));
    return std::nullopt;
}

}  // namespace flowd::mapping
