// SPDX-License-Identifier: BSD-3-Clause
// Flows with anything in any column, and the check that a format keeps its promise on size. One
// generator with a fixed seed, so that every run sees the same flows.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace flow::test {

/// Owns what the flow borrows, so it is neither copied nor moved.
class RandomFlow {
public:
    explicit RandomFlow(std::mt19937_64& random) : random_{random} {
        const std::uint64_t sparseness = random() % 5;
        for (std::size_t i = 0; i < column_count; ++i) {
            if (sparseness != 0 && random() % (2 * sparseness) != 0) continue;
            set(static_cast<Column>(i));
        }
    }
    RandomFlow(const RandomFlow&) = delete;
    RandomFlow& operator=(const RandomFlow&) = delete;

    [[nodiscard]] const Flow& flow() const { return flow_; }

private:
    void set(Column column) {
        const auto index = static_cast<std::size_t>(column);
        switch (info(column).kind) {
            case Kind::bytes:
                fill(bytes_[index]);
                flow_.set(column, Bytes{bytes_[index]});
                break;
            case Kind::bytes_list: {
                std::vector<std::vector<std::uint8_t>>& memory = byte_list_memory_[index];
                memory.resize(random_() % 5);
                for (std::vector<std::uint8_t>& bytes : memory) fill(bytes);
                byte_lists_[index].assign(memory.begin(), memory.end());
                flow_.set(column, std::span<const Bytes>{byte_lists_[index]});
                break;
            }
            case Kind::layer_list:
            case Kind::u32_list: {
                std::vector<std::uint32_t>& list = lists_[index];
                list.resize(random_() % 301);
                for (std::uint32_t& number : list)
                    number = static_cast<std::uint32_t>(any_number());
                flow_.set(column, std::span<const std::uint32_t>{list});
                break;
            }
            case Kind::boolean: flow_.set(column, random_() % 2); break;
            case Kind::flow_type: flow_.set(column, random_() % 8); break;
            case Kind::u32:
            case Kind::u64: flow_.set(column, any_number()); break;
        }
    }

    /// An address more often than not, and zeros more often than chance has them.
    void fill(std::vector<std::uint8_t>& bytes) {
        bytes.resize(random_() % 2 == 0 ? std::array{4U, 16U}[random_() % 2] : random_() % 65);
        const std::uint64_t zeros = random_() % 3;
        for (std::uint8_t& byte : bytes) {
            const bool is_zero = zeros != 0 && random_() % 3 < zeros;
            byte = is_zero ? 0 : static_cast<std::uint8_t>(random_());
        }
    }

    /// Every size from no bits to all 64 is as likely; the largest ones come up too.
    std::uint64_t any_number() {
        const std::uint64_t bits = random_() % 66;
        if (bits == 65) return ~std::uint64_t{0};
        return bits == 0 ? 0 : random_() >> (64 - bits);
    }

    std::mt19937_64& random_;
    Flow flow_;
    std::array<std::vector<std::uint8_t>, column_count> bytes_;
    std::array<std::vector<std::uint32_t>, column_count> lists_;
    std::array<std::vector<std::vector<std::uint8_t>>, column_count> byte_list_memory_;
    std::array<std::vector<Bytes>, column_count> byte_lists_;
};

/// The line of a flow. Fails when the format writes at or behind its own `size_max`.
template <class Format>
std::string line_within_bound(const Format& format, const Flow& flow) {
    constexpr std::uint8_t canary = 0xa5;
    constexpr std::size_t canary_size = 128;
    const std::size_t size_max = format.size_max(flow);
    std::vector<std::uint8_t> room(size_max + canary_size, canary);
    const std::uint8_t* end = format.write(flow, room.data());
    const auto size = static_cast<std::size_t>(end - room.data());
    EXPECT_LE(size, size_max);
    EXPECT_TRUE(std::all_of(room.begin() + static_cast<std::ptrdiff_t>(size_max), room.end(),
                            [](std::uint8_t byte) { return byte == canary; }));
    return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size)};
}

/// A flow in which every column takes as much room as it can.
class WidestFlow {
public:
    WidestFlow() {
        address_.fill(0x11);
        octets_.assign(64, 255);
        numbers_.assign(300, ~std::uint32_t{0});
        addresses_.assign(32, Bytes{address_});
        for (std::size_t i = 0; i < column_count; ++i) {
            const auto column = static_cast<Column>(i);
            const bool is_ip = info(column).in(Profile::goflow2_v1).render == Render::ip;
            switch (info(column).kind) {
                case Kind::bytes:
                    flow_.set(column, is_ip ? Bytes{address_} : Bytes{octets_});
                    break;
                case Kind::bytes_list: flow_.set(column, std::span<const Bytes>{addresses_}); break;
                case Kind::layer_list:
                case Kind::u32_list:
                    flow_.set(column, std::span<const std::uint32_t>{numbers_});
                    break;
                default: flow_.set(column, ~std::uint64_t{0}); break;
            }
        }
    }
    WidestFlow(const WidestFlow&) = delete;
    WidestFlow& operator=(const WidestFlow&) = delete;

    [[nodiscard]] const Flow& flow() const { return flow_; }

private:
    Flow flow_;
    std::array<std::uint8_t, 16> address_{};
    std::vector<std::uint8_t> octets_;
    std::vector<std::uint32_t> numbers_;
    std::vector<Bytes> addresses_;
};

/// TestDecodeNetFlowV5 of goflow2, exporter 192.0.2.1, received 1700000000.
class NetflowV5Flow {
public:
    NetflowV5Flow() {
        const auto set = [this](Column column, std::uint64_t value) { flow_.set(column, value); };
        using enum Column;
        set(type, 2);
        set(time_received, 1700000000);
        set(sequence_num, 25661);
        set(time_flow_start, 1540209169);
        set(time_flow_end, 1540209169);
        set(time_flow_start_ms, 1540209168828);
        set(time_flow_end_ms, 1540209168832);
        set(Column::bytes, 590);
        set(packets, 5);
        set(etype, 0x0800);
        set(proto, 6);
        set(src_port, 8080);
        set(dst_port, 47384);
        set(in_if, 9);
        set(out_if, 2);
        set(tcp_flags, 0x1b);
        flow_.set(sampler_address, Bytes{exporter_});
        flow_.set(src_addr, Bytes{source_});
        flow_.set(dst_addr, Bytes{destination_});
        flow_.set(next_hop, Bytes{next_hop_});
    }
    NetflowV5Flow(const NetflowV5Flow&) = delete;
    NetflowV5Flow& operator=(const NetflowV5Flow&) = delete;

    [[nodiscard]] const Flow& flow() const { return flow_; }

private:
    Flow flow_;
    std::array<std::uint8_t, 4> exporter_{192, 0, 2, 1};
    std::array<std::uint8_t, 4> source_{10, 128, 2, 121};
    std::array<std::uint8_t, 4> destination_{10, 128, 2, 1};
    std::array<std::uint8_t, 4> next_hop_{};
};

}  // namespace flow::test
