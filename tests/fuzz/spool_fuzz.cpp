// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of the spool. The input is the file of a segment; the payload of one record, in each
// compression; and packed messages. Besides the sanitizers: what is read back are whole batches,
// and each message found at start is handed on or lost by name.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "log/log.hpp"
#include "transport/spool/codec.hpp"
#include "transport/spool/store.hpp"

namespace {

using namespace flowd;
using namespace flowd::spool;

void require(bool fact) {
    if (!fact) std::abort();
}

volatile std::uint64_t all_bytes = 0;

/// Reads every byte that a transport would.
void check(const flow::Batch& batch) {
    std::uint64_t sum = 0;
    std::size_t size = 0;
    for (std::size_t i = 0; i < batch.message_count(); ++i) {
        size += batch.message(i).size();
        for (const std::uint8_t byte : batch.message(i)) sum += byte;
        if (!batch.has_key(i)) continue;
        for (const std::uint8_t byte : batch.key(i)) sum += byte;
    }
    all_bytes = sum;
    require(size <= batch.bytes().size());
}

void read_payload(flow::Bytes input, Compression compression, bool has_accounts) {
    static Codec codec{Compression::none};
    static const auto batch = std::make_unique<flow::Batch>();
    const flow::Bytes stored = input.first(std::min(input.size(), packed_size_max));
    if (!stored.empty()) std::memcpy(codec.stored(), stored.data(), stored.size());
    for (const std::uint32_t count : {1U, 2U, 5U}) {
        const RecordHeader header{.message_count = count,
                                  .stored_size = static_cast<std::uint32_t>(stored.size()),
                                  .packed_size = static_cast<std::uint32_t>(
                                      compression == Compression::none ? stored.size() : 1000),
                                  .compression = compression,
                                  .checksum = checksum_of(stored),
                                  .has_accounts = has_accounts};
        const auto source = codec.decode(header, Accounts::kept, *batch);
        require(source.has_value() == (batch->message_count() == count));
        check(*batch);
        if (compression == Compression::none)
            std::memcpy(codec.stored(), stored.data(), stored.size());
    }
}

void read_file(flow::Bytes input) {
    static const std::string folder =
        (std::filesystem::temp_directory_path() / ("spool-fuzz-" + std::to_string(::getpid())))
            .string();
    std::filesystem::create_directories(folder);
    {
        std::ofstream file{folder + "/0000000100000000.seg", std::ios::binary};
        file.write(reinterpret_cast<const char*>(input.data()),
                   static_cast<std::streamsize>(input.size()));
    }
    TransportCounts counts;
    TxLedger ledger;
    {
        auto store =
            Store::open({.bytes_max = 1 << 20, .segment_bytes = 1 << 18}, folder, counts, ledger);
        require(static_cast<bool>(store));
        for (;;) {
            const Store::Front front = (*store)->front();
            if (front.batch == nullptr) break;
            check(*front.batch);
            const std::size_t count = front.batch->message_count() - front.first;
            (*store)->handed(count);
            counts.delivered.add(count);
        }
        require((*store)->unread() == 0);
        require(counts.spooled.get() == 0);
        require(counts.spool_restored.get() == counts.delivered.get() + counts.lost_sum());
    }
    std::filesystem::remove_all(folder);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    log::set_level(log::Level::fatal);
    const flow::Bytes input{data, size};
    for (const Compression each : {Compression::none, Compression::lz4, Compression::zstd}) {
        read_payload(input, each, true);
        read_payload(input, each, false);
    }
    if (size % 32 == 0) read_file(input);  // files are slow, and seldom more than a bad header
    // The same bytes behind a good header: records are what is read then.
    std::string file(Segment::header_size, '\0');
    auto* const header = reinterpret_cast<std::uint8_t*>(file.data());
    std::memcpy(header, "flwspool\1", 9);
    header[16] = static_cast<std::uint8_t>(Segment::header_size);
    store(header + 28, checksum_of({header, 28}));
    file.append(reinterpret_cast<const char*>(data), size);
    if (size % 32 == 1) {
        read_file({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
    }
    return 0;
}
