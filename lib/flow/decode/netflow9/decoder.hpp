// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v9 (RFC 3954): a 20-byte header, then FlowSets. The header's count is not trusted:
// exporters disagree on what it counts (softflowd announces fewer than it sends), and the lengths
// of the FlowSets say enough.
#pragma once

#include <string_view>

#include "flow/decode/templates/message.hpp"
#include "flow/decode/templates/sets.hpp"
#include "flow/model/datagram.hpp"

namespace flow::netflow9 {

inline constexpr std::uint16_t version = 9;

/// One per shard; never shared, never locked.
class Decoder {
public:
    static constexpr std::string_view name = "netflow9";

    /// `state` outlives the decoder.
    explicit Decoder(ShardState& state) noexcept : state_{state} {}

    [[nodiscard]] static bool claims(Bytes payload) noexcept {
        return payload.size() >= 2 && load_be16(payload.data()) == version;
    }
    [[nodiscard]] static bool accepted(const Protocols& protocols) noexcept {
        return protocols.netflow9;
    }

    /// Returns the first thing that was wrong; everything before and beside it has been handed on.
    template <RecordSink Sink>
    Error decode(const Datagram& datagram, ExporterIndex exporter, Sink& sink) noexcept {
        wire::Cursor in{datagram.payload};
        const auto header = in.block<20>();
        if (in.failed()) return Error::truncated;
        const Domain domain{exporter, header.u32<16>(), version};
        Origin origin{.type = FlowType::netflow_v9,
                      .sampler = datagram.source,
                      .exporter = exporter,
                      .sequence = header.u32<12>(),
                      .observation_domain = domain.id,
                      .received_ns = datagram.received_ns,
                      .export_seconds = header.u32<8>(),
                      .uptime_ms = header.u32<4>()};
        Message<Sink> message{state_, domain, origin, datagram.payload, sink};
        Error outcome = for_each_set(
            in.rest(), [&](std::uint16_t id, Bytes body) { return decode_set(message, id, body); },
            [&](Deviation what) { message.note(what); });
        outcome = first_failure(outcome, message.release_all());
        const std::uint32_t count = message.record_count() + message.template_count();
        const bool all_read = message.records_known() && !failed(outcome);
        if (header.u16<2>() != count && all_read) [[unlikely]]
            message.note(Deviation::count_wrong);
        // The number counts datagrams (RFC 3954 §5.1).
        message.close(
            {.number = origin.sequence, .has_uptime = true, .uptime_ms = origin.uptime_ms});
        return outcome;
    }

private:
    static constexpr std::uint16_t template_set = 0;
    static constexpr std::uint16_t options_template_set = 1;

    template <RecordSink Sink>
    Error decode_set(Message<Sink>& message, std::uint16_t id, Bytes body) noexcept {
        if (id >= 256) return message.data_set(id, body);
        if (id == template_set) return learn_templates(message, body);
        if (id == options_template_set) return learn_options_templates(message, body);
        message.note(Deviation::set_reserved);
        return Error::bad_set_id;
    }

    /// RFC 3954 §5.2. Up to three bytes at the end, or zeros, are padding.
    template <RecordSink Sink>
    Error learn_templates(Message<Sink>& message, Bytes body) noexcept {
        message.count_set(SetKind::templates);
        Error outcome = Error::none;
        wire::Cursor in{body};
        while (in.remaining() >= 4) {
            const auto header = in.block<4>();
            const std::uint16_t id = header.u16<0>();
            const std::size_t field_count = header.u16<2>();
            if (id == 0 && field_count == 0) break;
            outcome = first_failure(outcome, learn_one(message, {.id = id}, field_count, in));
            if (in.failed()) break;
        }
        return outcome;
    }

    /// RFC 3954 §6.1: lengths of the scope and option parts in bytes, four per field.
    template <RecordSink Sink>
    Error learn_options_templates(Message<Sink>& message, Bytes body) noexcept {
        message.count_set(SetKind::options_templates);
        Error outcome = Error::none;
        wire::Cursor in{body};
        while (in.remaining() >= 6) {
            const auto header = in.block<6>();
            const std::uint16_t id = header.u16<0>();
            const auto scope_count = static_cast<std::uint16_t>(header.u16<2>() / 4u);
            const std::size_t field_count = scope_count + header.u16<4>() / 4u;
            if (id == 0 && field_count == 0) break;
            const TemplateDefinition definition{
                .id = id, .options = true, .scope_count = scope_count};
            outcome = first_failure(outcome, learn_one(message, definition, field_count, in));
            if (in.failed()) break;
        }
        return outcome;
    }

    /// `definition` without its fields.
    template <RecordSink Sink>
    Error learn_one(Message<Sink>& message, TemplateDefinition definition, std::size_t field_count,
                    wire::Cursor& in) noexcept {
        if (field_count > template_fields_max) {
            in.skip(field_count * 4);
            return in.failed() ? message.refuse_cut(definition.id) : message.refuse(definition.id);
        }
        for (std::size_t i = 0; i < field_count; ++i) {
            const auto field = in.block<4>();
            state_.fields[i] = {field.u16<0>(), field.u16<2>(), 0};
        }
        if (in.failed()) return message.refuse_cut(definition.id);
        definition.fields = {state_.fields.data(), field_count};
        return message.learn(definition);
    }

    ShardState& state_;
};

}  // namespace flow::netflow9
