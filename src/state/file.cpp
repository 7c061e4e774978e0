// SPDX-License-Identifier: BSD-3-Clause
// `flowd-state VERSION CRC32 SIZE\n`, then SIZE bytes of JSON: {"templates": […], "sampling": […]}.
#include "state/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <memory>

#include "state/goflow2.hpp"
#include "state/json.hpp"

namespace flowd::state {

namespace {

constexpr const char* magic = "flowd-state";

Failure refuse(const std::string& path, const std::string& why) {
    return {"state.path: " + path + ": " + why};
}

Failure system_failure(const std::string& path) { return refuse(path, std::strerror(errno)); }

unsigned long checksum(std::string_view body) {
    return crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
}

Json to_json(const flow::StateKey& key) {
    Json json{
        {"exporter", address_text(key.exporter)}, {"version", key.version}, {"domain", key.domain}};
    if (key.port != 0) json["port"] = key.port;
    return json;
}

Json to_json(const flow::LearntTemplate& learnt) {
    Json json = to_json(learnt.key);
    json["id"] = learnt.id;
    if (learnt.options) json["scopes"] = learnt.scope_count;
    Json fields = Json::array();
    for (const flow::TemplateField& field : learnt.fields) {
        Json item = Json::array({field.id, field.length});
        if (field.enterprise != 0) item.push_back(field.enterprise);
        fields.push_back(std::move(item));
    }
    json["fields"] = std::move(fields);
    return json;
}

Json to_json(const flow::LearntSampling& learnt) {
    Json json = to_json(learnt.key);
    json["rate"] = learnt.rate;
    Json samplers = Json::array();
    for (const flow::SamplerRate& each : learnt.samplers) {
        samplers.push_back(Json::array({each.sampler, each.rate}));
    }
    json["samplers"] = std::move(samplers);
    return json;
}

bool read_key(const Json& json, flow::StateKey& key) {
    const Json& exporter = member(json, "exporter");
    if (!exporter.is_string() || !get(exporter.get<std::string>(), key.exporter)) return false;
    if (const Json& port = member(json, "port"); !port.is_null() && !get(port, key.port)) {
        return false;
    }
    return get(member(json, "version"), key.version) && get(member(json, "domain"), key.domain);
}

bool read_template(const Json& json, flow::LearntTemplate& learnt) {
    if (!read_key(json, learnt.key) || !get(member(json, "id"), learnt.id)) return false;
    if (const Json& scopes = member(json, "scopes"); !scopes.is_null()) {
        learnt.options = true;
        if (!get(scopes, learnt.scope_count)) return false;
    }
    const Json& fields = member(json, "fields");
    if (!fields.is_array()) return false;
    for (const Json& each : fields) {
        flow::TemplateField field;
        if (!each.is_array() || each.size() < 2) return false;
        if (!get(each[0], field.id) || !get(each[1], field.length)) return false;
        if (each.size() > 2 && !get(each[2], field.enterprise)) return false;
        learnt.fields.push_back(field);
    }
    return true;
}

bool read_sampling(const Json& json, flow::LearntSampling& learnt) {
    if (!read_key(json, learnt.key) || !get(member(json, "rate"), learnt.rate)) return false;
    const Json& samplers = member(json, "samplers");
    if (!samplers.is_array()) return false;
    for (const Json& each : samplers) {
        flow::SamplerRate rate;
        if (!each.is_array() || each.size() != 2) return false;
        if (!get(each[0], rate.sampler) || !get(each[1], rate.rate)) return false;
        learnt.samplers.push_back(rate);
    }
    return true;
}

/// The checksum holds, so an entry that cannot be read is not damage but a mistake of the writer.
Outcome<flow::LearntState> read_body(std::string_view body, const std::string& path) {
    const Json json = Json::parse(body, nullptr, false);
    flow::LearntState state;
    const auto read_all = [&](const char* name, auto& list, auto read_one) {
        const Json& entries = member(json, name);
        if (!entries.is_array()) return false;
        for (const Json& each : entries) {
            if (!read_one(each, list.emplace_back())) return false;
        }
        return true;
    };
    if (!read_all("templates", state.templates, read_template) ||
        !read_all("sampling", state.sampling, read_sampling)) {
        return refuse(path, "its content is not what a state file has");
    }
    return state;
}

Failure write_all(int file, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return system_failure(path);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return fsync(file) == 0 ? Failure{} : system_failure(path);
}

/// The rename itself is on disk only when the folder is.
void sync_folder(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    static_cast<void>(fsync(file));
    close(file);
}

}  // namespace

std::string to_text(const flow::LearntState& state) {
    Json json{{"templates", Json::array()}, {"sampling", Json::array()}};
    for (const flow::LearntTemplate& each : state.templates) {
        json["templates"].push_back(to_json(each));
    }
    for (const flow::LearntSampling& each : state.sampling) {
        json["sampling"].push_back(to_json(each));
    }
    const std::string body = json.dump() + '\n';
    std::array<char, 64> head{};
    const int size = std::snprintf(head.data(), head.size(), "%s %u %08lx %zu\n", magic,
                                   file_version, checksum(body), body.size());
    return std::string{head.data(), static_cast<std::size_t>(size)} + body;
}

Outcome<flow::LearntState> from_text(const std::string& text, const std::string& path) {
    if (text.empty()) return flow::LearntState{};
    if (text.front() == '{') {
        const Json json = Json::parse(text, nullptr, false);
        if (json.is_discarded()) return refuse(path, "is neither flowd's nor goflow2's");
        return from_goflow2(json);
    }
    unsigned version = 0;
    unsigned long sum = 0;
    std::size_t size = 0;
    const std::size_t line_end = text.find('\n');
    const std::string line = text.substr(0, line_end);
    std::array<char, 16> word{};
    const int found =
        std::sscanf(line.c_str(), "%15s %u %lx %zu", word.data(), &version, &sum, &size);
    if (line_end == std::string::npos || found < 2 || std::strcmp(word.data(), magic) != 0) {
        return refuse(path, "is not a state file of flowd");
    }
    if (version > file_version) {
        return refuse(path, "is of version " + std::to_string(version) + ", written by a newer " +
                                "flowd; this one reads up to " + std::to_string(file_version));
    }
    const std::string_view body = std::string_view{text}.substr(line_end + 1);
    if (found < 4 || body.size() != size) {
        return refuse(path, "has " + std::to_string(body.size()) + " bytes behind its first line " +
                                "instead of " + std::to_string(size) + "");
    }
    if (checksum(body) != sum) {
        return refuse(path, "does not have the checksum that it says");
    }
    return read_body(body, path);
}

Outcome<flow::LearntState> read(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "re"),
                                                               std::fclose};
    if (!file) {
        if (errno == ENOENT) return flow::LearntState{};
        return system_failure(path);
    }
    struct stat about {};
    if (fstat(fileno(file.get()), &about) != 0) return system_failure(path);
    if (!S_ISREG(about.st_mode)) return refuse(path, "is not a regular file");
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size > file_size_max) {
        return refuse(path,
                      std::to_string(size) + " bytes are above " + std::to_string(file_size_max));
    }
    std::string text(size, '\0');
    if (std::fread(text.data(), 1, size, file.get()) != size) return system_failure(path);
    return from_text(text, path);
}

bool is_goflow2(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "re"),
                                                               std::fclose};
    return file && std::fgetc(file.get()) == '{';
}

Failure move_aside(const std::string& path, const std::string& name) {
    struct stat about {};
    if (lstat(path.c_str(), &about) != 0) return system_failure(path);
    if (!S_ISREG(about.st_mode)) return refuse(path, "is not a regular file");
    return std::rename(path.c_str(), name.c_str()) == 0 ? Failure{} : system_failure(name);
}

Failure write(const flow::LearntState& state, const std::string& path) {
    const std::string text = to_text(state);
    const std::string fresh = path + ".tmp";
    const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return system_failure(fresh);
    Failure failure = write_all(file, text, fresh);
    if (close(file) != 0 && !failed(failure)) failure = system_failure(fresh);
    if (!failed(failure) && std::rename(fresh.c_str(), path.c_str()) != 0) {
        failure = system_failure(path);
    }
    if (failed(failure)) {
        unlink(fresh.c_str());
        return failure;
    }
    sync_folder(path);
    return {};
}

}  // namespace flowd::state
