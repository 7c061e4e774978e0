// SPDX-License-Identifier: BSD-3-Clause
// The only door to yaml-cpp. It reports events, from which the tree is built here, so that its
// limits hold while the file is read: a node graph of the library could be walked for ever. It
// throws; nothing of that leaves this file.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <map>
#include <sstream>
#include <utility>

#include "config/mapping/value.hpp"
#include "log/escape.hpp"

namespace flowd::mapping {

namespace {

/// Thrown through yaml-cpp, which has no other way to be stopped.
struct Refusal {
    std::size_t line;
    std::string sentence;
};

std::size_t line_of(const YAML::Mark& mark) {
    return mark.line < 0 ? 1 : static_cast<std::size_t>(mark.line) + 1;
}

class Builder final : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        attach(make(Value::Kind::nothing, mark), anchor);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  const std::string& text) override {
        Value value = make(Value::Kind::scalar, mark);
        if (text.size() > text_size_max) {
            throw Refusal{value.line, "a text of " + std::to_string(text.size()) +
                                          " bytes is above " + std::to_string(text_size_max)};
        }
        value.text = text;
        attach(std::move(value), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        // An alias inside its own anchor is not there yet.
        if (found == anchors_.end()) throw Refusal{line_of(mark), "an alias stands for itself"};
        if (open_.size() + depth_of(found->second) > depth_max) too_deep(mark);
        count(found->second, line_of(mark));
        Value copy = found->second;
        copy.line = line_of(mark);
        attach(std::move(copy), 0);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(Value::Kind::list, mark, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(Value::Kind::table, mark, anchor);
    }
    void OnMapEnd() override { close(); }

    [[nodiscard]] Value take() && { return std::move(root_); }

private:
    struct Open {
        Value value;
        YAML::anchor_t anchor = 0;
        bool has_key = false;  ///< of a table: the next value belongs to `key`
        std::string key{};
        std::size_t key_line = 0;
    };

    [[noreturn]] static void too_deep(const YAML::Mark& mark) {
        throw Refusal{line_of(mark), "nested deeper than " + std::to_string(depth_max) + " levels"};
    }

    static std::size_t depth_of(const Value& value) {
        std::size_t depth = 0;
        for (const Value& item : value.items) depth = std::max(depth, depth_of(item));
        return depth + 1;
    }

    Value make(Value::Kind kind, const YAML::Mark& mark) {
        Value value;
        value.kind = kind;
        value.line = line_of(mark);
        count(value, value.line);
        return value;
    }

    void count(const Value& value, std::size_t line) {
        if (++count_ > values_max) {
            throw Refusal{line, "more than " + std::to_string(values_max) + " values"};
        }
        for (const Value& item : value.items) count(item, line);
    }

    void open(Value::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (open_.size() >= depth_max) too_deep(mark);
        open_.push_back({.value = make(kind, mark), .anchor = anchor});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        attach(std::move(done.value), done.anchor);
    }

    void attach(Value value, YAML::anchor_t anchor) {
        if (anchor != 0) {
            count(value, value.line);
            anchors_[anchor] = value;
        }
        if (open_.empty()) {
            root_ = std::move(value);
            return;
        }
        Open& into = open_.back();
        if (into.value.kind == Value::Kind::list) {
            into.value.items.push_back(std::move(value));
        } else if (!into.has_key) {
            if (value.kind != Value::Kind::scalar) throw Refusal{value.line, "a key is no text"};
            into.has_key = true;
            into.key = std::move(value.text);
            into.key_line = value.line;
        } else {
            into.has_key = false;
            value.key = std::move(into.key);
            value.line = into.key_line;
            into.value.items.push_back(std::move(value));
        }
    }

    Value root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Value> anchors_;
    std::size_t count_ = 0;
};

Failure refuse(const std::string& path, std::size_t line, const std::string& sentence) {
    return {path + ':' + std::to_string(line) + ": " + log::one_line(sentence)};
}

}  // namespace

Outcome<Value> parse_yaml(std::string_view text, const std::string& path) {
    try {
        std::istringstream stream{std::string{text}};
        YAML::Parser parser{stream};
        Builder builder;
        parser.HandleNextDocument(builder);
        return std::move(builder).take();
    } catch (const Refusal& refusal) {
        return refuse(path, refusal.line, refusal.sentence);
    } catch (const YAML::Exception& error) {
        return refuse(path, line_of(error.mark), error.msg);
    } catch (const std::exception& error) {
        return refuse(path, 1, error.what());
    }
}

}  // namespace flowd::mapping
