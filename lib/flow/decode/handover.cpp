// SPDX-License-Identifier: BSD-3-Clause
// What a page is filled with, and what the taker makes of it. Times are those of one clock, the
// datagrams': they move as they are.
#include "flow/decode/handover.hpp"

namespace flow::handover {

namespace {

/// Of two times near each other; they wrap.
std::uint32_t later(std::uint32_t a, std::uint32_t b) noexcept {
    return static_cast<std::int32_t>(a - b) > 0 ? a : b;
}
std::uint32_t earlier(std::uint32_t a, std::uint32_t b) noexcept {
    return static_cast<std::int32_t>(a - b) < 0 ? a : b;
}

}  // namespace

template <class Record>
bool Filler::append(ExporterIndex exporter, const Record& record, Bytes rest) noexcept {
    std::size_t needed = HandoverPage::size_of<Record>(rest.size());
    if (exporter != exporter_) needed += HandoverPage::size_of<ExporterRecord>(0);
    if (needed > page_.room()) return false;
    if (exporter != exporter_) {
        exporter_ = exporter;
        ExporterRecord whose{};
        whose.address = state_.exporters.address(exporter);
        whose.port = state_.exporters.port(exporter);
        whose.facts = state_.exporters.facts(exporter);
        whose.announced_rate = state_.announced_rate(exporter);
        page_.append(whose, {});
    }
    page_.append(record, rest);
    return true;
}

bool Filler::add(const Domain& domain, const Template& layout,
                 const TemplateFacts& facts) noexcept {
    if (template_count_ == templates_max) return false;
    ++template_count_;
    const TemplateRecord record{.domain = domain.id,
                                .version = domain.version,
                                .options = layout.options,
                                .id = layout.id,
                                .scope_count = layout.scope_count,
                                .field_count = static_cast<std::uint16_t>(layout.fields.size()),
                                .facts = facts};
    return append(
        domain.exporter, record,
        {reinterpret_cast<const std::uint8_t*>(layout.fields.data()), layout.fields.size_bytes()});
}

bool Filler::add(const DomainState& state) noexcept {
    const DomainRecord record{.domain = state.domain.id,
                              .version = state.domain.version,
                              .spoke_again = state.spoke_again,
                              .restored = state.restored,
                              .last_seen = state.last_seen,
                              .sequence = state.sequence,
                              .rates = state.rates};
    if (!append(state.domain.exporter, record, {})) return false;
    // What comes late is taken back where it comes: neither shard's count may get below zero.
    const std::uint64_t outstanding = state.sequence.outstanding();
    state_.stats.sequence_lost -= outstanding;
    if (outstanding != 0)
        state_.ledger.book(state_.account_of(state.domain), {.lost = 0 - outstanding});
    return true;
}

bool Filler::add(const Park::Parked& parked) noexcept {
    SetRecord record{};
    record.origin = parked.origin;
    record.domain = parked.domain.id;
    record.version = parked.domain.version;
    record.carries = parked.carries;
    record.id = parked.id;
    if (!append(parked.domain.exporter, record, parked.body)) return false;
    if (parked.carries) {
        ++state_.stats.handed_on;
        state_.ledger.hand_on(parked.account);
    }
    return true;
}

Taker::Taker(ShardState& state, const HandoverPage& page) noexcept : state_{state} {
    // The time of a shard is that of its last datagram: the giver may know better.
    const bool behind = static_cast<std::int64_t>(page.now_ns - state.now_ns()) > 0;
    state.open(behind ? page.now_ns : state.now_ns());
}

void Taker::take(const ExporterRecord& record) noexcept {
    ExporterFacts facts = record.facts;
    const ExporterIndex known = state_.exporters.find(record.address, record.port);
    if (known != Exporters::other) {
        const ExporterFacts here = state_.exporters.facts(known);
        facts.first_seen = earlier(facts.first_seen, here.first_seen);
        facts.last_seen = later(facts.last_seen, here.last_seen);
        facts.spoke_again |= here.spoke_again;
        facts.proven |= here.proven;
    }
    exporter_ = state_.enter(record.address, record.port, state_.now_seconds());
    if (exporter_ == Exporters::other) return;
    state_.exporters.settle(exporter_, facts);
    if (record.announced_rate != 0) state_.set_announced_rate(exporter_, record.announced_rate);
}

const Template* Taker::take(const TemplateRecord& record, Bytes fields) noexcept {
    const std::size_t count = record.field_count;
    std::memcpy(state_.fields.data(), fields.data(), fields.size());
    const Domain domain{exporter_, record.domain, record.version};
    const auto learnt = state_.templates.put(
        domain, {record.id, record.options, {state_.fields.data(), count}, record.scope_count});
    if (!learnt) {
        ++refusals_.templates;
        return nullptr;
    }
    const Template& layout = *learnt->layout;
    state_.templates.settle(layout.slot, record.facts);
    state_.exporters.set_template_count(exporter_, state_.templates.count_of(exporter_));
    if (layout.options) state_.options[layout.slot] = sampling::OptionsLayout::of(layout);
    return learnt->changed ? &layout : nullptr;
}

void Taker::take(const DomainRecord& record) noexcept {
    const Domain domain{exporter_, record.domain, record.version};
    DomainState* const state = state_.domains.enter(domain, state_.now_seconds());
    const std::uint64_t outstanding = record.sequence.outstanding();
    state_.stats.sequence_lost += outstanding;
    if (outstanding != 0) state_.ledger.book(state_.account_of(domain), {.lost = outstanding});
    if (state == nullptr) {
        ++refusals_.domains;
        return;
    }
    state->last_seen = record.last_seen;
    state->spoke_again = record.spoke_again;
    state->restored = record.restored;
    state->sequence = record.sequence;
    state->rates = record.rates;
    if (!record.rates.empty()) state_.count_rate_change();
}

bool Taker::is_readable(const SetRecord& record) const noexcept {
    return state_.templates.find(domain_of(record), record.id) != nullptr;
}

void Taker::take(const SetRecord& record, Bytes body) noexcept {
    const Domain domain = domain_of(record);
    Origin origin = record.origin;
    origin.exporter = exporter_;
    origin.samplers = {};
    const AccountTag account = state_.account_of(domain);
    if (!state_.park.take({domain, origin, record.id, record.carries, body, account})) {
        ++refusals_.sets;
    }
}

void Taker::end(const SetRecord& record, Error outcome) noexcept {
    const AccountTag account = state_.account_of(domain_of(record));
    if (record.carries) {
        ++state_.stats.adopted;
        state_.ledger.adopt(account);
    }
    state_.park.count_end(account, Park::SetEnd::unparked, record.carries, outcome);
}

}  // namespace flow::handover
