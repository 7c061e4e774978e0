// SPDX-License-Identifier: BSD-3-Clause
// Printer: from inputs to lines. Knows the order: frames, message, filters, line. Main thread.
#pragma once

#include <cstdint>
#include <string>

#include "flow/format/json/formatter.hpp"
#include "flow/format/text/formatter.hpp"
#include "log/failure.hpp"
#include "tools/cat/frames.hpp"
#include "tools/cat/input.hpp"
#include "tools/cat/message.hpp"
#include "tools/cat/options.hpp"
#include "tools/cat/output.hpp"

namespace flowd::cat {

class Printer {
public:
    /// Both outlive it.
    Printer(const Options& options, const Plan& plan, Output& output);

    /// A file to its end, or to the first thing that is broken, which the sentence says: name,
    /// place, cause. What came before is printed.
    [[nodiscard]] Failure print(const std::string& path);

    /// The limit is reached, or nobody reads the output.
    [[nodiscard]] bool done() const noexcept;
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t unknown_count() const noexcept { return reader_.unknown_count(); }

private:
    [[nodiscard]] Failure print(Input& input);
    [[nodiscard]] Failure print_message();
    template <class Formatter>
    [[nodiscard]] Failure write(const Formatter& formatter);

    /// Custom columns multiply what a message may need; flowd's own lines have some kilobytes.
    static constexpr std::size_t line_size_max = std::size_t{64} << 20;

    const Options& options_;
    const Plan& plan_;
    Output& output_;
    Frames frames_;
    MessageReader reader_;
    flow::json::Formatter json_;
    flow::text::Formatter text_;
    std::uint64_t count_ = 0;
};

}  // namespace flowd::cat
