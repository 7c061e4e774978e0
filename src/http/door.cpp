// SPDX-License-Identifier: BSD-3-Clause
// An exchange is made when the request line is read, and lives until its answer is sent.
#include "http/door.hpp"

#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "http/message.hpp"
#include "log/reason.hpp"
#include "worker/clock.hpp"

namespace flowd::http {

namespace {

constexpr std::size_t body_size_max = 64 * 1024;
constexpr std::size_t connection_memory = 32 * 1024;  // a request's head must fit into it
// Answers that wait for slow readers, those of one client, and from which size on they count.
constexpr std::size_t answers_size_max = std::size_t{256} * 1024 * 1024;
constexpr std::size_t answers_of_client_size_max = answers_size_max / 4 * 3;
constexpr std::size_t counted_size_min = 64 * 1024;
constexpr unsigned idle_seconds_max = 60;
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t request_ns_max = 10 * second_ns;
constexpr std::uint64_t idle_ns_max = idle_seconds_max * second_ns;
constexpr std::uint64_t answer_ns_max = 120 * second_ns;

flow::Address address_of(const sockaddr* from) noexcept {
    if (from == nullptr) return {};
    if (from->sa_family == AF_INET) {
        const auto* const v4 = reinterpret_cast<const sockaddr_in*>(from);
        return flow::Address::from({reinterpret_cast<const std::uint8_t*>(&v4->sin_addr), 4});
    }
    if (from->sa_family != AF_INET6) return {};
    return flow::Address::from(
        {reinterpret_cast<const sockaddr_in6*>(from)->sin6_addr.s6_addr, 16});
}

/// The client has closed, or has ended its side, which looks the same from here.
bool has_left(int descriptor) noexcept {
    constexpr short signs = POLLRDHUP | POLLHUP | POLLERR;
    pollfd look{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
    return ::poll(&look, 1, 0) > 0 && (look.revents & signs) != 0;
}

int descriptor_of(MHD_Connection* connection) noexcept {
    const auto* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != nullptr ? info->connect_fd : -1;
}

/// One request with its answer.
struct Exchange {
    Request request;
    std::string path{};      ///< of a request that waits
    bool begun = false;      ///< the head is known
    bool handed_on = false;  ///< to the pool
    bool too_large = false;
    bool broken = false;  ///< its target
    std::optional<Response> response;
};

MHD_Result queue(MHD_Connection* connection, Response response) {
    auto* const body = new std::string{std::move(response.body)};
    MHD_Response* const answer = MHD_create_response_from_buffer_with_free_callback_cls(
        body->size(), body->data(), [](void* owned) { delete static_cast<std::string*>(owned); },
        body);
    if (answer == nullptr) {
        delete body;
        return MHD_NO;
    }
    MHD_add_response_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE, response.type.c_str());
    for (const Header& each : response_headers(response)) {
        MHD_add_response_header(answer, each.name.c_str(), each.value.c_str());
    }
    const auto status = static_cast<unsigned>(response.status);
    const MHD_Result queued = MHD_queue_response(connection, status, answer);
    MHD_destroy_response(answer);
    return queued;
}

}  // namespace

/// Called by the library's threads; nothing may be thrown through them.
struct Door::Callbacks {
    static void* begin_request(void* door, const char* target,
                               MHD_Connection* connection) noexcept {
        static_cast<Door*>(door)->note(connection, {});
        try {
            auto exchange = std::make_unique<Exchange>();
            exchange->broken = !set_target(exchange->request, target);
            return exchange.release();
        } catch (const std::exception&) {
            return nullptr;
        }
    }

    static void end_request(void* door, MHD_Connection* connection, void** exchange,
                            MHD_RequestTerminationCode) noexcept {
        delete static_cast<Exchange*>(*exchange);
        *exchange = nullptr;
        static_cast<Door*>(door)->note(connection, {.idle = true});
    }

    static void note_connection(void* door, MHD_Connection* connection, void**,
                                MHD_ConnectionNotificationCode what) noexcept {
        static_cast<Door*>(door)->note_guest(connection, what == MHD_CONNECTION_NOTIFY_STARTED);
    }

    static MHD_Result answer(void* door, MHD_Connection* connection, const char*,
                             const char* method, const char* version, const char* data,
                             std::size_t* size, void** exchange) noexcept {
        if (*exchange == nullptr) return MHD_NO;
        auto& request = *static_cast<Exchange*>(*exchange);
        request.request.is_http_1_0 = std::string_view{version} == "HTTP/1.0";
        try {
            if (!request.begun)
                return begin(*static_cast<Door*>(door), connection, method, request);
            if (*size == 0) return complete(*static_cast<Door*>(door), connection, request);
            take_body(request, {data, *size});
            *size = 0;
            return MHD_YES;
        } catch (const std::exception&) {
            return MHD_NO;  // no memory: the connection ends
        }
    }

    /// The head is there.
    static MHD_Result begin(Door& door, MHD_Connection* connection, const char* method,
                            Exchange& exchange) {
        exchange.begun = true;
        Request& request = exchange.request;
        request.method = method;
        MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, &request);
        const auto* const from =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        request.client.is_socket = door.is_unix_;
        if (!door.is_unix_ && from != nullptr)
            request.client.address = address_of(from->client_addr);
        request.client.is_loopback = is_loopback(request.client.address);
        if (exchange.broken) {
            return queue(connection, text_response(400, "the target is broken or too long\n"));
        }
        if (announces_too_much(request.header("Content-Length"))) {
            return queue(connection, too_large(request));
        }
        return MHD_YES;
    }

    /// The library has seen to it that it is a number.
    static bool announces_too_much(std::string_view length) noexcept {
        std::size_t size = 0;
        const auto parsed = std::from_chars(length.data(), length.data() + length.size(), size);
        return parsed.ec == std::errc::result_out_of_range || size > body_size_max;
    }

    static void take_body(Exchange& exchange, std::string_view bytes) {
        exchange.too_large |= exchange.request.body.size() + bytes.size() > body_size_max;
        if (!exchange.too_large) exchange.request.body += bytes;
    }

    static MHD_Result complete(Door& door, MHD_Connection* connection, Exchange& exchange) {
        if (exchange.response) {
            door.note(connection, {.answering = true});
            return queue_if_admitted(door, connection, exchange.path,
                                     std::move(*exchange.response));
        }
        const bool waits = door.router_.waits(exchange.request);
        door.note(connection, {.answering = true, .waits = waits});
        if (exchange.too_large) return queue(connection, too_large(exchange.request));
        if (!waits) return answer_now(door, connection, std::move(exchange.request));
        // The connection sleeps, and its thread is free. It wakes in this thread, after this call.
        MHD_suspend_connection(connection);
        // While it sleeps nobody closes its descriptor, or looks at it.
        exchange.request.given_up = [descriptor = descriptor_of(connection)] {
            return has_left(descriptor);
        };
        exchange.path = exchange.request.path;
        const auto done = [connection, &exchange](Response response) {
            exchange.response = std::move(response);
            MHD_resume_connection(connection);
        };
        if (!door.pool_.ask(std::move(exchange.request), done)) {
            done(refusal(exchange.path, 503,
                         "others wait for the same already; try again when they have finished"));
        }
        return MHD_YES;
    }

    static MHD_Result answer_now(Door& door, MHD_Connection* connection, Request request) {
        const std::string path = request.path;
        return queue_if_admitted(door, connection, path, door.router_.handle(std::move(request)));
    }

    static MHD_Result queue_if_admitted(Door& door, MHD_Connection* connection,
                                        const std::string& path, Response response) {
        if (door.admits(connection, response.body.size())) {
            return queue(connection, std::move(response));
        }
        response =
            refusal(path, 503, "too many large answers wait for their readers; try again later");
        response.headers.push_back({"Retry-After", "30"});
        return queue(connection, std::move(response));
    }

    static Response too_large(const Request& request) {
        return refusal(request.path, 413,
                       "the body is above " + std::to_string(body_size_max) + " bytes");
    }

    static MHD_Result add_header(void* request, MHD_ValueKind, const char* name,
                                 const char* value) noexcept {
        try {
            static_cast<Request*>(request)->headers.push_back({name, value ? value : ""});
            return MHD_YES;
        } catch (const std::exception&) {
            return MHD_NO;
        }
    }

    /// The target is decoded here, once it is split.
    static std::size_t keep_escapes(void*, MHD_Connection*, char* text) noexcept {
        return std::string_view{text}.size();
    }

    static void complain(void* door, const char* format, va_list arguments) noexcept {
        auto& self = *static_cast<Door*>(door);
        if (self.started_.load(std::memory_order_acquire)) return;  // pairs with start()
        std::array<char, 256> text{};
        std::vsnprintf(text.data(), text.size(), format, arguments);
        const std::lock_guard lock{self.mutex_};
        if (self.complaint_.empty()) self.complaint_ = text.data();
    }
};

Outcome<std::unique_ptr<Door>> Door::open(const DoorSettings& settings, const Router& router,
                                          Pool& pool) {
    std::unique_ptr<Door> door{new Door{settings, router, pool}};
    if (Failure failure = door->start(settings); failed(failure)) return failure;
    return door;
}

Failure Door::start(const DoorSettings& settings) {
    // The library closes its socket.
    const int socket = ::fcntl(settings.socket, F_DUPFD_CLOEXEC, 0);
    if (socket < 0) return {"http: " + reason(errno)};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    std::vector<MHD_OptionItem> options{
        {MHD_OPTION_EXTERNAL_LOGGER, reinterpret_cast<std::intptr_t>(&Callbacks::complain), this},
        {MHD_OPTION_LISTEN_SOCKET, socket, nullptr},
        {MHD_OPTION_URI_LOG_CALLBACK, reinterpret_cast<std::intptr_t>(&Callbacks::begin_request),
         this},
        {MHD_OPTION_UNESCAPE_CALLBACK, reinterpret_cast<std::intptr_t>(&Callbacks::keep_escapes),
         this},
        {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<std::intptr_t>(&Callbacks::end_request),
         this},
        {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<std::intptr_t>(&Callbacks::note_connection),
         this},
        {MHD_OPTION_CONNECTION_LIMIT, settings.connections_max, nullptr},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, settings.connections_of_client_max, nullptr},
        {MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds_max, nullptr},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory, nullptr},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr}};
    if (settings.threads > 1) {
        options.push_back({MHD_OPTION_THREAD_POOL_SIZE, settings.threads, nullptr});
    }
    if (settings.certificate != nullptr) {
        flags |= MHD_USE_TLS;
        options.push_back(
            {MHD_OPTION_HTTPS_MEM_CERT, 0, const_cast<char*>(settings.certificate->c_str())});
        options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, const_cast<char*>(settings.key->c_str())});
        options.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0,
                           const_cast<char*>("NORMAL:-VERS-TLS1.0:-VERS-TLS1.1")});
    }
    options.push_back({MHD_OPTION_END, 0, nullptr});
    daemon_ = MHD_start_daemon(flags, 0, nullptr, nullptr, &Callbacks::answer, this,
                               MHD_OPTION_ARRAY, options.data(), MHD_OPTION_END);
    started_.store(true, std::memory_order_release);  // pairs with complain()
    if (daemon_ != nullptr) return {};
    ::close(socket);
    const std::lock_guard lock{mutex_};
    while (!complaint_.empty() && complaint_.back() == '\n') complaint_.pop_back();
    return {"http: " +
            (complaint_.empty() ? std::string{"the server does not start"} : complaint_)};
}

Door::~Door() {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
}

void Door::note_guest(MHD_Connection* connection, bool came) {
    const std::lock_guard lock{mutex_};
    if (!came) {
        guests_.erase(connection);
        return;
    }
    const auto* const from =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    guests_[connection] = {
        .descriptor = descriptor_of(connection),
        .address = from != nullptr && !is_unix_ ? address_of(from->client_addr) : flow::Address{},
        .since_ns = monotonic_ns()};
}

void Door::note(MHD_Connection* connection, const Guest& now) {
    const std::lock_guard lock{mutex_};
    const auto found = guests_.find(connection);
    if (found == guests_.end()) return;
    Guest& guest = found->second;
    const Guest before = std::exchange(guest, now);
    guest.descriptor = before.descriptor;
    guest.address = before.address;
    guest.since_ns = monotonic_ns();
}

/// One that is alone may be as large as it is: the settings have made it so.
bool Door::admits(MHD_Connection* connection, std::size_t size) {
    if (size < counted_size_min) return true;
    const std::lock_guard lock{mutex_};
    const auto found = guests_.find(connection);
    if (found == guests_.end()) return true;
    std::size_t all = 0;
    std::size_t of_client = 0;
    for (const auto& [other, guest] : guests_) {
        all += guest.answer_size;
        if (guest.address == found->second.address) of_client += guest.answer_size;
    }
    if (all != 0 && all + size > answers_size_max) return false;
    const bool is_shared = !is_unix_ && of_client != 0;
    if (is_shared && of_client + size > answers_of_client_size_max) return false;
    found->second.answer_size = size;
    return true;
}

/// The descriptor is the connection's until note_guest() has heard of its end.
void Door::sweep() {
    const std::lock_guard lock{mutex_};
    const std::uint64_t now = monotonic_ns();  // not before a guest's since_ns
    for (const auto& [connection, guest] : guests_) {
        const std::uint64_t most = guest.answering ? answer_ns_max
                                   : guest.idle    ? idle_ns_max
                                                   : request_ns_max;
        if (guest.waits || now - guest.since_ns < most) continue;
        ::shutdown(guest.descriptor, SHUT_RDWR);
    }
}

}  // namespace flowd::http
