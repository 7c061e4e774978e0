// SPDX-License-Identifier: BSD-3-Clause
// Random datagrams of several exporters, each with streams of several protocols: templates that
// change, options that say rates, data before its template, what is lost, late, double or damaged.
// Each flow says which stream it is of, and counts.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "flow/decode/sequence_header.hpp"
#include "flow/model/learnt_state.hpp"
#include "support/netflow_builder.hpp"
#include "support/sflow_builder.hpp"

namespace flow::test {

/// A datagram with its own bytes.
struct Sent {
    std::vector<std::uint8_t> payload;
    Address source;
    std::uint16_t port = 0;
    std::uint64_t received_ns = 0;
    StateKey key{};

    [[nodiscard]] Datagram datagram() const {
        return {.payload = payload,
                .source = source,
                .source_port = port,
                .destination_port = 2055,
                .received_ns = received_ns};
    }
};

/// One domain of an exporter.
class Stream {
public:
    /// `number` is below 256, and no other stream's.
    Stream(const Address& source, std::uint16_t port, std::uint8_t version, std::uint32_t number,
           bool key_has_port)
        : number_{number}, source_{source}, port_{port} {
        key_ = {.exporter = source,
                .port = key_has_port ? port : std::uint16_t{0},
                .version = version,
                .domain = number};
        if (version == sflow_domain_version) {
            const Sent sent{.payload = sflow(), .source = source};
            key_.domain = sequence_of(sent.datagram(), 0).domain.id;
        }
    }

    [[nodiscard]] const StateKey& key() const { return key_; }

    [[nodiscard]] Sent next(std::mt19937_64& random, std::uint64_t now_ns) {
        std::vector<std::uint8_t> payload;
        if (key_.version == 5) payload = netflow5(random);
        if (key_.version == 9) payload = netflow9(random);
        if (key_.version == 10) payload = ipfix(random);
        if (key_.version == sflow_domain_version) payload = sflow();
        if (random() % 50 == 0) payload.resize(24 + random() % (payload.size() - 23));
        return {std::move(payload), source_, port_, now_ns, key_};
    }

private:
    /// Template ids are 256 and so many behind it.
    static constexpr std::size_t data_templates = 3;
    static constexpr std::uint16_t options_id = 400;
    static constexpr std::uint16_t sampler_id = 401;
    static constexpr std::uint16_t blob = 20'000;

    static const Fields& layout(std::size_t which) {
        static const std::array<Fields, 5> layouts{{{{7, 2}, {11, 2}, {4, 1}},
                                                    {{4, 1}, {11, 2}, {7, 2}},
                                                    {{7, 2}, {11, 2}, {48, 1}},
                                                    {{2, 4}, {7, 2}, {11, 2}},
                                                    {{7, 2}, {11, 2}, {999, blob}}}};
        return layouts[which];
    }

    std::vector<std::uint8_t> netflow5(std::mt19937_64& random) {
        ByteBuilder out = netflow5_message({.count = 1, .sequence = sequence_});
        out.put_u16(20, number_);
        add_netflow5_record(out, number_ << 20 | counter_++);
        sequence_ += random() % 10 == 0 ? 4 : 1;
        return {out.bytes().begin(), out.bytes().end()};
    }

    std::vector<std::uint8_t> sflow() {
        const ByteBuilder vlans = tagged(1001, ByteBuilder{}.u32(10).u32(0).u32(20).u32(0).bytes());
        const ByteBuilder sample = flow_sample({.sampling_rate = 1000 + number_}, vlans.bytes());
        ByteBuilder out = sflow_message({.sequence = sequence_}, tagged(1, sample.bytes()).bytes());
        out.put_u16(14, number_);  // the sub-agent's low half
        ++sequence_;
        return {out.bytes().begin(), out.bytes().end()};
    }

    std::vector<std::uint8_t> netflow9(std::mt19937_64& random) {
        const ByteBuilder sets = some_sets(random, 0, 1);
        ByteBuilder out = netflow9_message(
            {.sequence = number(random), .source_id = static_cast<std::uint32_t>(number_)});
        out.bytes(sets.bytes());
        sequence_ += random() % 20 == 0 ? 3 : 1;
        return {out.bytes().begin(), out.bytes().end()};
    }

    std::vector<std::uint8_t> ipfix(std::mt19937_64& random) {
        const std::uint32_t first = number(random);
        const ByteBuilder sets = some_sets(random, 2, 3);
        sequence_ += records_ + (random() % 20 == 0 ? 7 : 0);
        const ByteBuilder out = ipfix_message({.sequence = first, .domain = number_}, sets.bytes());
        return {out.bytes().begin(), out.bytes().end()};
    }

    /// Now and then one from before: late, or twice.
    std::uint32_t number(std::mt19937_64& random) const {
        return random() % 15 == 0 ? sequence_ - 1 - static_cast<std::uint32_t>(random() % 4)
                                  : sequence_;
    }

    ByteBuilder some_sets(std::mt19937_64& random, unsigned template_set, unsigned options_set) {
        records_ = 0;
        ByteBuilder out;
        const std::size_t count = 1 + random() % 3;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t what = random() % 20;
            const std::size_t at = random() % data_templates;
            const unsigned id = 256 + static_cast<unsigned>(at);
            if (what == 0) {
                which_[at] = random() % 5;
                out.bytes(
                    set(template_set, template_record(id, layout(which_[at])).bytes()).bytes());
            } else if (what == 1) {  // as it is
                out.bytes(
                    set(template_set, template_record(id, layout(which_[at])).bytes()).bytes());
            } else if (what == 2) {
                add_options(out, options_set);
            } else if (what == 3) {
                out.bytes(set(options_id, ByteBuilder{}.u32(1).u32(rate(random)).bytes()).bytes());
                ++records_;
            } else if (what == 4) {
                const ByteBuilder said = ByteBuilder{}.u32(1).u8(random() % 3).u32(rate(random));
                out.bytes(set(sampler_id, said.bytes()).bytes());
                ++records_;
            } else if (what == 5 && template_set == 2) {
                out.bytes(set(2, ByteBuilder{}.u16(id).u16(0).bytes()).bytes());  // withdrawn
            } else {
                add_data(out, random, at);
            }
        }
        return out;
    }

    static std::uint32_t rate(std::mt19937_64& random) {
        return 10 + static_cast<std::uint32_t>(random() % 50);
    }

    void add_options(ByteBuilder& out, unsigned options_set) const {
        const Fields scopes{{1, 4}};
        const Fields of_all{{34, 4}};
        const Fields of_sampler{{48, 1}, {50, 4}};
        const auto record = key_.version == 9 ? netflow9_options_record : ipfix_options_record;
        out.bytes(set(options_set, record(options_id, scopes, of_all).bytes()).bytes());
        out.bytes(set(options_set, record(sampler_id, scopes, of_sampler).bytes()).bytes());
    }

    void add_data(ByteBuilder& out, std::mt19937_64& random, std::size_t at) {
        ByteBuilder body;
        const std::size_t count = which_[at] == 4 ? 1 : 1 + random() % 4;
        for (std::size_t i = 0; i < count; ++i) {
            for (const TemplateField& field : layout(which_[at])) {
                std::uint64_t value = 1 + random() % 3;
                if (field.id == 7) value = number_;
                if (field.id == 11) value = counter_++ & 0xffff;
                if (field.id == 999) value = 0;
                body.number(value, field.length);
            }
        }
        records_ += static_cast<std::uint32_t>(count);
        out.bytes(set(256 + static_cast<unsigned>(at), body.bytes()).bytes());
    }

    std::uint32_t number_;
    Address source_;
    std::uint16_t port_;
    StateKey key_;
    std::array<std::size_t, data_templates> which_{};  ///< layout of each template
    std::uint32_t sequence_ = 1000;
    std::uint32_t counter_ = 0;
    std::uint32_t records_ = 0;  ///< of this datagram
};

/// Half of the exporters share their address with another one when `key_has_port`.
inline std::vector<Stream> random_streams(std::mt19937_64& random, bool key_has_port) {
    constexpr std::array<std::uint8_t, 4> versions{5, 9, 10, sflow_domain_version};
    std::vector<Stream> streams;
    std::uint32_t number = 1;
    for (unsigned exporter = 0; exporter < 8; ++exporter) {
        const Address source = ipv4(10, 0, 0, 1 + (key_has_port ? exporter / 2 : exporter));
        const auto port = static_cast<std::uint16_t>(40000 + exporter);
        const std::size_t count = 1 + random() % 4;
        for (std::size_t i = 0; i < count; ++i) {
            // Those with templates have most to move.
            const std::uint8_t version =
                versions[random() % 3 == 0 ? random() % 4 : 1 + random() % 2];
            streams.emplace_back(source, port, version, number++, key_has_port);
        }
    }
    return streams;
}

}  // namespace flow::test
