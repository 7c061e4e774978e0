// SPDX-License-Identifier: BSD-3-Clause
// perf-kafka-tx flowd|bare OPTIONS: prepared pages into a topic as fast as they are taken, in a
// process of its own. Before the clock runs, a consumer reads some pages back and compares. Then,
// after a while, acknowledged flows and CPU time are taken over a window in the middle of the
// stream; at the end all must be acknowledged. Prints JSON.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ingress/clock.hpp"
#include "perf/support/require.hpp"
#include "perf/transport/kafka/read_back.hpp"
#include "perf/transport/kafka/sender.hpp"
#include "perf/transport/pages.hpp"

namespace flow::perf {

namespace {

struct Arguments {
    bool bare = false;
    double seconds = 2;
    double warm_up_seconds = 0.5;
    PagesOptions pages;
    flowd::kafka::Options kafka;
};

double number_of(std::string_view text) { return std::strtod(std::string{text}.c_str(), nullptr); }

bool parse(std::string_view word, Arguments& to) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const std::string value{equals == word.npos ? "" : word.substr(equals + 1)};
    if (name == "bare" || name == "flowd") {
        to.bare = name == "bare";
    } else if (name == "--brokers") {
        to.kafka.brokers = {value};
    } else if (name == "--topic") {
        to.kafka.topic = value;
    } else if (name == "--records") {
        to.kafka.records = value;
    } else if (name == "--compression") {
        to.kafka.compression = value;
    } else if (name == "--keyed") {
        to.pages.keyed = true;
    } else if (name == "--datagrams") {
        to.pages.datagram_count = static_cast<std::size_t>(number_of(value));
    } else if (name == "--seconds") {
        to.seconds = number_of(value);
    } else if (name == "--warm-up") {
        to.warm_up_seconds = number_of(value);
    } else if (name.starts_with("-X")) {  // a property of librdkafka: -Xname=value
        to.kafka.properties.insert_or_assign(std::string{name.substr(2)}, value);
    } else {
        return false;
    }
    return true;
}

/// As TxWorker::deliver() does it.
void deliver(Sender& sender, const Batch& page) {
    for (std::size_t first = 0; first < page.message_count();) {
        first += sender.deliver(page, first);
        if (first < page.message_count()) sender.wait(std::chrono::milliseconds{20});
    }
}

void drain(Sender& sender, std::uint64_t flows) {
    const std::uint64_t deadline = flowd::clock_ns(CLOCK_MONOTONIC) + 60 * flowd::second_ns;
    while (sender.acknowledged() + sender.lost() < flows) {
        require(flowd::clock_ns(CLOCK_MONOTONIC) < deadline, "not all is acknowledged");
        sender.wait(std::chrono::milliseconds{5});
    }
    require(sender.lost() == 0, std::to_string(sender.lost()) + " flows were lost");
    require(sender.acknowledged() == flows, "more is acknowledged than was sent");
}

/// Some pages, there and back. Returns the flows that were sent.
std::uint64_t verify(Sender& sender, const Pages& pages, const Arguments& arguments) {
    constexpr std::size_t pages_max = 16;
    Reader reader{arguments.kafka.brokers.front(), arguments.kafka.topic};
    Flows sent;
    for (std::size_t i = 0; i < std::min(pages_max, pages.batches.size()); ++i) {
        add_flows(sent, *pages.batches[i]);
        deliver(sender, *pages.batches[i]);
    }
    drain(sender, sent.size());
    // A bare packed message has one key, of many flows.
    if (arguments.bare && arguments.kafka.is_packed() && arguments.pages.keyed) return sent.size();
    Flows held = reader.read(sent.size());
    std::sort(sent.begin(), sent.end());
    std::sort(held.begin(), held.end());
    require(held == sent, "the topic holds other flows than were sent");
    return sent.size();
}

struct Moment {
    std::uint64_t flows, wall_ns, thread_ns, process_ns;
};

Moment now(const Sender& sender) {
    return {sender.acknowledged(), flowd::clock_ns(CLOCK_MONOTONIC),
            flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID), flowd::clock_ns(CLOCK_PROCESS_CPUTIME_ID)};
}

class Stream {
public:
    Stream(Sender& sender, const Pages& pages, std::uint64_t sent)
        : sender_{sender}, pages_{pages}, sent_{sent} {}

    /// For longer when nothing was acknowledged meanwhile: brokers pause.
    Moment run_for(double seconds) {
        constexpr std::uint64_t longest = 60'000'000'000;
        const auto duration = static_cast<std::uint64_t>(seconds * 1e9);
        const std::uint64_t before = sender_.acknowledged();
        const std::uint64_t end = flowd::clock_ns(CLOCK_MONOTONIC) + duration;
        for (std::uint64_t at = 0; (at = flowd::clock_ns(CLOCK_MONOTONIC)) < end + longest;) {
            if (at >= end && (duration == 0 || sender_.acknowledged() != before)) break;
            next();
        }
        return now(sender_);
    }
    /// Each page once.
    void touch_all() {
        for (std::size_t i = 0; i < pages_.batches.size(); ++i) next();
    }
    void end() { drain(sender_, sent_); }

private:
    void next() {
        const Batch& page = *pages_.batches[at_];
        at_ = (at_ + 1) % pages_.batches.size();
        deliver(sender_, page);
        sent_ += page.message_count();
    }

    Sender& sender_;
    const Pages& pages_;
    std::uint64_t sent_;
    std::size_t at_ = 0;
};

void print(const Moment& begin, const Moment& end, const Pages& pages) {
    const auto flows = static_cast<double>(end.flows - begin.flows);
    require(flows > 0, "nothing was acknowledged in the window; it is too short");
    const auto each = [&](std::uint64_t from, std::uint64_t to) {
        return static_cast<double>(to - from) / flows;
    };
    std::printf(
        "{\"flows\": %.0f, \"seconds\": %.3f, \"flows_per_second\": %.0f, \"tx_ns\": %.2f, "
        "\"all_ns\": %.2f, \"bytes_per_flow\": %.1f}\n",
        flows, static_cast<double>(end.wall_ns - begin.wall_ns) / 1e9,
        1e9 / each(begin.wall_ns, end.wall_ns), each(begin.thread_ns, end.thread_ns),
        each(begin.process_ns, end.process_ns),
        static_cast<double>(pages.byte_count) / static_cast<double>(pages.flow_count));
}

int run(const Arguments& arguments) {
    using flowd::kafka::Partition;
    const Pages pages = make_pages(arguments.pages);
    const Partition partition = arguments.pages.keyed ? Partition::by_key : Partition::sticky;
    const auto sender = arguments.bare ? make_bare_sender(arguments.kafka, partition)
                                       : make_flowd_sender(arguments.kafka, partition);
    Stream stream{*sender, pages, verify(*sender, pages, arguments)};
    stream.touch_all();
    const Moment begin = stream.run_for(arguments.warm_up_seconds);
    const Moment end = stream.run_for(arguments.seconds);
    stream.end();
    print(begin, end, pages);
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** words) {
    flow::perf::Arguments arguments;
    arguments.kafka.topic_missing = "wait";
    bool good = argument_count > 2;
    for (int i = 1; i < argument_count; ++i) good = flow::perf::parse(words[i], arguments) && good;
    if (!good) {
        std::fprintf(stderr,
                     "usage: %s flowd|bare --brokers=HOST:PORT,... --topic=NAME "
                     "[--records=one|packed] [--compression=CODEC] [--keyed] [--datagrams=N] "
                     "[--seconds=S] [--warm-up=S] [-XPROPERTY=VALUE]\n",
                     words[0]);
        return 2;
    }
    return flow::perf::run(arguments);
}
