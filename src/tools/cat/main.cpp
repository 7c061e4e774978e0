// SPDX-License-Identifier: BSD-3-Clause
// flowd-cat: prints flowd's protobuf messages as lines.
// Exit status: 0 done, 1 an input is broken or cannot be read, 2 a flag is wrong.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "tools/cat/options.hpp"
#include "tools/cat/output.hpp"
#include "tools/cat/printer.hpp"

namespace {

using namespace flowd;

constexpr int status_failed = 1;
constexpr int status_usage = 2;

void complain(const std::string& sentence) {
    std::fprintf(stderr, "flowd-cat: %s\n", sentence.c_str());
}

int refuse(const std::string& sentence) {
    complain(sentence);
    std::fputs("flowd-cat: -h lists the flags\n", stderr);
    return status_usage;
}

void put(cat::Output& output, const std::string& text) {
    std::uint8_t* to = output.room(text.size());
    output.filled(std::copy(text.begin(), text.end(), to));
}

int finish(cat::Output& output, int status) {
    output.flush();
    if (!failed(output.failure())) return status;
    complain("stdout: " + output.failure().sentence);
    return status_failed;
}

int print_files(const cat::Options& options, const cat::Plan& plan, cat::Output& output) {
    int status = 0;
    const auto printer = std::make_unique<cat::Printer>(options, plan, output);
    for (const std::string& file : options.files) {
        if (printer->done()) break;
        const Failure failure = printer->print(file);
        if (!failed(failure)) continue;
        output.flush();  // so that on a terminal the lines before stand before it
        complain(failure.sentence);
        status = status_failed;
    }
    if (options.count) put(output, std::to_string(printer->count()) + "\n");
    status = finish(output, status);
    if (const std::uint64_t count = printer->unknown_count(); count > 0) {
        complain("unknown fields skipped: " + std::to_string(count));
    }
    return status;
}

}  // namespace

int main(int argument_count, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    cat::Options options;
    const auto given = static_cast<std::size_t>(argument_count > 0 ? argument_count - 1 : 0);
    const Failure failure = cat::read_arguments(std::span{arguments + 1, given}, options);
    if (failed(failure)) return refuse(failure.sentence);
    cat::Output output{STDOUT_FILENO};
    if (options.help || options.version) {
        put(output, options.help ? cat::help_text() : "flowd-cat " FLOWD_VERSION "\n");
        return finish(output, 0);
    }
    const auto plan = cat::make_plan(options);
    if (!plan) return refuse(plan.error().sentence);
    for (const std::string& warning : plan->shape.warnings) complain(warning);
    return print_files(options, *plan, output);
}
