// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v9 and IPFIX: the sets of a message. Templates are read from the datagram itself, data by
// the templates of the store.
#include <algorithm>

#include "flow/raw/messages.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::raw {

namespace {

constexpr std::uint16_t enterprise_bit = 0x8000;

/// One datagram's view of the shard.
struct Context {
    const TemplateStore& templates;
    Domain domain;
    VariableLayout& layout;

    [[nodiscard]] bool is_ipfix() const noexcept { return domain.version == 10; }
};

/// Where the records of a set are listed; `null` as Go prints an empty list is never written.
void open_set(JsonWriter& out, std::uint16_t id, std::size_t length) noexcept {
    out.open_object();
    out.member("id", id);
    out.member("length", length);
    out.key("records");
}

void write_fields(JsonWriter& out, std::string_view name, std::size_t count, bool is_ipfix,
                  wire::Cursor& in) noexcept {
    out.key(name);
    out.open_array();
    for (std::size_t i = 0; i < count && in.remaining() >= 4; ++i) {
        const auto field = in.block<4>();
        const bool own = is_ipfix && (field.u16<0>() & enterprise_bit) != 0;
        out.open_object();
        out.key("pen-provided");
        out.boolean(own);
        out.member("type", own ? field.u16<0>() & ~enterprise_bit : field.u16<0>());
        out.member("length", field.u16<2>());
        out.member("pen", own ? in.u32() : 0);
        out.close_object();
    }
    out.close_array();
}

/// RFC 3954 §5.2, RFC 7011 §3.4.1.
void write_templates(JsonWriter& out, bool is_ipfix, Bytes body) noexcept {
    wire::Cursor in{body};
    out.open_array();
    while (in.remaining() >= 4) {
        const auto header = in.block<4>();
        if (header.u16<0>() == 0) break;  // padding
        out.open_object();
        out.member("template-id", header.u16<0>());
        out.member("field-count", header.u16<2>());
        write_fields(out, "fields", header.u16<2>(), is_ipfix, in);
        out.close_object();
    }
    out.close_array();
}

/// RFC 3954 §6.1: lengths in bytes, four per field.
void write_options_templates9(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    out.open_array();
    while (in.remaining() >= 6) {
        const auto header = in.block<6>();
        if (header.u16<0>() == 0) break;
        out.open_object();
        out.member("template-id", header.u16<0>());
        out.member("scope-length", header.u16<2>());
        out.member("option-length", header.u16<4>());
        write_fields(out, "scopes", header.u16<2>() / 4U, false, in);
        write_fields(out, "options", header.u16<4>() / 4U, false, in);
        out.close_object();
    }
    out.close_array();
}

/// RFC 7011 §3.4.2: the scopes come first on the wire, the options first in the output.
void write_options_templates10(JsonWriter& out, Bytes body) noexcept {
    wire::Cursor in{body};
    out.open_array();
    while (in.remaining() >= 4) {
        const auto header = in.block<4>();
        const std::size_t field_count = header.u16<2>();
        if (header.u16<0>() == 0) break;
        out.open_object();
        out.member("template-id", header.u16<0>());
        out.member("field-count", field_count);
        if (field_count == 0) {  // a withdrawal (§8.1) has nothing behind its count
            out.close_object();
            continue;
        }
        const std::size_t scope_count = std::min<std::size_t>(in.u16(), field_count);
        out.member("scope-field-count", scope_count);
        wire::Cursor scopes = in;
        for (std::size_t i = 0; i < scope_count; ++i) {
            const bool own = (in.u16() & enterprise_bit) != 0;
            in.skip(own ? 6 : 2);
        }
        write_fields(out, "options", field_count - scope_count, true, in);
        write_fields(out, "scopes", scope_count, true, scopes);
        out.close_object();
    }
    out.close_array();
}

void write_values(JsonWriter& out, std::string_view name, const Template& layout, std::size_t first,
                  std::size_t last, const Record& record) noexcept {
    out.key(name);
    out.open_array();
    for (std::size_t i = first; i < last; ++i) {
        const TemplateField& field = layout.fields[i];
        const FieldExtent& extent = record.extents[i];
        out.open_object();
        out.key("pen-provided");
        out.boolean(field.enterprise != 0);
        out.member("type", field.id);
        out.member("pen", field.enterprise);
        out.base64_member("value", record.bytes.subspan(extent.offset, extent.size));
        out.close_object();
    }
    out.close_array();
}

void write_data(JsonWriter& out, const Template& layout, Bytes body,
                VariableLayout& measured) noexcept {
    out.open_array();
    while (body.size() >= layout.record_size && !out.failed()) {
        if (failed(measured.measure(layout, body))) break;
        const Record& record = measured.record();
        const std::size_t count = layout.fields.size();
        out.open_object();
        if (layout.options) {
            const std::size_t scopes = std::min<std::size_t>(layout.scope_count, count);
            write_values(out, "scope-values", layout, 0, scopes, record);
            write_values(out, "option-values", layout, scopes, count, record);
        } else {
            write_values(out, "values", layout, 0, count, record);
        }
        out.close_object();
        body = body.subspan(record.bytes.size());
    }
    out.close_array();
}

void write_set(JsonWriter& out, const Context& context, std::uint16_t id, Bytes body) noexcept {
    open_set(out, id, body.size() + 4);
    const bool is_ipfix = context.is_ipfix();
    const Template* layout = nullptr;
    if (id == (is_ipfix ? 2 : 0)) {
        write_templates(out, is_ipfix, body);
    } else if (id == (is_ipfix ? 3 : 1)) {
        is_ipfix ? write_options_templates10(out, body) : write_options_templates9(out, body);
    } else if (id >= 256 && (layout = context.templates.find(context.domain, id)) != nullptr) {
        write_data(out, *layout, body, context.layout);
    } else {
        out.base64(body);
    }
    out.close_object();
}

void write_sets(JsonWriter& out, const Context& context, Bytes sets) noexcept {
    out.key("flow-sets");
    out.open_array();
    // What is wrong with a set has been counted by the decoder that learnt from the datagram.
    static_cast<void>(for_each_set(sets, [&](std::uint16_t id, Bytes body) {
        write_set(out, context, id, body);
        return Error::none;
    }));
    out.close_array();
}

}  // namespace

void write_netflow9(JsonWriter& out, Bytes payload, const TemplateStore& templates,
                    ExporterIndex exporter, VariableLayout& layout) noexcept {
    wire::Cursor in{payload};
    const auto header = in.block<20>();
    out.open_object();
    out.member("version", header.u16<0>());
    out.member("count", header.u16<2>());
    out.member("system-uptime", header.u32<4>());
    out.member("unix-seconds", header.u32<8>());
    out.member("sequence-number", header.u32<12>());
    out.member("source-id", header.u32<16>());
    write_sets(out, {templates, {exporter, header.u32<16>(), 9}, layout}, in.rest());
    out.close_object();
}

void write_ipfix(JsonWriter& out, Bytes payload, const TemplateStore& templates,
                 ExporterIndex exporter, VariableLayout& layout) noexcept {
    wire::Cursor in{payload};
    const auto header = in.block<16>();
    const std::size_t length = header.u16<2>();
    out.open_object();
    out.member("version", header.u16<0>());
    out.member("length", length);
    out.member("export-time", header.u32<4>());
    out.member("sequence-number", header.u32<8>());
    out.member("observation-domain-id", header.u32<12>());
    const std::size_t announced = length < 16 ? 0 : length - 16;
    write_sets(out, {templates, {exporter, header.u32<12>(), 10}, layout},
               in.take(std::min(announced, in.remaining())));
    out.close_object();
}

}  // namespace flow::raw
