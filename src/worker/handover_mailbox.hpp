// SPDX-License-Identifier: BSD-3-Clause
// HandoverMailbox: how the main thread leads an RX worker through its part in the move of
// exporters, one request at a time. The worker looks once per burst, works on a request in steps
// that are bounded, and answers when it is done.
#pragma once

#include <atomic>
#include <cassert>
#include <cstdint>

#include "flow/decode/handover_page.hpp"
#include "ingress/shard_table.hpp"

namespace flowd {

struct HandoverRequest {
    enum class Kind : std::uint8_t {
        hold,    ///< keep datagrams of the move back; forget what an earlier run left of it
        give,    ///< once all that came before is decoded: fill the page with the next piece
        take,    ///< learn what the page has
        let_go,  ///< decode what was kept back
    };

    Kind kind = Kind::hold;
    ShardMove move{};
    std::uint32_t to = 0;                ///< the worker whose exporters or domains they will be
    bool first = false;                  ///< of give: a new walk
    flow::HandoverPage* page = nullptr;  ///< of give and take: the worker's until it answers
};

class HandoverMailbox {
public:
    /// Main thread, when the request before has been answered.
    void post(const HandoverRequest& request) noexcept {
        assert(answered());
        request_ = request;
        turn_.store(Turn::rx, std::memory_order_release);  // pairs with request()
    }
    /// Main thread.
    [[nodiscard]] bool answered() const noexcept {
        return turn_.load(std::memory_order_acquire) == Turn::main;  // pairs with answer()
    }

    /// RX worker: what there is to do, or null.
    [[nodiscard]] const HandoverRequest* request() const noexcept {
        if (turn_.load(std::memory_order_acquire) != Turn::rx) [[likely]]  // pairs with post()
            return nullptr;
        return &request_;
    }
    void answer() noexcept { turn_.store(Turn::main, std::memory_order_release); }

private:
    enum class Turn : std::uint8_t { main, rx };

    std::atomic<Turn> turn_{Turn::main};
    HandoverRequest request_;  ///< whose turn it is
};

}  // namespace flowd
