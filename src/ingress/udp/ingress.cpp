// SPDX-License-Identifier: BSD-3-Clause
// The UDP ingress: recvmmsg into memory that was taken at start. Runs on one RX worker. The receive
// time is read once per burst, just after the system call. Busy exporters do not wake it for each
// datagram: it naps until several are there.
#include "ingress/udp/ingress.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <iterator>
#include <utility>

#include "ingress/clock.hpp"
#include "ingress/udp/socket.hpp"

namespace flowd::udp {

namespace {

constexpr std::size_t burst_size = 32;
/// Waking up costs more than receiving a datagram, so the first one is left to lie when at least so
/// many are there at the end of a nap.
constexpr std::uint64_t nap_datagrams_min = 4;
constexpr std::uint64_t nap_max_ns = 500'000;
/// The kernel takes 50 µs more than it is asked for; shorter naps would be mostly that.
constexpr std::uint64_t nap_min_ns = 50'000;
/// Bursts between two looks at the drops of a socket that is never empty: a system call each.
constexpr std::uint32_t bursts_per_look = 1024;

/// Takes any UDP payload (65,507 bytes over IPv4, 65,527 over IPv6).
constexpr std::size_t payload_size_max = 64 * 1024;
/// Between the starts of two buffers. At 64 KiB all 32 first lines would fall into the same sets
/// of the L1 and L2 caches; 1.5 KiB more, a usual datagram, and they lie side by side.
constexpr std::size_t buffer_stride = payload_size_max + 1536;
static_assert(buffer_stride % 64 == 0);

/// What recvmmsg needs to know and tells of each datagram.
struct Arrival {
    iovec buffer{};
    sockaddr_in6 source{};  // large enough for sockaddr_in
};

/// How long nobody needs to look: what 10 Gbit/s bring meanwhile is an eighth of the socket's
/// buffer. 0: it is too small for naps.
[[nodiscard]] std::uint64_t longest_nap_ns(std::int64_t buffer_bytes) noexcept {
    const auto nap_ns = static_cast<std::uint64_t>(buffer_bytes) / 10;  // 1.25 bytes a ns
    return nap_ns < nap_min_ns ? 0 : std::min(nap_ns, nap_max_ns);
}

void set_source(const sockaddr_in6& from, flow::Datagram& datagram) noexcept {
    if (from.sin6_family == AF_INET6) {
        datagram.source = flow::Address::from(from.sin6_addr.s6_addr);
        datagram.source_port = ntohs(from.sin6_port);
        return;
    }
    sockaddr_in ipv4;
    std::memcpy(&ipv4, &from, sizeof ipv4);
    std::array<std::uint8_t, 4> octets;
    std::memcpy(octets.data(), &ipv4.sin_addr, octets.size());
    datagram.source = flow::Address::from(octets);
    datagram.source_port = ntohs(ipv4.sin_port);
}

class UdpIngress final : public Ingress {
public:
    UdpIngress();

    void add(Socket socket);

    void detach() noexcept override { look_at_drops(); }
    [[nodiscard]] std::span<const flow::Datagram> receive() noexcept override;
    void release() noexcept override {}
    void wait(std::uint64_t most_ns) noexcept override;
    [[nodiscard]] const IngressStats& stats() noexcept override { return stats_; }

private:
    [[nodiscard]] std::span<const flow::Datagram> hand_on(Socket& socket,
                                                          std::size_t count) noexcept;
    void rearm() noexcept;
    void note_pace() noexcept;
    void look_at_drops() noexcept;
    void count_drops(Socket& socket, std::uint32_t drops) noexcept;

    // Written by the RX worker only, once attached.
    std::vector<Socket> sockets_;
    std::vector<pollfd> polled_;
    std::size_t next_ = 0;        // the socket whose turn it is
    std::size_t used_count_ = 0;  // headers that the last recvmmsg wrote to
    std::uint32_t bursts_until_look_ = bursts_per_look;
    bool naps_ = false;  // when a wait has ended with a datagram
    std::uint64_t longest_nap_ns_ = nap_max_ns;
    std::uint64_t waited_ns_ = 0;         // when the last wait began
    std::uint64_t waited_datagrams_ = 0;  // that had been received by then
    IngressStats stats_;
    std::array<mmsghdr, burst_size> headers_{};
    std::array<Arrival, burst_size> arrivals_{};
    std::array<flow::Datagram, burst_size> datagrams_{};
    // Zeroed, which backs it with memory now rather than at the first large datagram.
    std::unique_ptr<std::uint8_t[]> buffers_ =
        std::make_unique<std::uint8_t[]>(burst_size * buffer_stride);
};

UdpIngress::UdpIngress() {
    for (std::size_t index = 0; index < burst_size; ++index) {
        Arrival& arrival = arrivals_[index];
        arrival.buffer = {buffers_.get() + index * buffer_stride, payload_size_max};
        msghdr& header = headers_[index].msg_hdr;
        header.msg_name = &arrival.source;
        header.msg_iov = &arrival.buffer;
        header.msg_iovlen = 1;
    }
    used_count_ = burst_size;
}

void UdpIngress::add(Socket socket) {
    longest_nap_ns_ = std::min(longest_nap_ns_, longest_nap_ns(socket.receive_buffer_bytes));
    polled_.push_back({.fd = socket.descriptor.number(), .events = POLLIN, .revents = 0});
    sockets_.push_back(std::move(socket));
}

/// Gives the kernel back the size that it overwrote with that of the last burst.
void UdpIngress::rearm() noexcept {
    for (std::size_t index = 0; index < used_count_; ++index) {
        headers_[index].msg_hdr.msg_namelen = sizeof(sockaddr_in6);
    }
    used_count_ = 0;
}

std::span<const flow::Datagram> UdpIngress::receive() noexcept {
    rearm();
    for (std::size_t tries = sockets_.size(); tries > 0; --tries) {
        Socket& socket = sockets_[next_];
        next_ = next_ + 1 == sockets_.size() ? 0 : next_ + 1;
        const int count = ::recvmmsg(socket.descriptor.number(), headers_.data(), burst_size,
                                     MSG_DONTWAIT, nullptr);
        // Nothing there, or an error of the socket, which the call has cleared: the next one.
        if (count > 0) return hand_on(socket, static_cast<std::size_t>(count));
    }
    return {};
}

std::span<const flow::Datagram> UdpIngress::hand_on(Socket& socket, std::size_t count) noexcept {
    const std::uint64_t received_ns = clock_ns(CLOCK_REALTIME);
    used_count_ = count;
    stats_.datagrams += count;
    std::size_t kept = 0;
    for (std::size_t index = 0; index < count; ++index) {
        const mmsghdr& header = headers_[index];
        if ((header.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
            ++stats_.drops[static_cast<std::size_t>(flow::Error::truncated)];
            continue;
        }
        flow::Datagram& datagram = datagrams_[kept++];
        datagram.payload = {buffers_.get() + index * buffer_stride, header.msg_len};
        datagram.readable_behind = static_cast<std::uint32_t>(buffer_stride - header.msg_len);
        set_source(arrivals_[index].source, datagram);
        datagram.destination_port = socket.port;
        datagram.accepts = socket.accepts;
        datagram.received_ns = received_ns;
        stats_.payload_bytes += header.msg_len;
    }
    if (--bursts_until_look_ == 0) look_at_drops();
    return {datagrams_.data(), kept};
}

void UdpIngress::wait(std::uint64_t most_ns) noexcept {
    note_pace();
    const timespec most = timespec_of(most_ns);
    if (::ppoll(polled_.data(), polled_.size(), &most, nullptr) == 0) {
        look_at_drops();
    } else if (naps_) {
        sleep_ns(longest_nap_ns_);
    }
}

/// Decides whether the first datagram that comes is left to lie until others have joined it.
void UdpIngress::note_pace() noexcept {
    const std::uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    const std::uint64_t datagrams = stats_.datagrams - waited_datagrams_;
    const std::uint64_t elapsed_ns = now_ns - waited_ns_;
    waited_datagrams_ = stats_.datagrams;
    waited_ns_ = now_ns;
    if (datagrams == 0) return;  // silence says nothing about what follows it
    // A nap has shown how many join; without one, the pace since the last wait tells.
    naps_ = longest_nap_ns_ != 0 &&
            (naps_ ? datagrams >= nap_datagrams_min
                   : datagrams * longest_nap_ns_ >= nap_datagrams_min * elapsed_ns);
}

void UdpIngress::look_at_drops() noexcept {
    bursts_until_look_ = bursts_per_look;
    for (Socket& socket : sockets_) count_drops(socket, kernel_drops(socket.descriptor));
}

void UdpIngress::count_drops(Socket& socket, std::uint32_t drops) noexcept {
    stats_.missed += drops - socket.drops;  // both wrap
    socket.drops = drops;
}

}  // namespace

Outcome<std::vector<std::unique_ptr<Ingress>>> open(const Options& options,
                                                    const std::vector<config::Listener>& listeners,
                                                    std::size_t worker_count) {
    std::vector<std::unique_ptr<UdpIngress>> workers;
    for (std::size_t index = 0; index < worker_count; ++index) {
        workers.push_back(std::make_unique<UdpIngress>());
    }
    std::int64_t buffer_bytes = options.receive_buffer_bytes;
    for (const config::Listener& listener : listeners) {
        const std::size_t count = std::min<std::size_t>(listener.count, worker_count);
        auto sockets = open_sockets(options, listener, static_cast<std::uint32_t>(count));
        if (!sockets) return sockets.error();
        for (std::size_t index = 0; index < sockets->size(); ++index) {
            buffer_bytes = std::min(buffer_bytes, (*sockets)[index].receive_buffer_bytes);
            workers[index]->add(std::move((*sockets)[index]));
        }
    }
    warn_of_small_buffer(options.receive_buffer_bytes, buffer_bytes);
    return std::vector<std::unique_ptr<Ingress>>{std::make_move_iterator(workers.begin()),
                                                 std::make_move_iterator(workers.end())};
}

}  // namespace flowd::udp
