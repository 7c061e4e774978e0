// SPDX-License-Identifier: BSD-3-Clause
// IPFIX (RFC 7011): a 16-byte message header, then sets; enterprise fields, variable length,
// template withdrawal.
#pragma once

#include <algorithm>
#include <string_view>

#include "flow/decode/templates/message.hpp"
#include "flow/decode/templates/sets.hpp"
#include "flow/model/datagram.hpp"

namespace flow::ipfix {

inline constexpr std::uint16_t version = 10;

/// One per shard; never shared, never locked.
class Decoder {
public:
    static constexpr std::string_view name = "ipfix";

    /// `state` outlives the decoder.
    explicit Decoder(ShardState& state) noexcept : state_{state} {}

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 2 && load_be16(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.netflow9;
    }

    /// Returns the first thing that was wrong; everything before and beside it has been handed on.
    /// Bytes after the message's own length are not looked at (RFC 7011 §3.1).
    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{datagram.payload};
        const auto header = in.block<header_size>();
        if (in.failed()) return Error::truncated;
        const std::size_t length = header.u16<2>();
        if (length < header_size) {
            state_.note(exporter, Deviation::length_bad);
            return Error::bad_length;
        }
        const Domain domain{exporter, header.u32<12>(), version};
        Origin origin{.type = FlowType::ipfix,
                      .sampler = datagram.source,
                      .exporter = exporter,
                      .sequence = header.u32<8>(),
                      .observation_domain = domain.id,
                      .received_ns = datagram.received_ns,
                      .export_seconds = header.u32<4>()};
        const std::size_t announced = length - header_size;
        const Bytes sets = in.take(std::min(announced, in.remaining()));
        Message<Sink> message{state_, domain, origin, datagram.payload, sink};
        Error outcome = for_each_set(
            sets, [&](std::uint16_t id, Bytes body) { return decode_set(message, id, body); },
            [&](Deviation what) { message.note(what); });
        if (announced > sets.size()) {
            message.note(Deviation::length_beyond);
            outcome = first_failure(outcome, Error::truncated);
        }
        if (in.remaining() > 0) [[unlikely]]
            message.note(Deviation::length_short);
        outcome = first_failure(outcome, message.release_all());
        // The number counts data records (RFC 7011 §3.1). A datagram that is damaged may have more.
        message.close({.number = origin.sequence,
                       .units = message.record_count(),
                       .units_known = message.records_known() && !failed(outcome),
                       .window = SequenceStep::window_of_records});
        return outcome;
    }

private:
    static constexpr std::size_t header_size = 16;
    static constexpr std::uint16_t template_set = 2;
    static constexpr std::uint16_t options_template_set = 3;

    template <RecordSink Sink>
    Error decode_set(Message<Sink>& message, std::uint16_t id, Bytes body) noexcept {
        if (id >= 256) return message.data_set(id, body);
        if (id == template_set || id == options_template_set) {
            return learn_templates(message, id, body);
        }
        message.note(Deviation::set_reserved);
        return Error::bad_set_id;
    }

    /// RFC 7011 §3.4.1 and §3.4.2. A count of 0 withdraws (§8.1): one template, or with the set's
    /// own id all.
    template <RecordSink Sink>
    Error learn_templates(Message<Sink>& message, std::uint16_t set_id, Bytes body) noexcept {
        const bool options = set_id == options_template_set;
        message.count_set(options ? SetKind::options_templates : SetKind::templates);
        Error outcome = Error::none;
        wire::Cursor in{body};
        while (in.remaining() >= 4) {
            const auto header = in.block<4>();
            const std::uint16_t id = header.u16<0>();
            const std::size_t field_count = header.u16<2>();
            if (field_count == 0) {
                if (id == 0) break;  // padding
                if (id == set_id) {
                    message.withdraw_all(options);
                } else if (id >= 256) {
                    message.withdraw(id);
                } else {
                    message.note(Deviation::template_id_bad);
                    outcome = first_failure(outcome, Error::bad_template);
                }
                continue;
            }
            const TemplateDefinition definition{
                .id = id, .options = options, .scope_count = options ? in.u16() : std::uint16_t{0}};
            outcome = first_failure(outcome, learn_one(message, definition, field_count, in));
            if (in.failed()) break;
        }
        return outcome;
    }

    /// `definition` without its fields.
    template <RecordSink Sink>
    Error learn_one(Message<Sink>& message, TemplateDefinition definition, std::size_t field_count,
                    wire::Cursor& in) noexcept {
        for (std::size_t i = 0; i < field_count && !in.failed(); ++i) {
            const auto field = in.block<4>();
            const bool private_enterprise = (field.u16<0>() & enterprise_bit) != 0;
            const std::uint32_t enterprise = private_enterprise ? in.u32() : 0;
            if (i >= template_fields_max) continue;  // read on, to find the next template
            state_.fields[i] = {static_cast<std::uint16_t>(field.u16<0>() & ~enterprise_bit),
                                field.u16<2>(), enterprise};
        }
        if (in.failed()) return message.refuse_cut(definition.id);
        if (field_count > template_fields_max) return message.refuse(definition.id);
        if (definition.options && definition.scope_count == 0) {
            message.note(Deviation::scope_missing);  // RFC 7011 §3.4.2.2
        }
        definition.scope_count =
            std::min(definition.scope_count, static_cast<std::uint16_t>(field_count));
        definition.fields = {state_.fields.data(), field_count};
        return message.learn(definition);
    }

    static constexpr std::uint16_t enterprise_bit = 0x8000;

    ShardState& state_;
};

}  // namespace flow::ipfix
