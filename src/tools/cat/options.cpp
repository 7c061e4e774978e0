// SPDX-License-Identifier: BSD-3-Clause
// Rows as flowd's, for what the tool has of flowd's output and for what is its own.
#include "tools/cat/options.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

#include "config/flags.hpp"
#include "config/mapping/file.hpp"
#include "config/mapping/names.hpp"
#include "config/schema.hpp"
#include "config/text.hpp"
#include "config/tool_help.hpp"

namespace flowd::cat {

namespace {

using config::Row;

std::vector<Row> rows_of(Options& options) {
    config::Config& output = options.output;
    return {
        {.key = {},
         .flag = "profile",
         .target = &output.profile,
         .help = "What flowd was run with.",
         .choices = {"goflow2-v1", "goflow2-v2"}},
        {.key = {},
         .flag = "format",
         .target = &output.format,
         .help = "What to print.",
         .choices = {"json", "text"}},
        {.key = {},
         .flag = "framing",
         .target = &options.framing,
         .help = "What stands before each message: the varint of its length, its length in four "
                 "bytes (kcat -f '%R%s'), or nothing: a file is one message.",
         .choices = {"varint", "be32", "none"}},
        {.key = {},
         .flag = "packed",
         .target = &options.packed,
         .help = "With -framing be32: each framed message holds flows behind varint lengths."},
        {.key = {},
         .flag = "where",
         .target = &options.where,
         .help = "Only flows for which this holds, such as SrcPort=443, Bytes>1000, "
                 "SrcAddr=10.0.0.0/8, Type=SFLOW_5; several of them must all hold."},
        {.key = {},
         .flag = "columns",
         .target = &output.selector,
         .help = "Columns to print, comma-separated, as flowd's -format.selector; empty: all of "
                 "the profile."},
        {.key = {},
         .flag = "add",
         .target = &output.columns,
         .help = "flowd's own columns to print behind all others, as flowd's -columns."},
        {.key = {},
         .flag = "tag",
         .target = &output.tag,
         .help = "json: snake_case keys, as flowd's -format.tag."},
        {.key = {},
         .flag = "mapping",
         .target = &output.mapping_path,
         .help = "The mapping file that flowd was run with."},
        {.key = {},
         .flag = "limit",
         .target = &options.limit,
         .help = "Ends after so many flows; 0: all.",
         .min = 0},
        {.key = {},
         .flag = "count",
         .target = &options.count,
         .help = "Prints only how many flows there are."},
        {.key = {}, .flag = "h", .target = &options.help, .help = "Prints this."},
        {.key = {}, .flag = "v", .target = &options.version, .help = "Prints the version."},
    };
}

/// How many arguments are flags and their values; files follow.
std::size_t count_flags(std::span<const char* const> arguments, const config::Schema& schema) {
    std::size_t next = 0;
    while (next < arguments.size()) {
        const std::string_view argument = arguments[next];
        if (argument.size() < 2 || argument.front() != '-') break;
        ++next;
        if (argument == "--") break;
        const std::string_view body = argument.substr(argument[1] == '-' ? 2 : 1);
        const Row* row = schema.by_flag(body.substr(0, body.find('=')));
        const bool takes_next =
            row != nullptr && !is_switch(*row) && body.find('=') == std::string_view::npos;
        if (takes_next && next < arguments.size()) ++next;
    }
    return next;
}

Failure check_columns(const config::Config& output, const mapping::MappingFile& file) {
    if (output.selector.empty()) return {};
    const flow::Profile profile = config::profile_of(output);
    for (const std::string_view name : config::split(output.selector, ',')) {
        if (mapping::find_line_name(name, profile, file.customs)) continue;
        return {"-columns: " + mapping::no_column(name, profile, file.customs)};
    }
    return {};
}

}  // namespace

Failure read_arguments(std::span<const char* const> arguments, Options& options) {
    const config::Schema schema{rows_of(options)};
    const std::size_t count = count_flags(arguments, schema);
    const auto flags = config::parse_flags(arguments.first(count), schema);
    if (!flags) return flags.error();
    for (const config::FlagValue& flag : *flags) {
        if (Failure failure = apply_flag(flag); failed(failure)) return failure;
        if (flag.row->flag == "where") options.conditions.emplace_back(flag.text);
    }
    const bool after_dashes = count > 0 && std::string_view{arguments[count - 1]} == "--";
    for (const std::string_view file : arguments.subspan(count)) {
        if (file.size() > 1 && file.front() == '-' && !after_dashes) {
            return {config::in_quotes(file) + " comes behind a file; flags come first"};
        }
        options.files.emplace_back(file);
    }
    if (options.files.empty()) options.files.emplace_back("-");
    if (options.packed && options.framing != "be32") return {"-packed: needs -framing be32"};
    return {};
}

Outcome<Plan> make_plan(const Options& options) {
    const config::Config& output = options.output;
    Plan plan;
    mapping::MappingFile file;
    if (!output.mapping_path.empty()) {
        auto read = mapping::read_file(output.mapping_path,
                                       {.profile = config::profile_of(output), .strict = false});
        if (!read) return read.error();
        file = std::move(*read);
    }
    if (Failure failure = check_columns(output, file); failed(failure)) return failure;
    auto shape = config::make_shape(output, file);
    if (!shape) {
        std::string sentence = shape.error().sentence;
        constexpr std::string_view key = "output.columns";
        if (sentence.starts_with(key)) sentence.replace(0, key.size(), "-add");
        return Failure{sentence};
    }
    plan.shape = std::move(*shape);
    for (const std::string& condition : options.conditions) {
        auto filter = Filter::parse(condition, config::profile_of(output));
        if (!filter) return Failure{"-where: " + filter.error().sentence};
        plan.filters.push_back(std::move(*filter));
    }
    plan.framing = options.packed              ? Framing::be32_packed
                   : options.framing == "be32" ? Framing::be32
                   : options.framing == "none" ? Framing::none
                                               : Framing::varint;
    return plan;
}

std::string help_text() {
    Options options;
    const config::Schema schema{rows_of(options)};
    const std::string head =
        "flowd-cat prints flowd's protobuf messages as flowd -format json would have.\n"
        "\n"
        "usage: flowd-cat [flags] [file ...]\n"
        "\n"
        "Files ending in .gz, .zst or .lz4 are decompressed; - or no file is standard input.\n"
        "A flag is written -name value or -name=value, with one dash or two.\n\n";
    return head + config::tool_flags(schema, config::Defaults::left_out);
}

}  // namespace flowd::cat
