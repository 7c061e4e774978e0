// SPDX-License-Identifier: BSD-3-Clause
// libcurl's easy interface. Proxies of the environment are not asked: flowd is near.
#include "tools/ctl/client.hpp"

#include <curl/curl.h>

#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "config/text.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

constexpr long connect_timeout_ms = 5000;
constexpr std::size_t body_max = std::size_t{512} << 20;  // ten thousand exporters take 20 MiB

struct Transfer {
    CURL* curl;
    const Request& request;
    Answer& answer;
    bool too_large = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    long status = 0;
    curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
    if (transfer.request.sink && status == 200) {
        return transfer.request.sink({data, size}) ? size : 0;
    }
    transfer.too_large = transfer.answer.body.size() + size > body_max;
    if (transfer.too_large) return 0;
    transfer.answer.body.append(data, size);
    return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    const std::string_view line{data, size};
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && transfer.answer.headers.size() < 100) {
        transfer.answer.headers[config::lower(line.substr(0, colon))] =
            config::trimmed(line.substr(colon + 1));
    }
    return size;
}

int tick(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& request = static_cast<Transfer*>(context)->request;
    return !request.tick || request.tick() ? 0 : 1;
}

std::string reason_of(CURLcode code, CURL* curl, const char* words) {
    long number = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number);
    if (code == CURLE_COULDNT_CONNECT && number != 0) {
        return std::generic_category().message(static_cast<int>(number));
    }
    return words[0] != '\0' ? safe(words) : curl_easy_strerror(code);
}

/// Has nobody been there, so that another endpoint may be tried?
bool nobody(CURLcode code) {
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST;
}

}  // namespace

struct Client::Handle {
    CURL* curl = nullptr;
    bool nobody = false;  ///< at the endpoint that was tried last

    Handle() {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        curl = curl_easy_init();
    }
    ~Handle() { curl_easy_cleanup(curl); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
};

Client::Client(std::vector<Endpoint> endpoints, std::string token, std::string ca)
    : endpoints_{std::move(endpoints)},
      token_{std::move(token)},
      ca_{std::move(ca)},
      handle_{std::make_unique<Handle>()} {}

Client::~Client() = default;

Failure Client::try_one(const Endpoint& endpoint, const Request& request, Answer& answer) {
    CURL* curl = handle_->curl;
    if (curl == nullptr) return {"libcurl does not start"};
    curl_easy_reset(curl);  // keeps the connection
    char words[CURL_ERROR_SIZE] = "";
    Transfer transfer{curl, request, answer};
    const std::string url = endpoint.url + request.target;
    curl_slist* headers = nullptr;
    const auto add_header = [&headers](const std::string& line) {
        headers = curl_slist_append(headers, line.c_str());
    };
    if (!token_.empty()) add_header("Authorization: Bearer " + token_);
    if (request.post) add_header("Content-Type: application/json");
    if (request.post) add_header("Expect:");

    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (!endpoint.socket.empty()) {
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, endpoint.socket.c_str());
    }
    if (!ca_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_.c_str());
    if (request.post) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "flowctl");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_seconds * 1000));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tick);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);

    const CURLcode code = curl_easy_perform(curl);
    handle_->nobody = nobody(code);
    std::string why = code == CURLE_OK ? "" : reason_of(code, curl, words);
    if (transfer.too_large) why = "the answer is larger than 512 MiB";
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(headers);
    return {why};
}

Outcome<Answer> Client::ask(const Request& request) {
    std::string tried;
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        Answer answer;
        const Failure failure = try_one(endpoints_[i], request, answer);
        if (!failed(failure)) {
            if (endpoints_.size() > 1) endpoints_ = {Endpoint{endpoints_[i]}};
            return answer;
        }
        const std::string what = endpoints_[i].name() + ": " + failure.sentence;
        if (!handle_->nobody) return Failure{what};
        tried += (tried.empty() ? "" : "; ") + what;
    }
    return Failure{"nothing answers: " + tried};
}

std::string url_encoded(std::string_view text) {
    std::string out;
    for (const char each : text) {
        const bool plain = (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z') ||
                           (each >= 'A' && each <= 'Z') || each == '.' || each == '-' ||
                           each == '_' || each == ':';
        if (plain) {
            out += each;
        } else {
            char escape[4];
            std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(each));
            out += escape;
        }
    }
    return out;
}

}  // namespace flowd::ctl
