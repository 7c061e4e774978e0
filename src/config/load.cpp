// SPDX-License-Identifier: BSD-3-Clause
// The order of loading, and what is said about goflow2's flags that do nothing here.
#include "config/load.hpp"

#include <algorithm>
#include <utility>

#include "config/file.hpp"
#include "config/flags.hpp"
#include "log/escape.hpp"

namespace flowd::config {

namespace {

LoadFailure usage(const Failure& failure) { return {Fault::usage, failure.sentence}; }

/// The last flag wins, as in Go. Empty: no file.
std::string path_of_file(const std::vector<FlagValue>& flags, const Config& config) {
    std::string path;
    for (const FlagValue& flag : flags) {
        auto* const* target = std::get_if<std::string*>(&flag.row->target);
        if (target != nullptr && *target == &config.file) path = flag.text;
    }
    return path;
}

/// Collects what was given; a row counts once however often it came.
class Gatherer {
public:
    explicit Gatherer(const Schema& schema) : schema_{schema} {}

    void add(const Row* row) {
        if (std::find(rows_.begin(), rows_.end(), row) == rows_.end()) rows_.push_back(row);
    }

    /// Once every value is set.
    void report(Loaded& loaded) const {
        for (const Row* row : rows_) {
            loaded.given.emplace_back(name_of(*row));
            const std::string flag = '-' + std::string{name_of(*row)};
            if (row->effect == Effect::accepted) {
                loaded.notes.push_back(flag + " has no effect in flowd: " + std::string{row->help});
            } else if (row->effect == Effect::missing && value_of(*row) != default_of(*row)) {
                loaded.warnings.push_back(flag + ' ' + value_of(*row) +
                                          " is not done: " + std::string{row->help});
            }
        }
    }

private:
    [[nodiscard]] std::string_view default_of(const Row& row) const {
        for (const Setting& each : schema_.settings()) {
            if (&each.row == &row) return each.default_value;
        }
        return {};
    }

    const Schema& schema_;
    std::vector<const Row*> rows_;
};

LoadFailure load_file(const std::string& path, const Schema& schema, Gatherer& gatherer) {
    const Outcome<std::string> text = read_file(path);
    if (!text) return {Fault::start_up, text.error().sentence};
    const Outcome<std::vector<const Row*>> given = apply_toml(*text, log::one_line(path), schema);
    if (!given) return usage(given.error());
    for (const Row* row : *given) gatherer.add(row);
    return {};
}

LoadFailure apply_flags(const std::vector<FlagValue>& flags, Gatherer& gatherer) {
    for (const FlagValue& flag : flags) {
        if (const Failure failure = apply_flag(flag); failed(failure)) return usage(failure);
        gatherer.add(flag.row);
    }
    return {};
}

/// A flag cannot mean one of several tables.
Failure check_arrays(const std::vector<FlagValue>& flags, const Schema& schema) {
    for (const FlagValue& flag : flags) {
        const TableArray* const array = schema.array_of(flag.row->key);
        if (array == nullptr || array->elements.empty()) continue;
        return {'-' + std::string{flag.row->flag} + ": cannot go with [[" + array->name +
                "]]; write it there"};
    }
    return {};
}

/// What is wrong in a mapping file ends with 1, as in goflow2.
LoadFailure load_shape(const Config& config, Loaded& loaded) {
    mapping::MappingFile file;
    if (!config.mapping_path.empty()) {
        Outcome<mapping::MappingFile> read = mapping::read_file(
            config.mapping_path, {.profile = profile_of(config), .strict = config.strict});
        if (!read) return {Fault::start_up, read.error().sentence};
        file = std::move(*read);
    }
    Outcome<OutputShape> shape = make_shape(config, file);
    if (!shape) return usage(shape.error());
    loaded.shape = std::move(*shape);
    return {};
}

}  // namespace

bool Loaded::was_given(std::string_view name) const {
    return std::find(given.begin(), given.end(), name) != given.end();
}

flow::Result<Loaded, LoadFailure> load(std::span<const char* const> arguments, const Schema& schema,
                                       const Config& config) {
    if (const Failure failure = schema.conflict(); failed(failure)) {
        return LoadFailure{Fault::start_up, failure.sentence};
    }
    const Outcome<std::vector<FlagValue>> flags = parse_flags(arguments, schema);
    if (!flags) return usage(flags.error());

    // The flags are applied twice: first to learn of a wrong one, of -h and of -v before any file
    // is read; then again to win over the file.
    Gatherer gatherer{schema};
    if (LoadFailure failure = apply_flags(*flags, gatherer); failed(failure)) return failure;
    Loaded loaded;
    if (config.help || config.version) return loaded;
    if (const std::string path = path_of_file(*flags, config); !path.empty()) {
        if (LoadFailure failure = load_file(path, schema, gatherer); failed(failure)) {
            return failure;
        }
        if (LoadFailure failure = apply_flags(*flags, gatherer); failed(failure)) return failure;
        if (Failure failure = check_arrays(*flags, schema); failed(failure)) return usage(failure);
    }

    if (const Failure failure = validate(config); failed(failure)) return usage(failure);
    Outcome<Listeners> listeners = parse_listen(config.listen);
    if (!listeners) return usage(listeners.error());
    loaded.listeners = std::move(listeners->listeners);
    loaded.notes = std::move(listeners->notes);
    gatherer.report(loaded);
    if (LoadFailure failure = load_shape(config, loaded); failed(failure)) return failure;
    loaded.warnings.insert(loaded.warnings.end(), loaded.shape.warnings.begin(),
                           loaded.shape.warnings.end());
    return loaded;
}

}  // namespace flowd::config
