// SPDX-License-Identifier: BSD-3-Clause
// Reassembler: puts the fragments of IP packets together. One per RX worker, used by its thread
// only, and per fragment: rare, but hostile. No memory after the constructor; every loop is bounded
// by the limits below. RFC 791 §3.2, RFC 8200 §4.5, RFC 5722.
//
// The table is ours, and not librte_ip_frag's. That one (22.11) takes eight parts at most and no
// extension headers in front of the fragment header, gives a datagram up for one duplicate, cannot
// let go of one packet, and frees what finds its bucket full without a word, so that drops could
// not be counted by reason.
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/packet/fragment.hpp"
#include "ingress/dpdk/age_list.hpp"
#include "ingress/dpdk/fragment_limits.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

class Reassembler {
public:
    /// Of one packet: what 65,535 bytes need at the smallest MTU of IPv6, 1280.
    static constexpr std::size_t parts_max = 64;

    /// `stats` is the worker's: each fragment that is dropped counts there as a datagram and a
    /// drop. A whole packet does not: it is counted as any frame, when it is parsed.
    Reassembler(const FragmentLimits& limits, IngressStats& stats) noexcept;
    Reassembler(const Reassembler&) = delete;
    Reassembler& operator=(const Reassembler&) = delete;
    ~Reassembler() { finish(); }

    /// Takes the frame `mbuf`, in which `part` was found, for good. Gives the whole packet when
    /// this was its last missing part: a chain, the caller's, with the first part's link header, as
    /// find_udp() reads it; else null.
    ///
    /// Dropped as `fragment_refused`, with all of the packet, what came and what comes: parts that
    /// overlap, contradict each other about the end, or are too many. A part that is there already
    /// (same place, same size) is dropped alone (RFC 8200 §4.5). Dropped as `fragment_limit`: the
    /// oldest packet, of all or of the source that has its share, when there is no room.
    [[nodiscard]] rte_mbuf* take(rte_mbuf* mbuf, const flow::packet::Fragment& part,
                                 std::uint64_t now_ns) noexcept;

    /// Drops what is too old, as `fragment_expired`. Once per burst; one comparison while nothing
    /// waits.
    void expire(std::uint64_t now_ns) noexcept {
        while (!by_age_.empty() &&
               now_ns >= packets_[by_age_.front()].since_ns + limits_.age_max_ns) {
            drop(by_age_.front(), flow::Error::fragment_expired);
        }
    }

    /// Drops all that waits, as `fragment_expired`. At the end.
    void finish() noexcept {
        while (!by_age_.empty()) drop(by_age_.front(), flow::Error::fragment_expired);
    }

    struct Counts {
        std::uint64_t fragments = 0;    ///< taken: in whole packets, dropped, or waiting
        std::uint64_t used = 0;         ///< in the whole packets
        std::uint64_t reassembled = 0;  ///< whole packets
        std::uint64_t waiting = 0;      ///< fragments
        std::uint64_t buffers = 0;      ///< of those
        std::uint64_t bytes = 0;        ///< of these buffers
    };
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

private:
    struct Part {
        rte_mbuf* mbuf;
        std::uint16_t offset;
        std::uint16_t size;
        std::uint16_t headers_size;  ///< in front of the part, link header included

        [[nodiscard]] std::uint32_t end() const noexcept { return std::uint32_t{offset} + size; }
    };

    /// A packet that waits for its rest; or, with a `reason`, one whose rest is unwelcome.
    struct Packet {
        flow::Address source;
        flow::Address destination;
        std::uint64_t hash;
        std::uint64_t since_ns;
        std::uint32_t id;
        std::uint32_t source_index;
        std::uint32_t size;       ///< of the parts that are there
        std::uint32_t total;      ///< of all; 0: the last part is not there yet
        std::uint16_t link_size;  ///< of the first part
        std::uint8_t version;
        std::uint8_t part_count;
        flow::Error reason;
        Neighbours by_age;
        Neighbours by_source;
        std::array<Part, parts_max> parts;  ///< by offset, without overlaps
    };

    struct Source {
        flow::Address address;
        std::uint64_t hash;
        std::uint32_t packet_count;
        AgeList packets;
        Neighbours unused;
    };

    enum class Fit : std::uint8_t { fits, duplicate, contradicts };
    /// Where among the parts a new one belongs, and whether it may be there.
    struct Place {
        std::size_t index;
        Fit fit;
    };

    [[nodiscard]] std::uint64_t hash_of(const flow::packet::Fragment& part) const noexcept;
    [[nodiscard]] std::uint32_t find(const flow::packet::Fragment& part,
                                     std::uint64_t hash) const noexcept;
    [[nodiscard]] std::uint32_t open(const flow::packet::Fragment& part, std::uint64_t hash,
                                     std::uint64_t now_ns) noexcept;
    [[nodiscard]] std::uint32_t find_source(const flow::Address& address,
                                            std::uint64_t hash) const noexcept;
    [[nodiscard]] std::uint32_t open_source(const flow::Address& address,
                                            std::uint64_t hash) noexcept;
    void close(std::uint32_t index) noexcept;
    void refuse(std::uint32_t index, flow::Error reason) noexcept;
    void drop(std::uint32_t index, flow::Error reason) noexcept;

    [[nodiscard]] static Place place(const Packet& packet,
                                     const flow::packet::Fragment& part) noexcept;
    [[nodiscard]] bool make_room(const rte_mbuf* mbuf, std::uint32_t index) noexcept;
    void insert(Packet& packet, std::size_t at, rte_mbuf* mbuf,
                const flow::packet::Fragment& part) noexcept;
    [[nodiscard]] rte_mbuf* join(std::uint32_t index) noexcept;
    [[nodiscard]] std::nullptr_t drop_one(rte_mbuf* mbuf, flow::Error reason) noexcept;
    void count_buffers(const rte_mbuf* mbuf, bool in) noexcept;

    // Written by the RX worker only.
    Counts counts_;
    IngressStats& stats_;
    AgeList by_age_;
    AgeList unused_packets_;  ///< used before: those that never were have untouched pages
    AgeList unused_sources_;
    std::uint32_t packets_opened_ = 0;  ///< the first that never was used
    std::uint32_t sources_opened_ = 0;
    std::uint32_t packet_count_ = 0;
    flow::Slots<Packet> packets_;
    flow::Slots<Source> sources_;
    flow::IndexTable packet_table_;
    flow::IndexTable source_table_;

    // Read only after the constructor.
    FragmentLimits limits_;
    std::uint64_t seed_;
};

}  // namespace flowd::dpdk
