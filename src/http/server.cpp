// SPDX-License-Identifier: BSD-3-Clause
// Start and end of the doors.
#include "http/server.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "log/escape.hpp"
#include "log/log.hpp"
#include "log/reason.hpp"

namespace flowd::http {

namespace {

constexpr std::chrono::seconds sweep_interval{5};
constexpr unsigned socket_connections_max = 16;  ///< beyond all others: flowctl always gets in
constexpr unsigned socket_threads = 2;           ///< an answer that takes long holds up no other

Outcome<std::string> read_file(const char* key, const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file.is_open() || file.bad()) {
        return Failure{std::string{key} + ": " + log::one_line(path) + ": " + reason(errno)};
    }
    if (text.find("-----BEGIN ") == text.npos) {
        return Failure{std::string{key} + ": " + log::one_line(path) + " is no PEM file"};
    }
    return text;
}

}  // namespace

Server::Server(ServerSettings settings, Router router)
    : settings_{std::move(settings)},
      router_{std::move(router)},
      usable_cpus_(CPU_SETSIZE / 64),
      pool_{router_} {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (::sched_getaffinity(0, sizeof cpus, &cpus) != 0) usable_cpus_.clear();
    static_assert(sizeof cpus == CPU_SETSIZE / 8);
    if (!usable_cpus_.empty()) std::memcpy(usable_cpus_.data(), &cpus, sizeof cpus);
}

Server::~Server() { stop(); }

Failure Server::open() {
    if (Failure failure = read_certificate(); failed(failure)) return failure;
    const Outcome<std::vector<ListenAddress>> addresses = parse_addresses(settings_.listen);
    if (!addresses) return addresses.error();
    for (const ListenAddress& each : *addresses) {
        auto sockets = listen_at(each);
        if (sockets) {
            for (ListenSocket& socket : *sockets) listeners_.push_back(std::move(socket));
        } else if (sockets.error().in_use && !settings_.listen_given) {
            log::warn("http: " + each.text +
                      " is in use: no metrics, no status page; -http.listen sets another address");
        } else {
            return {sockets.error().sentence +
                    (sockets.error().in_use ? "; -http.listen sets another address" : "")};
        }
    }
    return {};
}

/// With the rights that flowd was started with: the key may be root's.
Failure Server::read_certificate() {
    if (settings_.tls_certificate.empty()) return {};
    Outcome<std::string> certificate = read_file("http.tls_certificate", settings_.tls_certificate);
    if (!certificate) return certificate.error();
    Outcome<std::string> key = read_file("http.tls_key", settings_.tls_key);
    if (!key) return key.error();
    certificate_ = std::move(*certificate);
    key_ = std::move(*key);
    return {};
}

Failure Server::open_socket() {
    if (settings_.socket.empty()) return {};
    Outcome<UnixSocket> opened = UnixSocket::listen_at(settings_.socket);
    if (opened) {
        unix_socket_ = std::move(*opened);
        return {};
    }
    if (settings_.socket_given) return opened.error();
    log::warn(opened.error().sentence + ": flowctl cannot reach this flowd there");
    return {};
}

Failure Server::start() {
    if (Failure failure = open_socket(); failed(failure)) return failure;
    if (listeners_.empty() && !unix_socket_) return {};
    std::future<Failure> started = started_.get_future();
    try {
        keeper_ = std::thread{[this] { keep(); }};
    } catch (const std::system_error& error) {
        return {std::string{"http: threads: "} + error.what()};
    }
    pthread_setname_np(keeper_.native_handle(), "flowd-http");
    if (Failure failure = started.get(); failed(failure)) {
        stop();
        return failure;
    }
    return {};
}

void Server::say_places() const {
    const char* const scheme = certificate_.empty() ? "http://" : "https://";
    for (const std::string& place : places()) log::info("http: serving at " + (scheme + place));
    if (unix_socket_) log::info("http: serving at " + settings_.socket);
}

Failure Server::open_doors() {
    try {
        pool_.start(settings_.threads);
    } catch (const std::system_error& error) {
        return {std::string{"http: threads: "} + error.what()};
    }
    for (const ListenSocket& each : listeners_) {
        if (Failure failure = open_door(each.descriptor.number(), false); failed(failure)) {
            return failure;
        }
    }
    return unix_socket_ ? open_door(unix_socket_.number(), true) : Failure{};
}

Failure Server::open_door(int socket, bool is_unix) {
    DoorSettings door{.socket = socket, .is_unix = is_unix};
    if (is_unix) {
        door.threads = socket_threads;
        door.connections_max = socket_connections_max;
    } else {
        door.threads = static_cast<unsigned>(settings_.threads);
        // The library gives each thread its share.
        door.connections_max =
            static_cast<unsigned>(std::max(settings_.connections_max, 2 * settings_.threads));
        door.connections_of_client_max = door.connections_max * 3 / 4;
        if (!certificate_.empty()) {
            door.certificate = &certificate_;
            door.key = &key_;
        }
    }
    auto opened = Door::open(door, router_, pool_);
    if (!opened) return opened.error();
    doors_.push_back(std::move(*opened));
    return {};
}

/// The keeper's thread: all other threads of the server inherit what it may do and where it runs.
void Server::keep() {
    prepare_thread();
    started_.set_value(open_doors());
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        changed_.wait_for(lock, sweep_interval);
        for (const auto& door : doors_) door->sweep();
    }
}

void Server::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (keeper_.joinable()) keeper_.join();
    pool_.stop();  // nothing waits any more
    doors_.clear();
    listeners_.clear();
    unix_socket_.remove();
}

std::vector<std::string> Server::places() const {
    std::vector<std::string> all;
    for (const ListenSocket& each : listeners_) all.push_back(each.place);
    return all;
}

std::uint16_t Server::port() const noexcept {
    return listeners_.empty() ? std::uint16_t{0} : listeners_.front().port;
}

/// Threads inherit the CPUs of who starts them, who may be pinned to one that receives.
void Server::prepare_thread() const {
    if (!usable_cpus_.empty()) {
        ::sched_setaffinity(0, sizeof(cpu_set_t),
                            reinterpret_cast<const cpu_set_t*>(usable_cpus_.data()));
    }
    if (settings_.prepare_thread) settings_.prepare_thread();
}

}  // namespace flowd::http
