// SPDX-License-Identifier: BSD-3-Clause
// From the command line to a checked configuration: defaults, then the file that -config names,
// then the flags. Main thread, once, before anything is opened.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/listen.hpp"
#include "config/schema.hpp"
#include "config/shape.hpp"
#include "flow/base/result.hpp"

namespace flowd::config {

/// Who has to act: the person who wrote the configuration, or the one who runs the machine.
enum class Fault : std::uint8_t {
    none,
    usage,     ///< a flag, key, value or URI is wrong
    start_up,  ///< a file cannot be read, or the mapping file is wrong
};

struct [[nodiscard]] LoadFailure {
    Fault fault = Fault::none;
    std::string sentence;
};

[[nodiscard]] inline bool failed(const LoadFailure& failure) noexcept {
    return failure.fault != Fault::none;
}

/// 2 for usage, as goflow2 exits; 1 for start-up.
[[nodiscard]] constexpr int exit_status(Fault fault) noexcept {
    return fault == Fault::none ? 0 : fault == Fault::usage ? 2 : 1;
}

struct Loaded {
    std::vector<Listener> listeners;
    OutputShape shape;
    std::vector<std::string> notes;     ///< what was given and has no effect; log once as info
    std::vector<std::string> warnings;  ///< what was asked for and is not done; log once as warning
    std::vector<std::string> given;     ///< flags (rows without one: keys) from file or arguments

    /// Did the file or the arguments set it? By flag where it has one, else by key.
    [[nodiscard]] bool was_given(std::string_view name) const;
};

/// Sets the targets of the schema's rows, which must hold those of `config`; `arguments` are
/// without the program's name. With -h or -v nothing but the flags is read: neither the file nor
/// the settings' sense.
[[nodiscard]] flow::Result<Loaded, LoadFailure> load(std::span<const char* const> arguments,
                                                     const Schema& schema, const Config& config);

}  // namespace flowd::config
