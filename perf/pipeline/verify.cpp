// SPDX-License-Identifier: BSD-3-Clause
// Answers first: bytes against the plain way, flows against the naive interpreter.
#include "perf/pipeline/verify.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "flow/format/text/formatter.hpp"
#include "perf/pipeline/kernel_runner.hpp"
#include "perf/pipeline/shard.hpp"
#include "perf/pipeline/yardstick_runner.hpp"
#include "perf/support/message.hpp"
#include "perf/support/require.hpp"
#include "perf/yardstick/json_writer.hpp"
#include "tests/support/plain_formatter.hpp"

namespace flow::perf {

namespace {

constexpr Schema schema = Schema::all(Profile::goflow2_v1);
/// A slow parser reads each line.
constexpr std::size_t lines_datagrams_max = 100;

using Plain = test::PlainFormatter<protobuf::Formatter>;

std::uint32_t number_of(Column column) { return schema.field(column).number; }

/// The protobuf number of any column of the schema.
std::uint32_t number_in(const Schema& of, Column column) {
    return is_custom(column) ? of.customs()[custom_index(column)].number : of.field(column).number;
}

protobuf::Formatter bare(const Schema& of) { return {of, protobuf::Framing::bare}; }

std::string place(const Traffic& traffic, std::size_t datagram, std::size_t flow) {
    return std::string{name(traffic.input)} + ", datagram " + std::to_string(datagram) + ", flow " +
           std::to_string(flow);
}

/// What a line says, as far as it is numbers, by key.
using Numbers = std::map<std::string, std::uint64_t, std::less<>>;
using ParseLine = Numbers (*)(const std::string& line);

/// The line has the message's numbers. One that is nothing may be left out where the schema says
/// so.
void verify_line(const Schema& of, const Numbers& numbers, const Message& message,
                 const std::string& where) {
    for (const LineItem& item : of.line()) {
        if (item.render != Render::number) continue;
        const auto found = numbers.find(item.key);
        const std::uint64_t is = found == numbers.end() ? 0 : found->second;
        require((found != numbers.end() || !item.always) &&
                    is == message.number(number_in(of, item.column)),
                where + ": " + std::string{item.key});
    }
}

template <Formatter Format>
void verify_lines(const Traffic& traffic, ParseLine parse, const produce::Settings& settings) {
    Shard<Format, Kept> lines{Format{settings.schema}, traffic, settings};
    Shard<Plain, Kept> messages{Plain{bare(settings.schema)}, traffic, settings};
    for (std::size_t i = 0; i < std::min(lines_datagrams_max, traffic.datagrams.size()); ++i) {
        lines.sink().forget();
        messages.sink().forget();
        lines.process(traffic.datagrams[i]);
        messages.process(traffic.datagrams[i]);
        require(lines.sink().size() == traffic.flow_counts[i] &&
                    messages.sink().size() == traffic.flow_counts[i],
                place(traffic, i, 0));
        for (std::size_t j = 0; j < lines.sink().size(); ++j) {
            const Bytes bytes = lines.sink()[j];
            const std::string line{bytes.begin(), bytes.end()};
            verify_line(settings.schema, parse(line), parse_message(messages.sink()[j]),
                        place(traffic, i, j) + " in " + line);
        }
    }
}

Numbers parse_json(const std::string& line) {
    const auto parsed = nlohmann::json::parse(line, nullptr, false);
    require(parsed.is_object(), "no object: " + line);
    Numbers numbers;
    for (const auto& [key, value] : parsed.items()) {
        if (value.is_number_unsigned()) numbers[key] = value.get<std::uint64_t>();
    }
    return numbers;
}

/// key=value pairs with spaces between them; no value of ours has a space.
Numbers parse_text(const std::string& line) {
    Numbers numbers;
    std::istringstream words{line};
    for (std::string word; words >> word;) {
        const std::size_t equals = word.find('=');
        require(equals != std::string::npos, "no pair: " + word);
        std::uint64_t value = 0;
        const char* const last = word.data() + word.size();
        const auto [end, error] = std::from_chars(word.data() + equals + 1, last, value);
        if (error == std::errc{} && end == last) numbers[word.substr(0, equals)] = value;
    }
    return numbers;
}

constexpr std::uint32_t received_ns_number = 110;
constexpr std::uint32_t start_ns_number = 111;
constexpr std::uint32_t end_ns_number = 112;

/// One of the yardstick's times in flowd's terms.
void translate_time(Message& message, std::uint32_t ns_number, Column seconds, Column milliseconds,
                    const Datagram& datagram) {
    std::uint64_t ns = message.number(ns_number);
    message.numbers.erase(ns_number);
    const bool netflow5 = load_be16(datagram.payload.data()) == 5;
    // flowd (as goflow2 v1) has no nanoseconds of the v5 header, and rounds the age, not the time.
    if (netflow5) ns -= load_be32(datagram.payload.data() + 12);
    const std::uint64_t ms = ns / 1'000'000;
    message.numbers[number_of(milliseconds)] = ms;
    message.numbers[number_of(seconds)] = (netflow5 ? ms + 999 : ms) / 1000;
}

/// A message of the yardstick as flowd would say it. What flowd writes twice is added: element 58
/// is also vlan_id there.
Message translate(Message message, Input input, const Datagram& datagram) {
    message.numbers[number_of(Column::time_received)] =
        message.number(received_ns_number) / 1'000'000'000;
    message.numbers.erase(received_ns_number);
    translate_time(message, start_ns_number, Column::time_flow_start, Column::time_flow_start_ms,
                   datagram);
    translate_time(message, end_ns_number, Column::time_flow_end, Column::time_flow_end_ms,
                   datagram);
    if (const std::uint64_t vlan = message.number(number_of(Column::src_vlan)); vlan != 0) {
        message.numbers[number_of(Column::vlan_id)] = vlan;
    }
    // The yardstick takes 1 in 1000 for granted; to flowd the rate is unknown.
    if (input != Input::netflow5) message.numbers.erase(number_of(Column::sampling_rate));
    return message;
}

}  // namespace

void verify_protobuf(const Traffic& traffic, protobuf::Framing framing, protobuf::RunProgram kernel,
                     const produce::Settings& settings) {
    Shard<protobuf::Formatter, Kept> compiled{
        {settings.schema, framing, kernel}, traffic, settings};
    Shard<Plain, Kept> plain{Plain{{settings.schema, framing}}, traffic, settings};
    for (std::size_t i = 0; i < traffic.datagrams.size(); ++i) {
        compiled.sink().forget();
        plain.sink().forget();
        compiled.process(traffic.datagrams[i]);
        plain.process(traffic.datagrams[i]);
        require(plain.sink().size() == traffic.flow_counts[i] &&
                    compiled.sink().size() == plain.sink().size(),
                place(traffic, i, 0) + ": number of flows");
        for (std::size_t j = 0; j < plain.sink().size(); ++j) {
            const Bytes is = compiled.sink()[j];
            const Bytes should = plain.sink()[j];
            require(std::equal(is.begin(), is.end(), should.begin(), should.end()),
                    place(traffic, i, j));
        }
    }
    require(compiled.stats().decoded == traffic.templates.size() + traffic.datagrams.size(),
            "datagrams were dropped");
}

void verify_kernel(const Traffic& traffic, protobuf::RunProgram kernel) {
    const protobuf::Formatter format{kernel_schema, protobuf::Framing::length_prefixed,
                                     protobuf::kernels().front().run};
    Kept expected;
    Pipeline<Plain, Kept> pipeline{Plain{format}, produce::Settings{.schema = kernel_schema},
                                   expected, PipelineLimits{}};
    for (const Datagram& each : traffic.templates) static_cast<void>(pipeline.process(each));
    Kept found;
    KernelRunner runner{traffic.input, kernel};
    for (std::size_t i = 0; i < traffic.datagrams.size(); ++i) {
        expected.forget();
        found.forget();
        static_cast<void>(pipeline.process(traffic.datagrams[i]));
        runner.encode(traffic.datagrams[i], found);
        require(found.size() == expected.size() && found.size() > 0, place(traffic, i, 0));
        for (std::size_t j = 0; j < found.size(); ++j) {
            require(std::ranges::equal(found[j], expected[j]), place(traffic, i, j));
        }
    }
}

void verify_json(const Traffic& traffic, const produce::Settings& settings) {
    verify_lines<json::Formatter>(traffic, parse_json, settings);
}

void verify_text(const Traffic& traffic, const produce::Settings& settings) {
    verify_lines<text::Formatter>(traffic, parse_text, settings);
}

void verify_naive_json(const Traffic& traffic) {
    Shard<json::Formatter, Kept> flowd{json::Formatter{schema}, traffic};
    Shard<yardstick::JsonWriter, Kept> naive{yardstick::JsonWriter{schema}, traffic};
    for (std::size_t i = 0; i < std::min(lines_datagrams_max, traffic.datagrams.size()); ++i) {
        flowd.sink().forget();
        naive.sink().forget();
        flowd.process(traffic.datagrams[i]);
        naive.process(traffic.datagrams[i]);
        require(flowd.sink().size() == naive.sink().size(), place(traffic, i, 0));
        for (std::size_t j = 0; j < naive.sink().size(); ++j) {
            require(std::ranges::equal(flowd.sink()[j], naive.sink()[j]), place(traffic, i, j));
        }
    }
}

void verify_yardstick(const Traffic& traffic) {
    const yardstick::Plan plan = yardstick_plan(traffic.input);
    const yardstick::Encode encode = yardstick::choose();
    Shard<Plain, Kept> flowd{Plain{bare(schema)}, traffic};
    std::vector<std::uint8_t> room(Batch::page_size);
    for (std::size_t i = 0; i < traffic.datagrams.size(); ++i) {
        const Datagram& datagram = traffic.datagrams[i];
        flowd.sink().forget();
        flowd.process(datagram);
        const std::uint8_t* const end = encode(plan, arrival_of(datagram), room.data());
        const auto messages =
            parse_prefixed({room.data(), static_cast<std::size_t>(end - room.data())});
        require(messages.size() == flowd.sink().size(), place(traffic, i, 0) + ": yardstick count");
        for (std::size_t j = 0; j < messages.size(); ++j) {
            require(
                translate(messages[j], traffic.input, datagram) == parse_message(flowd.sink()[j]),
                place(traffic, i, j) + ": yardstick value");
        }
    }
}

}  // namespace flow::perf
