// SPDX-License-Identifier: BSD-3-Clause
// Finding the open message of a key: a walk over hashes, once per run of flows with one key.
#include "transport/kafka/packer.hpp"

#include <algorithm>

#include "flow/base/fnv.hpp"

namespace flowd::kafka {

namespace {

std::uint32_t hash_of(flow::Bytes key) noexcept {
    flow::Fnv1 hash;
    hash.add(key);
    return hash.value();
}

}  // namespace

void extend(std::vector<OwnerRun>& runs, Owner owner) {
    if (runs.empty() || runs.back().owner != owner) runs.push_back({owner, 0});
    ++runs.back().count;
}

void Parcel::add(std::size_t end, Owner owner) {
    ends.push_back(static_cast<std::uint32_t>(end));
    extend(runs, owner);
}

Packer::Open& Packer::find(flow::Bytes key) noexcept {
    const std::uint32_t hash = hash_of(key);
    Open* unused = nullptr;
    Open* oldest = &open_.front();
    for (Open& each : open_) {
        if (each.empty()) {
            if (unused == nullptr) unused = &each;
            continue;
        }
        if (each.key_hash == hash && is_of(each, key)) return each;
        if (oldest->empty() || each.used < oldest->used) oldest = &each;
    }
    return unused != nullptr ? *unused : *oldest;
}

bool Packer::is_of(const Open& open, flow::Bytes key) noexcept {
    return std::equal(open.key.begin(), open.key.end(), key.begin(), key.end());
}

void Packer::append(Open& open, flow::Bytes key, flow::Bytes flow, Owner owner,
                    Clock::time_point now) {
    if (open.empty()) {
        open.key.assign(key.begin(), key.end());
        open.key_hash = hash_of(key);
        open.since = now;
    }
    open.used = ++appends_;
    open.bytes.insert(open.bytes.end(), flow.begin(), flow.end());
    open.ends.push_back(static_cast<std::uint32_t>(open.bytes.size()));
    extend(open.runs, owner);
}

}  // namespace flowd::kafka
