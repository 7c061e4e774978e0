// SPDX-License-Identifier: BSD-3-Clause
// HandoverSteps: an RX worker's part in the move of exporters, step by step between two bursts. Its
// thread's.
#pragma once

#include <cstdint>

#include "flow/decode/handover.hpp"
#include "flow/model/learnt_state.hpp"
#include "ingress/sharding.hpp"
#include "worker/handover_mailbox.hpp"

namespace flowd {

class HandoverSteps {
public:
    /// One step of what the mailbox asks for. `Pipeline` gives, forgets and takes.
    /// What was decoded here of what moves is passed on before the worker says so.
    template <class Pipeline, class Outlet>
    void serve(HandoverMailbox& mailbox, Sharding& sharding, Pipeline& pipeline,
               Outlet& outlet) noexcept {
        const HandoverRequest* const request = mailbox.request();
        if (request == nullptr) [[likely]]
            return;
        if (!step(*request, sharding, pipeline)) return;
        if (request->kind == Kind::give && request->page->last) outlet.flush();
        mailbox.answer();
    }

    /// Templates, domains and data sets for which there was no room here.
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

private:
    using Kind = HandoverRequest::Kind;

    /// True when the request is done.
    template <class Pipeline>
    [[nodiscard, gnu::cold]] bool step(const HandoverRequest& request, Sharding& sharding,
                                       Pipeline& pipeline) noexcept {
        const auto leaves = [&](const flow::StateKey& key) {
            return sharding.table().leaves(request.move, request.to, key.exporter, key.version,
                                           key.domain);
        };
        switch (request.kind) {
            case Kind::hold:
                if (!under_way_) sharding.hold(request.move);
                begin();
                under_way_ = !pipeline.forget(walk_, leaves);
                return !under_way_;
            case Kind::give:
                if (request.first && !under_way_) sharding.mark();
                if (request.first) begin();
                if (!sharding.passed()) return false;
                under_way_ = false;
                pipeline.give(*request.page, walk_, leaves);
                return true;
            case Kind::take: {
                const flow::HandoverRefusals refusals = pipeline.take(*request.page);
                refused_ += std::uint64_t{refusals.templates} + refusals.domains + refusals.sets;
                return true;
            }
            case Kind::let_go:
                sharding.let_go();
                return !sharding.holding();  // the next move may take them away again
        }
        return true;
    }

    /// The first step of a request with several.
    void begin() noexcept {
        if (!under_way_) walk_ = {};
        under_way_ = true;
    }

    flow::HandoverWalk walk_;
    bool under_way_ = false;
    std::uint64_t refused_ = 0;
};

}  // namespace flowd
