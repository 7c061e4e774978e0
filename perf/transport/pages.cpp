// SPDX-License-Identifier: BSD-3-Clause
// A pipeline's messages, laid out in pages as BatchWriter does it: a key in front of each run.
#include "perf/transport/pages.hpp"

#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "flow/format/protobuf/formatter.hpp"
#include "perf/pipeline/shard.hpp"
#include "perf/support/random.hpp"
#include "perf/support/require.hpp"
#include "perf/support/sinks.hpp"
#include "perf/support/traffic.hpp"

namespace flow::perf {

namespace {

constexpr Schema schema = Schema::all(Profile::goflow2_v1);

/// As flowd writes the address of a sampler in profile goflow2-v1.
std::string key_of(std::size_t exporter) {
    return "[10 " + std::to_string(exporter % 7) + " 3 " + std::to_string(exporter) + "]-";
}

Bytes bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class Filler {
public:
    explicit Filler(const PagesOptions& options) : options_{options} {}

    void add(Bytes message) {
        const bool new_run = made_.flow_count % options_.run_length == 0;
        if (new_run) account_ = static_cast<AccountTag>(random_.below(options_.key_count) + 1);
        if (options_.keyed && new_run) key_ = key_of(random_.below(options_.key_count));
        const std::size_t key_size = options_.keyed ? Batch::key_record_size(key_.size()) : 0;
        const bool new_page =
            made_.batches.empty() || made_.batches.back()->room() < message.size() + key_size;
        if (new_page) made_.batches.push_back(std::make_unique<Batch>());
        Batch& page = *made_.batches.back();
        if (options_.keyed && (new_run || new_page)) page.put_key(bytes_of(key_));
        std::memcpy(page.tail(), message.data(), message.size());
        page.commit(message.size(), account_);
        ++made_.flow_count;
        made_.byte_count += message.size();
    }
    [[nodiscard]] Pages take() { return std::move(made_); }

private:
    PagesOptions options_;
    Random random_{11};
    std::string key_;
    AccountTag account_ = 0;
    Pages made_;
};

}  // namespace

Pages make_pages(const PagesOptions& options) {
    const Traffic traffic =
        make_traffic(Input::ipfix_ipv4, {.datagram_count = options.datagram_count});
    const protobuf::Formatter format{schema, protobuf::Framing::length_prefixed};
    Shard<protobuf::Formatter, Kept> shard{format, traffic};
    shard.process(std::span<const Datagram>{traffic.datagrams});
    const Kept& messages = shard.sink();
    require(messages.size() == traffic.flow_count, "flows are missing");
    Filler filler{options};
    for (std::size_t i = 0; i < messages.size(); ++i) filler.add(messages[i]);
    return filler.take();
}

}  // namespace flow::perf
