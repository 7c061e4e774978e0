// SPDX-License-Identifier: BSD-3-Clause
// The Kafka transport against librdkafka's mock cluster, for faults that a real broker cannot be
// made to show on time: each message is delivered, lost by name, or given back, tickets are
// settled, and the log speaks once. tests/kafka has the real broker.
#include "transport/kafka/transport.hpp"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "transport/deliver.hpp"

namespace flowd::kafka {
namespace {

using std::chrono::milliseconds;
constexpr std::int16_t produce_request = 0;  // Kafka's number

/// A cluster of three in this process, which answers as it is told.
class MockCluster {
public:
    MockCluster() {
        std::array<char, 256> text{};
        owner_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text.data(), text.size());
        cluster_ = rd_kafka_mock_cluster_new(owner_, 3);
        rd_kafka_mock_topic_create(cluster_, "flows", 2, 1);
    }
    MockCluster(const MockCluster&) = delete;
    MockCluster& operator=(const MockCluster&) = delete;
    ~MockCluster() {
        rd_kafka_mock_cluster_destroy(cluster_);
        rd_kafka_destroy(owner_);
    }

    [[nodiscard]] std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
    void fail_next(std::vector<rd_kafka_resp_err_t> errors) {
        rd_kafka_mock_push_request_errors_array(cluster_, produce_request, errors.size(),
                                                errors.data());
    }
    void set_down(bool down) {
        for (int broker = 1; broker <= 3; ++broker) {
            if (down) {
                rd_kafka_mock_broker_set_down(cluster_, broker);
            } else {
                rd_kafka_mock_broker_set_up(cluster_, broker);
            }
        }
    }

private:
    rd_kafka_t* owner_;
    rd_kafka_mock_cluster_t* cluster_;
};

/// Remembers what came back.
class Collected final : public Leftovers {
public:
    bool take(flow::Bytes message, const flow::Bytes* key, Ticket* ticket,
              Owner owner) noexcept override {
        messages.emplace_back(message.begin(), message.end());
        keys.emplace_back(key == nullptr ? "null" : std::string{key->begin(), key->end()});
        tickets.push_back(ticket);
        owners.push_back(owner);
        return true;
    }
    std::vector<std::string> messages;
    std::vector<std::string> keys;
    std::vector<Ticket*> tickets;
    std::vector<Owner> owners;
};

class KafkaTransportTest : public testing::Test {
protected:
    Options options() {
        Options options;
        options.brokers = {cluster_.brokers()};
        options.topic = "flows";
        options.linger_ms = 1;
        options.properties = {{"retry.backoff.ms", "10"}, {"reconnect.backoff.ms", "10"}};
        return options;
    }
    static std::unique_ptr<Transport> open(const Options& options,
                                           Partition partition = Partition::sticky) {
        auto opened = kafka::open(options, partition);
        EXPECT_TRUE(opened) << opened.error().sentence;
        const std::vector<std::uint32_t> rx_workers{0, 1};
        (*opened)->ledger().reserve(rx_workers, 10);
        return std::move(*opened);
    }
    /// Four in a row have one.
    static flow::AccountTag account_of(int message) {
        return flow::make_tag(static_cast<std::uint32_t>(message / 4 % 3), 1);
    }
    static std::unique_ptr<flow::Batch> batch_of(int messages, const char* key = nullptr) {
        auto batch = std::make_unique<flow::Batch>();
        if (key != nullptr) {
            batch->put_key({reinterpret_cast<const std::uint8_t*>(key), std::strlen(key)});
        }
        for (int i = 0; i < messages; ++i) {
            const std::string text = "message " + std::to_string(i) + "\n";
            std::memcpy(batch->tail(), text.data(), text.size());
            batch->commit(text.size(), account_of(i));
        }
        return batch;
    }
    /// All of the batch, however long the topic takes to be found.
    static void hand_over(Transport& transport, const flow::Batch& batch,
                          Ticket* ticket = nullptr) {
        std::size_t first = 0;
        until([&] {
            first += transport.deliver(batch, first, {.ticket = ticket, .source = 1});
            if (first < batch.message_count()) transport.wait(milliseconds{5});
            return first == batch.message_count();
        });
        EXPECT_EQ(first, batch.message_count());
    }
    static bool until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
        }
        return true;
    }
    static void settle(Transport& transport) {
        EXPECT_TRUE(until([&] {
            static_cast<void>(transport.idle());
            transport.wait(milliseconds{5});
            return transport.counts().in_flight.get() == 0;
        }));
        expect_balance(transport);
    }
    static void expect_balance(Transport& transport) {
        const TransportCounts& counts = transport.counts();
        test::expect_ledger_is(transport.ledger(), counts);
        EXPECT_EQ(counts.taken.get(),
                  counts.delivered.get() + counts.lost_sum() + counts.in_flight.get());
    }

    MockCluster cluster_;
};

TEST_F(KafkaTransportTest, DeliveredMeansAcknowledged) {
    const auto transport = open(options());
    Ticket ticket;
    hand_over(*transport, *batch_of(100), &ticket);
    EXPECT_EQ(transport->counts().taken.get(), 100U);
    settle(*transport);
    EXPECT_EQ(transport->counts().delivered.get(), 100U);
    EXPECT_EQ(transport->counts().bytes.get(), batch_of(100)->bytes().size());
    EXPECT_EQ(ticket.pending, 0U);
    EXPECT_FALSE(failed(test::close(*transport)));
}

TEST_F(KafkaTransportTest, EachAccountIsBookedAtItsReport) {
    for (const bool packed : {false, true}) {
        for (const char* key : {static_cast<const char*>(nullptr), "key"}) {
            Options with = options();
            with.records = packed ? "packed" : "one";
            const auto transport = open(with, key ? Partition::by_key : Partition::sticky);
            const TxLedger& ledger = transport->ledger();
            hand_over(*transport, *batch_of(1));
            settle(*transport);
            cluster_.set_down(true);
            hand_over(*transport, *batch_of(30, key));  // 11, 10 and 8 of three accounts, and one
            EXPECT_EQ(ledger.account(1, 1).in_flight, 10U);
            EXPECT_EQ(ledger.account(1, 2).in_flight, 8U);
            expect_balance(*transport);
            cluster_.set_down(false);
            settle(*transport);
            EXPECT_EQ(ledger.account(1, 1).delivered, 10U);
            EXPECT_EQ(ledger.account(1, 2).delivered, 8U);
            EXPECT_EQ(ledger.account(1, 0).delivered, 13U);
            EXPECT_EQ(ledger.account(0, 0).delivered, 0U);
            static_cast<void>(test::close(*transport));
        }
    }
}

TEST_F(KafkaTransportTest, PassingErrorsAreTriedAgain) {
    for (const bool idempotence : {false, true}) {
        Options with = options();
        with.idempotence = idempotence;
        const auto transport = open(with, Partition::by_key);
        cluster_.fail_next({RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                            RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE});
        hand_over(*transport, *batch_of(50, "key"));
        settle(*transport);
        EXPECT_EQ(transport->counts().delivered.get(), 50U);
        EXPECT_EQ(transport->counts().lost_sum(), 0U);
        EXPECT_FALSE(failed(test::close(*transport)));
    }
}

TEST_F(KafkaTransportTest, WhatABrokerRefusesIsLostByNameAndToldOnce) {
    const auto transport = open(options());
    // However many requests they go in.
    cluster_.fail_next(std::vector(10, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED));
    testing::internal::CaptureStderr();
    hand_over(*transport, *batch_of(10));
    settle(*transport);
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(transport->counts().lost_by(Loss::transport_failed), 10U);
    EXPECT_EQ(transport->state(), TransportState::dropping);
    EXPECT_EQ(log.find("messages are being lost"), log.rfind("messages are being lost")) << log;
    EXPECT_NE(log.find("uthoriz"), std::string::npos) << log;
    expect_balance(*transport);
    EXPECT_NE(test::close(*transport).sentence.find("10 messages were lost"), std::string::npos);
}

TEST_F(KafkaTransportTest, TooLargeForTheBrokerCostsNoState) {
    const auto transport = open(options());
    cluster_.fail_next({RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
    hand_over(*transport, *batch_of(1));
    settle(*transport);
    hand_over(*transport, *batch_of(5));
    settle(*transport);
    EXPECT_EQ(transport->counts().lost_by(Loss::message_too_large), 1U);
    EXPECT_EQ(transport->counts().delivered.get(), 5U);
    EXPECT_EQ(transport->state(), TransportState::up);
    EXPECT_FALSE(failed(test::close(*transport)));
}

TEST_F(KafkaTransportTest, BrokersThatAreDownCostNothingWhenTheyComeBack) {
    const auto transport = open(options());
    hand_over(*transport, *batch_of(1));
    settle(*transport);
    cluster_.set_down(true);
    hand_over(*transport, *batch_of(20));
    transport->wait(milliseconds{200});
    EXPECT_EQ(transport->counts().in_flight.get(), 20U);
    cluster_.set_down(false);
    settle(*transport);
    EXPECT_EQ(transport->counts().delivered.get(), 21U);
    EXPECT_FALSE(failed(test::close(*transport)));
}

TEST_F(KafkaTransportTest, AMessageThatWaitsTooLongIsTimedOut) {
    Options with = options();
    with.message_timeout_ms = 300;
    const auto transport = open(with);
    hand_over(*transport, *batch_of(1));
    settle(*transport);
    // On a busy machine that one, too.
    const std::uint64_t before = transport->counts().lost_by(Loss::timed_out);
    cluster_.set_down(true);
    Ticket ticket;
    hand_over(*transport, *batch_of(20), &ticket);
    settle(*transport);
    EXPECT_EQ(transport->counts().lost_by(Loss::timed_out) - before, 20U);
    EXPECT_EQ(ticket.pending, 0U);
    expect_balance(*transport);
    static_cast<void>(test::close(*transport));
}

TEST_F(KafkaTransportTest, AFullQueueTakesNoMoreAndLosesNothing) {
    Options with = options();
    with.queue_messages = 30;
    const auto transport = open(with);
    hand_over(*transport, *batch_of(1));
    settle(*transport);
    cluster_.set_down(true);
    const auto batch = batch_of(50);
    EXPECT_EQ(transport->deliver(*batch, 0, {}), 30U);
    EXPECT_EQ(transport->state(), TransportState::slow);
    EXPECT_EQ(transport->deliver(*batch, 30, {}), 0U);
    cluster_.set_down(false);
    std::size_t first = 30;
    EXPECT_TRUE(until([&] {
        transport->wait(milliseconds{5});
        first += transport->deliver(*batch, first, {});
        return first == 50;
    }));
    settle(*transport);
    EXPECT_EQ(transport->counts().delivered.get(), 51U);
    static_cast<void>(test::close(*transport));
}

TEST_F(KafkaTransportTest, CloseGivesBackWhatWasNotAcknowledgedInOrder) {
    for (const bool packed : {false, true}) {
        for (const char* key : {static_cast<const char*>(nullptr), "key"}) {
            Options with = options();
            with.records = packed ? "packed" : "one";
            const auto transport = open(with, key ? Partition::by_key : Partition::sticky);
            hand_over(*transport, *batch_of(1, key));
            settle(*transport);
            cluster_.set_down(true);
            Ticket ticket;
            hand_over(*transport, *batch_of(20, key), &ticket);
            Collected collected;
            const std::atomic<bool> hurry{false};
            EXPECT_FALSE(failed(transport->close(
                {.patience = milliseconds{50}, .hurry = hurry, .leftovers = &collected})));
            ASSERT_EQ(collected.messages.size(), 20U) << packed;
            for (int i = 0; i < 20; ++i) {
                EXPECT_EQ(collected.messages[i], "message " + std::to_string(i) + "\n");
                EXPECT_EQ(collected.keys[i], key ? "key" : "null");
                EXPECT_EQ(collected.tickets[i], &ticket);
                EXPECT_EQ(collected.owners[i], (Owner{1, account_of(i)}));
            }
            EXPECT_EQ(ticket.pending, 0U);
            EXPECT_EQ(transport->counts().in_flight.get(), 0U);
            EXPECT_EQ(transport->counts().lost_sum(), 0U);
            cluster_.set_down(false);
        }
    }
}

TEST_F(KafkaTransportTest, WithoutAnybodyToGiveItToTheRestIsGivenUp) {
    const auto transport = open(options());
    hand_over(*transport, *batch_of(1));
    settle(*transport);
    cluster_.set_down(true);
    hand_over(*transport, *batch_of(20));
    const std::atomic<bool> hurry{true};
    const Failure failure =
        transport->close({.patience = std::chrono::hours{1}, .hurry = hurry, .leftovers = nullptr});
    EXPECT_NE(failure.sentence.find("20 messages"), std::string::npos) << failure.sentence;
    EXPECT_EQ(transport->counts().lost_by(Loss::given_up), 20U);
    expect_balance(*transport);
}

TEST_F(KafkaTransportTest, AFatalErrorStartsANewProducer) {
    Options with = options();
    with.idempotence = true;
    const auto transport = open(with);
    hand_over(*transport, *batch_of(10));
    settle(*transport);
    cluster_.fail_next({RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH});
    hand_over(*transport, *batch_of(10));
    settle(*transport);
    expect_balance(*transport);
    hand_over(*transport, *batch_of(10));
    settle(*transport);
    EXPECT_GE(transport->counts().delivered.get(), 20U);
    expect_balance(*transport);
    static_cast<void>(test::close(*transport));
}

TEST_F(KafkaTransportTest, ATicketThatChangesIsSettledApart) {
    Options with = options();
    with.records = "packed";
    const auto transport = open(with, Partition::by_key);
    Ticket first;
    Ticket second;
    hand_over(*transport, *batch_of(5, "key"), &first);
    hand_over(*transport, *batch_of(7, "key"), &second);
    EXPECT_EQ(second.pending, 7U);
    settle(*transport);
    EXPECT_EQ(first.pending, 0U);
    EXPECT_EQ(second.pending, 0U);
    EXPECT_EQ(transport->counts().delivered.get(), 12U);
    static_cast<void>(test::close(*transport));
}

}  // namespace
}  // namespace flowd::kafka
