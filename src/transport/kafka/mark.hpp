// SPDX-License-Identifier: BSD-3-Clause
// Mark: what is known of a single message until its delivery report, in the 64 bits of the pointer
// that librdkafka keeps with it: whose it is and who waits for it. So nothing is allocated per
// message. The TX worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "transport/transport.hpp"

namespace flowd::kafka {

/// Low to high: 16 bits of ticket, 16 of source, 32 of account.
struct Mark {
    static constexpr std::uint16_t no_ticket = 0;

    Owner owner{};
    std::uint16_t ticket = no_ticket;  ///< as Tickets has it

    [[nodiscard]] void* opaque() const noexcept {
        const std::uint64_t bits = std::uint64_t{owner.account} << 32 |
                                   std::uint64_t{owner.source & 0xffffu} << 16 | ticket;
        return reinterpret_cast<void*>(static_cast<std::uintptr_t>(bits));
    }
    [[nodiscard]] static Mark of(const void* opaque) noexcept {
        const std::uint64_t bits = reinterpret_cast<std::uintptr_t>(opaque);
        return {.owner = {.source = static_cast<std::uint32_t>(bits >> 16) & 0xffffu,
                          .account = static_cast<flow::AccountTag>(bits >> 32)},
                .ticket = static_cast<std::uint16_t>(bits)};
    }
};
static_assert(sizeof(void*) == sizeof(std::uint64_t));

/// Small numbers for the tickets that single messages hold.
class Tickets {
public:
    /// The number of a ticket, null included. Nothing: too many are held; try again after reports.
    [[nodiscard]] std::optional<std::uint16_t> number_of(Ticket* ticket) {
        if (ticket == nullptr) return Mark::no_ticket;
        std::size_t unused = held_.size();
        for (std::size_t i = 0; i < held_.size(); ++i) {
            if (held_[i].ticket == ticket) return static_cast<std::uint16_t>(i + 1);
            if (held_[i].pending == 0) unused = i;
        }
        if (unused == held_.size()) {
            if (unused == UINT16_MAX) return std::nullopt;
            held_.emplace_back();
        }
        held_[unused] = {ticket, 0};
        return static_cast<std::uint16_t>(unused + 1);
    }
    void hold(std::uint16_t number, std::size_t messages) noexcept {
        if (number == Mark::no_ticket) return;
        Held& held = held_[number - 1u];
        held.pending += messages;
        held.ticket->pending += messages;
    }
    void release(std::uint16_t number, std::size_t messages) noexcept {
        if (number == Mark::no_ticket) return;
        Held& held = held_[number - 1u];
        held.ticket->pending -= messages;
        held.pending -= messages;
    }
    [[nodiscard]] Ticket* ticket(std::uint16_t number) const noexcept {
        return number == Mark::no_ticket ? nullptr : held_[number - 1u].ticket;
    }

private:
    /// Without pending messages the ticket may be gone, and another one be where it was.
    struct Held {
        Ticket* ticket = nullptr;
        std::size_t pending = 0;
    };
    std::vector<Held> held_;
};

}  // namespace flowd::kafka
