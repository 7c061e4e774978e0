// SPDX-License-Identifier: BSD-3-Clause
// Foresight: what a datagram will need of the shard's state, looked up a few datagrams before its
// turn. Of thousands of exporters each is somewhere else in memory, and every look-up tells where
// the next one will look: one after the other they cost more than decoding. Taken in steps, while
// datagrams before it are decoded, they cost nothing. Nothing here changes anything, or must be
// right: hashes are taken for keys, and what a sender wrote for what it knows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/decode/state.hpp"
#include "flow/model/datagram.hpp"

namespace flow {

/// Steps of one datagram, in their order, each some datagrams after the one before.
class Foresight {
public:
    static constexpr std::size_t step_count = 4;

    /// Its header, and where its exporter is looked up.
    void see_source(const ShardState& state, const Datagram& datagram) noexcept {
        __builtin_prefetch(datagram.payload.data());
        hash_ = state.exporters.hash_of_source(datagram.source, datagram.source_port);
        state.exporters.prefetch_place(hash_);
    }

    /// The exporter, and what it is the first to know of.
    void see_exporter(const ShardState& state) noexcept {
        exporter_ = state.exporters.guess(hash_);
        if (exporter_ == Exporters::other) return;
        state.exporters.prefetch(exporter_);
        state.domains.prefetch_chain(exporter_);
        state.templates.prefetch_chain(exporter_);
    }

    /// Its domain with its account, and where the template of the first set is looked up.
    void see_domain(const ShardState& state, const Datagram& datagram) noexcept {
        has_template_ = false;
        if (exporter_ == Exporters::other) return;
        const std::uint32_t first = state.domains.prefetch_first(exporter_);
        if (first != Domains::no_slot) state.ledger.prefetch(state.ledger.domain_row(first));
        if (first != Domains::no_slot) state.traits.prefetch(state.traits.row_of_domain(first));
        const Bytes payload = datagram.payload;
        if (payload.size() < headers_size) return;
        const std::uint16_t version = load_be16(payload.data());
        if (version != 9 && version != 10) return;
        // RFC 3954 §5.1, RFC 7011 §3.1: the domain is the last number of the header.
        const std::uint8_t* const set = payload.data() + (version == 9 ? 20 : 16);
        const Domain domain{exporter_, load_be32(set - 4), static_cast<std::uint8_t>(version)};
        has_template_ = true;
        hash_ = state.templates.hash_of(domain, load_be16(set));
        state.templates.prefetch_place(hash_);
    }

    /// The template. Returns its slot, for what others keep by it; no_slot: nothing is known.
    [[nodiscard]] TemplateSlot see_template(const ShardState& state) const noexcept {
        if (!has_template_) return no_slot;
        const TemplateSlot slot = state.templates.guess(hash_);
        if (slot != no_slot) state.templates.prefetch(slot);
        return slot;
    }

    static constexpr TemplateSlot no_slot = IndexTable::none;

private:
    /// NetFlow v9's and the first set's id.
    static constexpr std::size_t headers_size = 22;

    std::uint64_t hash_ = 0;
    ExporterIndex exporter_ = Exporters::other;
    bool has_template_ = false;
};

}  // namespace flow
