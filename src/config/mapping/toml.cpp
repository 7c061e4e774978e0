// SPDX-License-Identifier: BSD-3-Clause
// A TOML mapping file as a tree. toml++ throws; nothing of that leaves this file.
#include <toml++/toml.h>

#include <algorithm>
#include <exception>

#include "config/mapping/value.hpp"
#include "log/escape.hpp"

namespace flowd::mapping {

namespace {

struct Refusal {
    std::size_t line;
    std::string sentence;
};

class Converter {
public:
    [[nodiscard]] Value convert(const toml::node& node, std::size_t depth) {
        Value value;
        value.line = node.source().begin.line;
        if (depth > depth_max) {
            throw Refusal{value.line,
                          "nested deeper than " + std::to_string(depth_max) + " levels"};
        }
        if (++count_ > values_max) {
            throw Refusal{value.line, "more than " + std::to_string(values_max) + " values"};
        }
        if (const toml::table* table = node.as_table()) {
            value.kind = Value::Kind::table;
            for (auto&& [key, item] : *table) add(value, key, item, depth);
            // toml++ sorts by name; what is said about a file follows the file.
            std::stable_sort(
                value.items.begin(), value.items.end(),
                [](const Value& left, const Value& right) { return left.line < right.line; });
        } else if (const toml::array* array = node.as_array()) {
            value.kind = Value::Kind::list;
            for (const toml::node& item : *array) value.items.push_back(convert(item, depth + 1));
        } else {
            value.kind = Value::Kind::scalar;
            value.text = text_of(node);
            check_size(value.text, value.line);
        }
        return value;
    }

private:
    void add(Value& table, const toml::key& key, const toml::node& node, std::size_t depth) {
        check_size(key.str(), key.source().begin.line);
        Value value = convert(node, depth + 1);
        value.key = key.str();
        value.line = key.source().begin.line;
        table.items.push_back(std::move(value));
    }

    static void check_size(std::string_view text, std::size_t line) {
        if (text.size() <= text_size_max) return;
        throw Refusal{line, "a text of " + std::to_string(text.size()) + " bytes is above " +
                                std::to_string(text_size_max)};
    }

    /// What is no text, integer or switch fits nowhere; its kind stands for it in the complaint.
    static std::string text_of(const toml::node& node) {
        if (const auto* text = node.as_string()) return text->get();
        if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
        if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
        return node.is_floating_point() ? "a number with a fraction" : "a date or time";
    }

    std::size_t count_ = 0;
};

Failure refuse(const std::string& path, std::size_t line, std::string_view sentence) {
    return {path + ':' + std::to_string(line) + ": " + log::one_line(sentence)};
}

}  // namespace

Outcome<Value> parse_toml(std::string_view text, const std::string& path) {
    try {
        const toml::table root = toml::parse(text, path);
        return Converter{}.convert(root, 1);
    } catch (const Refusal& refusal) {
        return refuse(path, refusal.line, refusal.sentence);
    } catch (const toml::parse_error& error) {
        return refuse(path, error.source().begin.line, error.description());
    } catch (const std::exception& error) {
        return refuse(path, 1, error.what());
    }
}

}  // namespace flowd::mapping
