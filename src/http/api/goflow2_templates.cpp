// SPDX-License-Identifier: BSD-3-Clause
// goflow2 v2's /templates: an object of exporters, each an object of templates by a number that
// packs version, domain and id. Its exporters are "address:port"; flowd tells them apart by address
// (templates.key), so the port is 0 unless it is part of the key.
#include <string>

#include "http/api/api.hpp"
#include "http/api/parts.hpp"
#include "http/message.hpp"

namespace flowd::http::api {

namespace {

/// Go's MarshalIndent with two spaces.
class GoJson {
public:
    void open(std::string_view name, char bracket) {
        member(name);
        out_ += bracket;
        ++depth_;
        empty_ = true;
    }
    void close(char bracket) {
        --depth_;
        if (!empty_) line();
        out_ += bracket;
        empty_ = false;
    }
    void number(std::string_view name, std::uint64_t value) {
        member(name);
        out_ += std::to_string(value);
    }
    void truth(std::string_view name, bool value) {
        member(name);
        out_ += value ? "true" : "false";
    }
    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void line() {
        out_ += '\n';
        out_.append(2 * depth_, ' ');
    }
    void member(std::string_view name) {
        if (depth_ != 0) {
            if (!empty_) out_ += ',';
            line();
        }
        empty_ = false;
        if (name.empty()) return;
        out_ += '"';
        out_ += name;
        out_ += "\": ";
    }

    std::string out_;
    std::size_t depth_ = 0;
    bool empty_ = true;  ///< the innermost object or array, so far
};

using Fields = std::span<const flow::TemplateField>;

/// Options templates keep the bit that says that a PEN follows (RFC 7011 §3.2) in the type.
void write_fields(GoJson& json, std::string_view name, Fields fields, bool options) {
    constexpr std::uint16_t enterprise_bit = 0x8000;
    json.open(name, '[');
    for (const flow::TemplateField& each : fields) {
        json.open({}, '{');
        json.truth("pen-provided", each.enterprise != 0);
        json.number("type", options && each.enterprise != 0 ? each.id | enterprise_bit : each.id);
        json.number("length", each.length);
        json.number("pen", each.enterprise);
        json.close('}');
    }
    json.close(']');
}

void write_template(GoJson& json, const flow::LearntTemplate& layout) {
    constexpr std::size_t specifier_size = 4;  // NetFlow v9's type and length
    const Fields all{layout.fields};
    const std::size_t scope_count = std::min<std::size_t>(layout.scope_count, all.size());
    const Fields scopes = all.first(scope_count);
    const Fields options = all.subspan(scope_count);
    const flow::StateKey& key = layout.key;
    const std::uint64_t packed =
        std::uint64_t{key.version} << 48 | std::uint64_t{key.domain} << 16 | layout.id;
    json.open(std::to_string(packed), '{');
    json.number("template-id", layout.id);
    if (!layout.options) {
        json.number("field-count", all.size());
        write_fields(json, "fields", all, false);
    } else if (key.version == 9) {
        json.number("scope-length", scopes.size() * specifier_size);
        json.number("option-length", options.size() * specifier_size);
        write_fields(json, "scopes", scopes, true);
        write_fields(json, "options", options, true);
    } else {
        json.number("field-count", all.size());
        json.number("scope-field-count", scopes.size());
        write_fields(json, "options", options, true);
        write_fields(json, "scopes", scopes, true);
    }
    json.close('}');
}

std::string endpoint(const flow::StateKey& key) {
    const std::string address = exporter_name(key.exporter);
    return (key.exporter.size == 16 ? '[' + address + ']' : address) + ':' +
           std::to_string(key.port);
}

/// Before anything is written: anybody may ask, and anybody may announce templates.
bool is_too_large(const std::vector<TemplateView>& templates) noexcept {
    constexpr std::size_t field_size_least = 90;  // of the JSON of a field
    std::size_t least = 0;
    for (const TemplateView& each : templates)
        least += each.layout.fields.size() * field_size_least;
    return least > templates_size_max;
}

Response too_large() {
    return text_response(413,
                         "all templates are more than 32 MiB; "
                         "/api/templates?exporter=ADDRESS shows those of one exporter\n");
}

}  // namespace

Response goflow2_templates(const Observation& observation) {
    if (is_too_large(observation.templates)) return too_large();
    GoJson json;
    json.open({}, '{');
    // They come sorted by exporter.
    const flow::StateKey* last = nullptr;
    for (const TemplateView& each : observation.templates) {
        if (json.size() > templates_size_max) return too_large();
        const flow::StateKey& key = each.layout.key;
        if (last == nullptr || last->exporter != key.exporter || last->port != key.port) {
            if (last != nullptr) json.close('}');
            json.open(endpoint(key), '{');
            last = &key;
        }
        write_template(json, each.layout);
    }
    if (last != nullptr) json.close('}');
    json.close('}');
    return {.type = "application/json", .body = json.take() + '\n'};
}

}  // namespace flowd::http::api
