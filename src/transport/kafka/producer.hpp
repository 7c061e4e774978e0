// SPDX-License-Identifier: BSD-3-Clause
// Producer: the Kafka transport's implementation. See transport.hpp for what it is, and the members
// below for what it keeps. The TX worker's thread only; librdkafka's threads meet it in its queues
// and in the sticky partitioner.
#pragma once

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "transport/kafka/client.hpp"
#include "transport/kafka/health.hpp"
#include "transport/kafka/mark.hpp"
#include "transport/kafka/options.hpp"
#include "transport/kafka/packer.hpp"
#include "transport/kafka/properties.hpp"
#include "transport/kafka/statistics.hpp"
#include "transport/transport.hpp"

namespace flowd::kafka {

class Producer final : public Transport {
public:
    Producer(const Options& options, Properties properties, Partition partition, Client client);
    ~Producer() override;

    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        const Delivery& delivery) noexcept override;
    void wait(std::chrono::milliseconds most) noexcept override;
    std::chrono::milliseconds idle() noexcept override;
    Failure close(const Ending& ending) noexcept override;
    [[nodiscard]] TransportState state() const noexcept override { return health_.state(); }
    [[nodiscard]] NamedNumbers statistics() const override { return statistics_.numbers(); }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t chunk = 512;  ///< messages that are handed over at a time

    // producer.cpp: taking messages.
    [[nodiscard]] std::size_t deliver_singly(const flow::Batch& batch, std::size_t first);
    [[nodiscard]] std::size_t deliver_packed(const flow::Batch& batch, std::size_t first);
    [[nodiscard]] std::size_t deliver_keyed(const flow::Batch& batch, std::size_t first);
    /// False: the queue is full. Anything else that is wrong loses the message, counted.
    [[nodiscard]] bool send(Packer::Open& open);
    /// The report takes `parcel` when there is no error.
    [[nodiscard]] rd_kafka_resp_err_t send(flow::Bytes bytes, const flow::Bytes* key,
                                           std::unique_ptr<Parcel>& parcel);
    /// False: some could not be sent.
    bool send_all_open();
    void send_old();
    /// Messages of a batch are in flight from here on.
    void hold(const flow::Batch& batch, std::size_t first, std::size_t count) noexcept;

    // connection.cpp: topic, events, the end.
    [[nodiscard]] bool topic_is_ready();
    /// On a thread of its own, as it waits for brokers; nothing else uses what it reads.
    [[nodiscard]] Failure find_topic() const;
    void open_topic();
    void take_events(std::chrono::milliseconds most) noexcept;
    void take_reports(rd_kafka_event_t* event);
    void take_report(const rd_kafka_message_t& report);
    void take_parcel(const rd_kafka_message_t& report);
    /// Messages with one mark, which are in flight no more.
    void book(const Mark& mark, Place to, std::size_t messages) noexcept;
    void book(const Parcel& parcel, Place to) noexcept;
    void settle(rd_kafka_resp_err_t error, std::uint64_t messages, std::uint64_t bytes,
                const char* why);
    void take_error(rd_kafka_event_t* event);
    void take_log(rd_kafka_event_t* event);
    void start_anew();
    void give_back(const Parcel& parcel, const rd_kafka_message_t& report);
    void give_back(flow::Bytes bytes, const Parcel& parcel, const flow::Bytes* key,
                   Leftovers* leftovers);
    void await_acknowledgements(const Ending& ending);
    void purge(Leftovers* leftovers);
    void give_up_the_rest(Leftovers* leftovers);

    static std::int32_t choose_sticky(const rd_kafka_topic_t* topic, const void* key,
                                      std::size_t key_size, std::int32_t partition_count,
                                      void* producer, void* message);

    const Options options_;
    const Properties properties_;
    const Partition partition_;
    Client client_;
    TopicHandle topic_;              ///< null: not known to exist
    std::future<Failure> asking_;    ///< for the topic; not valid: nobody asks
    Clock::time_point ask_again_{};  ///< not before
    Health health_;
    std::string last_failure_;  ///< of a single connection, ": " before it
    Packer packer_;
    Tickets tickets_;      ///< of single messages
    Delivery delivery_{};  ///< of what is being taken, or was last
    Statistics statistics_;
    Leftovers* leftovers_ = nullptr;
    bool fatal_ = false;  ///< this client can do nothing any more
    std::array<rd_kafka_message_t, chunk> messages_{};
    /// By choose_sticky() for the newest message; RD_KAFKA_PARTITION_UA: it was not asked.
    std::atomic<std::int32_t> chosen_{RD_KAFKA_PARTITION_UA};
    std::atomic<std::uint32_t> turn_{0};  ///< which partition is next; read by librdkafka's threads
};

}  // namespace flowd::kafka
