// SPDX-License-Identifier: BSD-3-Clause
// perf-file-tx FOLDER [ROUNDS [MEGABYTES]]: prepared pages through the file transport into FOLDER,
// and beside it, in turns, a bare loop of write(2) with 64 KiB each. CPU time of this thread, which
// does both. The file that the transport wrote is compared with the pages first.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ingress/clock.hpp"
#include "perf/support/require.hpp"
#include "perf/transport/pages.hpp"
#include "transport/file/transport.hpp"

namespace flow::perf {

namespace {

constexpr std::size_t account_rows = 16'384 + 32'768 + 1;  // by default
constexpr std::size_t write_size = 64 * 1024;

std::unique_ptr<flowd::Transport> open(const std::string& path) {
    auto opened = flowd::file::open({.path = path, .separator = ""});
    require(static_cast<bool>(opened), opened ? "" : opened.error().sentence);
    constexpr std::array<std::uint32_t, 1> rx_workers{0};
    (*opened)->ledger().reserve(rx_workers, account_rows);
    return std::move(*opened);
}

void close(flowd::Transport& transport) {
    const std::atomic<bool> hurry = false;
    require(!flowd::failed(transport.close({.hurry = hurry})), "the file cannot be closed");
}

std::vector<std::uint8_t> concatenated(const Pages& pages) {
    std::vector<std::uint8_t> all;
    for (const auto& page : pages.batches) {
        all.insert(all.end(), page->bytes().begin(), page->bytes().end());
    }
    return all;
}

void verify(const Pages& pages, const std::string& path) {
    const auto transport = open(path);
    for (const auto& page : pages.batches) {
        require(transport->deliver(*page, 0, {}) == page->message_count(), "not all is taken");
    }
    require(transport->counts().delivered.get() == pages.flow_count, "not all is delivered");
    close(*transport);
    std::ifstream file{path, std::ios::binary};
    const std::vector<char> content{std::istreambuf_iterator<char>{file}, {}};
    const std::vector<std::uint8_t> wanted = concatenated(pages);
    require(std::equal(content.begin(), content.end(), wanted.begin(), wanted.end(),
                       [](char is, std::uint8_t should) {
                           return static_cast<std::uint8_t>(is) == should;
                       }),
            "the file holds something else");
    ::unlink(path.c_str());
}

/// Bytes per CPU second.
double flowd_rate(const Pages& pages, const std::string& path, std::size_t size) {
    const auto transport = open(path);
    const std::uint64_t start = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (std::size_t i = 0; transport->counts().bytes.get() < size; ++i) {
        static_cast<void>(transport->deliver(*pages.batches[i % pages.batches.size()], 0, {}));
    }
    const std::uint64_t taken = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
    const std::uint64_t written = transport->counts().bytes.get();
    require(transport->counts().lost_sum() == 0, "messages were lost; is the folder full?");
    close(*transport);
    ::unlink(path.c_str());
    return static_cast<double>(written) * 1e9 / static_cast<double>(taken);
}

double bare_rate(const std::vector<std::uint8_t>& bytes, const std::string& path,
                 std::size_t size) {
    const int descriptor = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
    require(descriptor >= 0, "the file cannot be opened");
    const std::size_t writes = std::max<std::size_t>(bytes.size() / write_size, 1);
    std::size_t written = 0;
    const std::uint64_t start = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (std::size_t i = 0; written < size; i = (i + 1) % writes) {
        const std::size_t begin = i * write_size;
        const std::size_t wanted = std::min(write_size, bytes.size() - begin);
        const ssize_t count = ::write(descriptor, bytes.data() + begin, wanted);
        require(count == static_cast<ssize_t>(wanted), "a write fell short; is the folder full?");
        written += wanted;
    }
    const std::uint64_t taken = flowd::clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;
    ::close(descriptor);
    ::unlink(path.c_str());
    return static_cast<double>(written) * 1e9 / static_cast<double>(taken);
}

int run(const std::string& folder, int rounds, std::size_t size) {
    const Pages pages = make_pages({});
    const std::vector<std::uint8_t> bytes = concatenated(pages);
    const std::string path = folder + "/perf-file-tx." + std::to_string(::getpid());
    verify(pages, path);
    double best_flowd = 0;
    double best_bare = 0;
    std::vector<double> ratios;
    for (int i = 0; i < rounds; ++i) {
        const double with_flowd = flowd_rate(pages, path, size);
        const double bare = bare_rate(bytes, path, size);
        best_flowd = std::max(best_flowd, with_flowd);
        best_bare = std::max(best_bare, bare);
        ratios.push_back(with_flowd / bare);
    }
    std::sort(ratios.begin(), ratios.end());
    std::printf(
        "{\"flowd_bytes_per_second\": %.0f, \"bare_bytes_per_second\": %.0f, \"best_ratio\": %.3f, "
        "\"median_ratio\": %.3f, \"bytes_per_flow\": %.1f}\n",
        best_flowd, best_bare, best_flowd / best_bare, ratios[ratios.size() / 2],
        static_cast<double>(pages.byte_count) / static_cast<double>(pages.flow_count));
    return 0;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** words) {
    const int rounds = argument_count > 2 ? std::atoi(words[2]) : 9;
    const int megabytes = argument_count > 3 ? std::atoi(words[3]) : 256;
    if (argument_count < 2 || rounds < 1 || megabytes < 1) {
        std::fprintf(stderr, "usage: %s FOLDER [ROUNDS [MEGABYTES]]\n", words[0]);
        return 2;
    }
    return flow::perf::run(words[1], rounds, static_cast<std::size_t>(megabytes) << 20);
}
