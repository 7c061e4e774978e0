// SPDX-License-Identifier: BSD-3-Clause
// toml++ behind two functions. It throws; nothing of that leaves this file.
#include "config/file.hpp"

#include <fcntl.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include "log/escape.hpp"

namespace flowd::config {

namespace {

std::string_view kind_of(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table: return "a table";
        case toml::node_type::array: return "an array";
        case toml::node_type::string: return "a string";
        case toml::node_type::integer: return "an integer";
        case toml::node_type::floating_point: return "a number with a fraction";
        case toml::node_type::boolean: return "true or false";
        case toml::node_type::date:
        case toml::node_type::time:
        case toml::node_type::date_time: return "a date or time";
        case toml::node_type::none: break;
    }
    return "nothing";
}

Failure wrong_kind(std::string_view wanted, const toml::node& node) {
    return {"must be " + std::string{wanted} + ", not " + std::string{kind_of(node)}};
}

/// Values of a table may be written as what they are; their owner reads texts.
Failure set_entries(const Row& row, const toml::table& entries) {
    Table table;
    for (auto&& [name, node] : entries) {
        std::string value;
        if (const auto* text = node.as_string()) {
            value = text->get();
        } else if (const auto* integer = node.as_integer()) {
            value = std::to_string(integer->get());
        } else if (const auto* truth = node.as_boolean()) {
            value = truth->get() ? "true" : "false";
        } else {
            return {log::one_line(std::string{name.str()}) + ": " +
                    wrong_kind("a string, an integer, true or false", node).sentence};
        }
        table.insert_or_assign(std::string{name.str()}, std::move(value));
    }
    return set_table(row, std::move(table));
}

Failure set_node(const Row& row, const toml::node& node) {
    if (std::holds_alternative<Table*>(row.target)) {
        const toml::table* entries = node.as_table();
        return entries != nullptr ? set_entries(row, *entries) : wrong_kind("a table", node);
    }
    if (is_switch(row)) {
        const auto* value = node.as_boolean();
        return value != nullptr ? set_switch(row, value->get()) : wrong_kind("true or false", node);
    }
    if (std::holds_alternative<std::int64_t*>(row.target)) {
        if (const auto* value = node.as_integer()) return set_integer(row, value->get());
        if (!is_duration(row)) return wrong_kind("an integer", node);
        const auto* text = node.as_string();
        return text != nullptr ? set_text(row, text->get())
                               : wrong_kind("an integer or a duration in quotes", node);
    }
    if (std::holds_alternative<std::string*>(row.target)) {
        const auto* value = node.as_string();
        return value != nullptr ? set_string(row, value->get()) : wrong_kind("a string", node);
    }
    const auto* array = node.as_array();
    if (array == nullptr) return wrong_kind("an array of strings", node);
    std::vector<std::string> values;
    for (const toml::node& element : *array) {
        const auto* value = element.as_string();
        if (value == nullptr) {
            return {"must be an array of strings; one element is " + std::string{kind_of(element)}};
        }
        values.push_back(value->get());
    }
    return set_list(row, values);
}

/// Sets what a table has. toml++ keeps keys sorted, so every complaint is looked at and the one
/// nearest to the top of the file is told.
class Reader {
public:
    explicit Reader(const Schema& schema) : schema_{schema} {}

    void read(const toml::table& table, const std::string& prefix) {
        for (auto&& [name, node] : table) {
            const std::string key = prefix + std::string{name.str()};
            // "a.b" in quotes is one name, not a table's key, and no row has such a name.
            const bool dotted = name.str().find('.') != std::string_view::npos;
            TableArray* const array = dotted ? nullptr : schema_.array(key);
            if (array != nullptr && node.is_array_of_tables()) {
                read_array(*node.as_array(), key, *array);
            } else if (const Row* row = dotted ? nullptr : schema_.by_key(key)) {
                given_.push_back(row);
                complain(name.source(), key, set_node(*row, node));
            } else if (const toml::table* inner = node.as_table();
                       inner && !dotted && is_table(key)) {
                read(*inner, key + ".");
            } else {
                complain(name.source(), key, unknown(key, node));
            }
        }
    }

    [[nodiscard]] const Failure& complaint() const { return complaint_; }
    [[nodiscard]] std::vector<const Row*> given() && { return std::move(given_); }
    [[nodiscard]] toml::source_index line() const { return line_; }

private:
    void read_array(const toml::array& tables, const std::string& key, TableArray& array) {
        for (const toml::node& node : tables) {
            Schema& element = array.elements.emplace_back(array.make());
            Reader inner{element};
            inner.read(*node.as_table(), key + ".");
            const bool nearer = !failed(complaint_) || inner.line_ < line_;
            if (failed(inner.complaint_) && nearer) {
                complaint_ = inner.complaint_;
                line_ = inner.line_;
            }
            given_.insert(given_.end(), inner.given_.begin(), inner.given_.end());
        }
    }

    [[nodiscard]] bool is_table(const std::string& key) const {
        for (const Setting& each : schema_.settings()) {
            if (each.row.key.starts_with(key + ".")) return true;
        }
        return false;
    }

    [[nodiscard]] Failure unknown(const std::string& key, const toml::node& node) const {
        if (!node.is_table() && is_table(key)) return wrong_kind("a table", node);
        if (schema_.by_key(key) != nullptr) return {"unknown in quotes; write it without them"};
        const std::string_view near =
            node.is_table() ? schema_.nearest_table(key) : schema_.nearest_key(key);
        std::string sentence = node.is_table() ? "unknown table" : "unknown key";
        if (!near.empty()) sentence += "; did you mean " + std::string{near} + "?";
        return {sentence};
    }

    void complain(const toml::source_region& where, const std::string& key,
                  const Failure& failure) {
        if (!failed(failure)) return;
        if (failed(complaint_) && line_ <= where.begin.line) return;
        line_ = where.begin.line;
        complaint_ = {log::one_line(key) + ": " + failure.sentence};
    }

    const Schema& schema_;
    std::vector<const Row*> given_;
    Failure complaint_;
    toml::source_index line_ = 0;
};

std::string place(const std::string& path, toml::source_index line) {
    return path + ":" + std::to_string(line) + ": ";
}

/// Closes the descriptor when it goes.
class Descriptor {
public:
    explicit Descriptor(int descriptor) noexcept : descriptor_{descriptor} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

Outcome<std::string> read_file(const std::string& path) {
    const auto unreadable = [&path] {
        return Failure{path + ": cannot be read: " + std::generic_category().message(errno)};
    };
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) return unreadable();
    std::string text;
    constexpr std::size_t step = 64 * 1024;
    for (;;) {
        const std::size_t used = text.size();
        if (used > file_size_max) {
            return Failure{path + ": is larger than " + std::to_string(file_size_max) + " bytes"};
        }
        text.resize(used + step);
        const ssize_t got = ::read(file.get(), text.data() + used, step);
        if (got < 0 && errno != EINTR) return unreadable();
        text.resize(used + static_cast<std::size_t>(got > 0 ? got : 0));
        if (got == 0) return text;
    }
}

Outcome<std::vector<const Row*>> apply_toml(std::string_view toml, const std::string& path,
                                            const Schema& schema) {
    try {
        const toml::table root = toml::parse(toml, path);
        Reader reader{schema};
        reader.read(root, "");
        if (failed(reader.complaint())) {
            return Failure{place(path, reader.line()) + reader.complaint().sentence};
        }
        return std::move(reader).given();
    } catch (const toml::parse_error& error) {
        return Failure{place(path, error.source().begin.line) + log::one_line(error.description())};
    }
}

}  // namespace flowd::config
