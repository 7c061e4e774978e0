// SPDX-License-Identifier: BSD-3-Clause
// Marks: what goes into an opaque pointer comes out of it; and tickets have numbers while they are
// held.
#include "transport/kafka/mark.hpp"

#include <gtest/gtest.h>

namespace flowd::kafka {
namespace {

TEST(KafkaMark, ComesBackFromAPointer) {
    for (const std::uint32_t source : {0U, 1U, 65'535U}) {
        for (const flow::AccountTag account : {0U, 1U, 0xffffffffU, flow::make_tag(49'152, 255)}) {
            for (const std::uint16_t ticket : {std::uint16_t{0}, std::uint16_t{65'535}}) {
                const Mark mark{.owner = {source, account}, .ticket = ticket};
                const Mark back = Mark::of(mark.opaque());
                EXPECT_EQ(back.owner, mark.owner);
                EXPECT_EQ(back.ticket, ticket);
            }
        }
    }
}

TEST(KafkaTickets, ANumberIsFreeAgainOnceNothingIsHeld) {
    Tickets tickets;
    Ticket one;
    Ticket two;
    EXPECT_EQ(tickets.number_of(nullptr), Mark::no_ticket);
    const auto first = *tickets.number_of(&one);
    tickets.hold(first, 5);
    const auto second = *tickets.number_of(&two);
    tickets.hold(second, 1);
    EXPECT_NE(first, second);
    EXPECT_EQ(tickets.number_of(&one), first);
    EXPECT_EQ(one.pending, 5U);
    EXPECT_EQ(tickets.ticket(first), &one);
    tickets.release(first, 5);
    EXPECT_EQ(one.pending, 0U);
    Ticket three;
    EXPECT_EQ(tickets.number_of(&three), first);
}

}  // namespace
}  // namespace flowd::kafka
