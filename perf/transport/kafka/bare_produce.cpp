// SPDX-License-Identifier: BSD-3-Clause
// The least that a program does with librdkafka: rd_kafka_produce_batch of arrays that were made
// before, and a callback that counts what is acknowledged. The same messages and the same
// properties as flowd's; without a key, the partition is chosen by page and not by message. Packed,
// a page is one message.
#include <librdkafka/rdkafka.h>

#include <unordered_map>
#include <vector>

#include "perf/support/require.hpp"
#include "perf/transport/kafka/sender.hpp"
#include "transport/kafka/client.hpp"

namespace flow::perf {

namespace {

using flowd::kafka::Partition;

struct Counts {
    std::uint64_t acknowledged = 0;
    std::uint64_t lost = 0;
};

void take_report(rd_kafka_t* /*client*/, const rd_kafka_message_t* report, void* counts) {
    auto& all = *static_cast<Counts*>(counts);
    // Of a packed message the flows; without, there is nothing to point to.
    const auto flows = report->_private != nullptr
                           ? reinterpret_cast<std::uintptr_t>(report->_private)
                           : std::uintptr_t{1};
    (report->err == RD_KAFKA_RESP_ERR_NO_ERROR ? all.acknowledged : all.lost) += flows;
}

class BareSender final : public Sender {
public:
    BareSender(const flowd::kafka::Options& options, Partition partition)
        : packed_{options.is_packed()}, by_key_{partition == Partition::by_key} {
        auto properties = flowd::kafka::make_properties(options, partition);
        require(static_cast<bool>(properties), properties ? "" : properties.error().sentence);
        auto conf = flowd::kafka::make_conf(*properties);
        require(static_cast<bool>(conf), conf ? "" : conf.error().sentence);
        rd_kafka_conf_set_dr_msg_cb(conf->get(), take_report);
        rd_kafka_conf_set_opaque(conf->get(), &counts_);
        client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf->release(), nullptr, 0));
        require(client_ != nullptr, "no producer");
        topic_.reset(rd_kafka_topic_new(client_.get(), options.topic.c_str(), nullptr));
        partition_count_ = partitions_of(options.topic);
    }

    std::size_t deliver(const Batch& page, std::size_t first) override {
        rd_kafka_poll(client_.get(), 0);
        if (first == 0) turn_ = (turn_ + 1) % partition_count_;
        const std::int32_t partition = by_key_ ? RD_KAFKA_PARTITION_UA : turn_;
        std::vector<rd_kafka_message_t>& messages = messages_of(page);
        const std::size_t begin = packed_ ? 0 : first;
        const std::size_t count = messages.size() - begin;
        const int queued = rd_kafka_produce_batch(topic_.get(), partition, RD_KAFKA_MSG_F_COPY,
                                                  messages.data() + begin, static_cast<int>(count));
        if (packed_) return queued == 1 ? page.message_count() : 0;
        return static_cast<std::size_t>(queued);
    }
    void wait(std::chrono::milliseconds most) override {
        rd_kafka_poll(client_.get(), static_cast<int>(most.count()));
    }
    [[nodiscard]] std::uint64_t acknowledged() const override { return counts_.acknowledged; }
    [[nodiscard]] std::uint64_t lost() const override { return counts_.lost; }

private:
    std::int32_t partitions_of(const std::string& topic) {
        const rd_kafka_metadata_t* metadata = nullptr;
        const auto error = rd_kafka_metadata(client_.get(), 0, topic_.get(), &metadata, 10'000);
        require(error == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1,
                topic + ": no answer");
        const std::int32_t count = metadata->topics[0].partition_cnt;
        rd_kafka_metadata_destroy(metadata);
        require(count > 0, topic + ": no partitions");
        return count;
    }
    /// Made at a page's first turn, which is before the clock runs.
    std::vector<rd_kafka_message_t>& messages_of(const Batch& page) {
        std::vector<rd_kafka_message_t>& messages = messages_[&page];
        if (!messages.empty()) return messages;
        messages.resize(packed_ ? 1 : page.message_count());
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const Bytes bytes = packed_ ? page.bytes() : page.message(i);
            messages[i].payload = const_cast<std::uint8_t*>(bytes.data());
            messages[i].len = bytes.size();
            if (packed_) messages[i]._private = reinterpret_cast<void*>(page.message_count());
            if (!page.has_key(i)) continue;
            messages[i].key = const_cast<std::uint8_t*>(page.key(i).data());
            messages[i].key_len = page.key(i).size();
        }
        return messages;
    }

    bool packed_;
    bool by_key_;
    Counts counts_;
    flowd::kafka::ClientHandle client_;
    flowd::kafka::TopicHandle topic_;
    std::int32_t partition_count_ = 1;
    std::int32_t turn_ = 0;
    std::unordered_map<const Batch*, std::vector<rd_kafka_message_t>> messages_;
};

}  // namespace

std::unique_ptr<Sender> make_bare_sender(const flowd::kafka::Options& options,
                                         Partition partition) {
    return std::make_unique<BareSender>(options, partition);
}

}  // namespace flow::perf
