// SPDX-License-Identifier: BSD-3-Clause
// v1 writes Go's field names, the later versions kebab-case; both nest alike.
#include "state/goflow2.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "state/json.hpp"

namespace flowd::state {

namespace {

/// The names of one version.
struct Names {
    const char* id;
    const char* fields;
    const char* scopes;
    const char* options;
    const char* type;
    const char* length;
    const char* enterprise;
};

constexpr Names v1_names{"TemplateId", "Fields", "Scopes", "Options", "Type", "Length", "Pen"};
constexpr Names later_names{"template-id", "fields", "scopes", "options", "type", "length", "pen"};

bool add_fields(const Json& list, const Names& names, std::vector<flow::TemplateField>& fields) {
    if (!list.is_array()) return list.is_null();
    for (const Json& each : list) {
        flow::TemplateField field;
        if (!get(member(each, names.type), field.id)) return false;
        if (!get(member(each, names.length), field.length)) return false;
        static_cast<void>(get(member(each, names.enterprise), field.enterprise));  // 0 if absent
        // Options templates keep the bit that says so (RFC 7011 §3.2).
        if (field.enterprise != 0) field.id &= 0x7fff;
        fields.push_back(field);
    }
    return true;
}

bool add_template(const flow::StateKey& key, const Json& record, const Names& names,
                  flow::LearntState& state) {
    flow::LearntTemplate learnt{.key = key};
    if (!get(member(record, names.id), learnt.id)) return false;
    learnt.options = member(record, names.options).is_array();
    if (learnt.options) {
        if (!add_fields(member(record, names.scopes), names, learnt.fields)) return false;
        learnt.scope_count = static_cast<std::uint16_t>(learnt.fields.size());
        if (!add_fields(member(record, names.options), names, learnt.fields)) return false;
    } else if (!add_fields(member(record, names.fields), names, learnt.fields)) {
        return false;
    }
    state.templates.push_back(std::move(learnt));
    return true;
}

/// `{"templates": [{"Key": {…}, "Data": {"Type": …, "Data": {…}}}]}`
void read_v1(const Json& list, flow::LearntState& state) {
    for (const Json& each : list) {
        const Json& key = member(each, "Key");
        const Json& address = member(key, "TemplateKey");
        flow::StateKey read;
        if (!address.is_string() || !get(address.get<std::string>(), read.exporter)) continue;
        if (!get(member(key, "Version"), read.version)) continue;
        if (!get(member(key, "ObsDomainId"), read.domain)) continue;
        static_cast<void>(
            add_template(read, member(member(each, "Data"), "Data"), v1_names, state));
    }
}

/// `192.0.2.1:2055`, `[2001:db8::1]:2055`
bool split_endpoint(const std::string& text, flow::StateKey& key) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return false;
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    const char* const end = text.data() + text.size();
    const auto port = std::from_chars(text.data() + colon + 1, end, key.port);
    return port.ec == std::errc{} && port.ptr == end && get(host, key.exporter);
}

/// `version/domain/id`, or the three packed into one number.
bool split_key(const std::string& text, flow::StateKey& key) {
    std::array<std::uint64_t, 3> parts{};
    const char* at = text.data();
    const char* const end = at + text.size();
    std::size_t count = 0;
    while (count < parts.size()) {
        const auto parsed = std::from_chars(at, end, parts[count++]);
        if (parsed.ec != std::errc{}) return false;
        at = parsed.ptr;
        if (at == end || *at++ != '/') break;
    }
    if (count == 1) parts = {parts[0] >> 48, parts[0] >> 16 & 0xffff'ffff, parts[0] & 0xffff};
    key.version = static_cast<std::uint8_t>(parts[0]);
    key.domain = static_cast<std::uint32_t>(parts[1]);
    return true;
}

/// `{"192.0.2.1:50000": {"9/0/256": {…}}}`
void read_later(const Json& exporters, flow::LearntState& state) {
    for (const auto& [endpoint, templates] : exporters.items()) {
        flow::StateKey key;
        if (!templates.is_object() || !split_endpoint(endpoint, key)) continue;
        for (const auto& [name, record] : templates.items()) {
            if (!split_key(name, key)) continue;
            static_cast<void>(add_template(key, record, later_names, state));
        }
    }
}

}  // namespace

flow::LearntState from_goflow2(const Json& file) {
    flow::LearntState state;
    if (const Json& list = member(file, "templates"); list.is_array()) {
        read_v1(list, state);
    } else if (file.is_object()) {
        read_later(file, state);
    }
    return state;
}

}  // namespace flowd::state
