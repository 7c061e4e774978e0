// SPDX-License-Identifier: BSD-3-Clause
// The system's resolver, asked for SRV records.
#include "transport/kafka/srv.hpp"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace flowd::kafka {

namespace {

/// The resolver's state, opened and closed.
class Resolver {
public:
    Resolver() noexcept : usable_{::res_ninit(&state_) == 0} {}
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    ~Resolver() {
        if (usable_) ::res_nclose(&state_);
    }

    /// Size of the answer; -1: see h_errno.
    [[nodiscard]] int query(const std::string& name, std::span<std::uint8_t> answer) noexcept {
        if (!usable_) return -1;
        return ::res_nquery(&state_, name.c_str(), ns_c_in, ns_t_srv, answer.data(),
                            static_cast<int>(answer.size()));
    }
    [[nodiscard]] const char* error() const noexcept { return ::hstrerror(state_.res_h_errno); }

private:
    struct __res_state state_ {};
    bool usable_;
};

struct Target {
    std::uint16_t priority;
    std::string place;
};

/// RFC 2782: priority, weight, port, name.
bool read_target(const ns_msg& message, const ns_rr& record, Target& target) {
    constexpr std::size_t fixed_size = 6;
    if (ns_rr_type(record) != ns_t_srv || ns_rr_rdlen(record) <= fixed_size) return false;
    const std::uint8_t* const data = ns_rr_rdata(record);
    std::array<char, NS_MAXDNAME> host{};
    if (::dn_expand(ns_msg_base(message), ns_msg_end(message), data + fixed_size, host.data(),
                    static_cast<int>(host.size())) < 0) {
        return false;
    }
    const unsigned port = ns_get16(data + 4);
    target = {static_cast<std::uint16_t>(ns_get16(data)),
              std::string{host.data()} + ':' + std::to_string(port)};
    return true;
}

}  // namespace

Outcome<std::vector<std::string>> resolve_service(const std::string& name) {
    constexpr std::size_t answer_size_max = 65'536;
    std::vector<std::uint8_t> answer(answer_size_max);
    Resolver resolver;
    const int size = resolver.query(name, answer);
    ns_msg message{};
    if (size < 0 || ::ns_initparse(answer.data(), size, &message) != 0) {
        return Failure{"transport.kafka.srv: " + name +
                       ": no SRV records: " + (size < 0 ? resolver.error() : "a broken answer")};
    }
    std::vector<Target> targets;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record{};
        Target target;
        if (::ns_parserr(&message, ns_s_an, i, &record) == 0 &&
            read_target(message, record, target)) {
            targets.push_back(std::move(target));
        }
    }
    if (targets.empty()) return Failure{"transport.kafka.srv: " + name + ": no SRV records"};
    std::stable_sort(targets.begin(), targets.end(), [](const Target& left, const Target& right) {
        return left.priority < right.priority;
    });
    std::vector<std::string> places;
    for (Target& target : targets) places.push_back(std::move(target.place));
    return places;
}

}  // namespace flowd::kafka
