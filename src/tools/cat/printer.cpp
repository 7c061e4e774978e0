// SPDX-License-Identifier: BSD-3-Clause
// The loop. Lines go out before a wait for input, so that a pipe shows what it has.
#include "tools/cat/printer.hpp"

#include <algorithm>

#include "log/escape.hpp"

namespace flowd::cat {

namespace {

std::string at_byte(std::uint64_t offset, const std::string& problem) {
    return "byte " + std::to_string(offset) + ": " + problem;
}

}  // namespace

Printer::Printer(const Options& options, const Plan& plan, Output& output)
    : options_{options},
      plan_{plan},
      output_{output},
      frames_{plan.framing},
      reader_{plan.shape.schema},
      json_{plan.shape.schema},
      text_{plan.shape.schema} {}

bool Printer::done() const noexcept {
    const auto limit = static_cast<std::uint64_t>(options_.limit);
    return (limit != 0 && count_ >= limit) || !output_.good();
}

Failure Printer::print(const std::string& path) {
    Input input;
    Failure failure = input.open(path);
    if (!failed(failure)) failure = print(input);
    if (!failed(failure)) return {};
    return {(path == "-" ? "stdin" : log::one_line(path)) + ": " + failure.sentence};
}

Failure Printer::print(Input& input) {
    frames_.begin();
    Failure first;  // of frames that are broken inside: the next frame is where it is
    std::uint64_t broken_count = 0;
    const auto sum_up = [&]() -> Failure {
        if (broken_count < 2) return first;
        return {first.sentence + "; " + std::to_string(broken_count) + " messages are broken"};
    };
    while (!done()) {
        switch (frames_.next()) {
            case Frames::Next::message: {
                Failure failure = print_message();
                if (!failed(failure)) break;
                if (plan_.framing != Framing::be32) return failure;
                if (broken_count++ == 0) first = std::move(failure);
                break;
            }
            case Frames::Next::more: {
                if (input.may_wait()) output_.flush();
                const auto size = input.read(frames_.room());
                if (!size) return size.error();
                frames_.added(*size);
                if (*size == 0) frames_.end();
                break;
            }
            case Frames::Next::broken: return {at_byte(frames_.offset(), frames_.problem())};
            case Frames::Next::done: return sum_up();
        }
    }
    return sum_up();
}

Failure Printer::print_message() {
    if (!reader_.read(frames_.message())) {
        std::string problem =
            "a broken field of the message at byte " + std::to_string(frames_.offset());
        if (plan_.framing == Framing::varint) {
            problem += "; was it written with -transport.file.sep= (nothing)?";
        }
        return {at_byte(frames_.body_offset() + reader_.broken_at(), problem)};
    }
    const auto holds = [this](const Filter& filter) { return filter.holds(reader_.flow()); };
    if (!std::all_of(plan_.filters.begin(), plan_.filters.end(), holds)) return {};
    ++count_;
    if (options_.count) return {};
    return options_.output.format == "json" ? write(json_) : write(text_);
}

template <class Formatter>
Failure Printer::write(const Formatter& formatter) {
    const flow::Flow& flow = reader_.flow();
    const std::size_t size_max = formatter.size_max(flow);
    if (size_max > line_size_max) {
        return {at_byte(frames_.offset(), "a message whose line may have " +
                                              std::to_string(size_max) + " bytes, above " +
                                              std::to_string(line_size_max))};
    }
    std::uint8_t* end = formatter.write(flow, output_.room(size_max + 1));
    *end++ = '\n';
    output_.filled(end);
    return {};
}

}  // namespace flowd::cat
