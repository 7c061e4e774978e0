// SPDX-License-Identifier: BSD-3-Clause
// The UDP ingress: recvmmsg into memory that was taken at start. Runs on one RX worker. The receive
// time is read once per burst, just after the system call.
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

#include "ingress/udp/socket.hpp"

namespace flowd::udp {

namespace {

constexpr std::size_t burst_size = 32;
constexpr int wait_max_ms = 10;

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
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint32_t))> control{};
};

[[nodiscard]] std::uint64_t now_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(now.tv_nsec);
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
    void wait() noexcept override;
    [[nodiscard]] const IngressStats& stats() noexcept override { return stats_; }

private:
    [[nodiscard]] std::span<const flow::Datagram> hand_on(Socket& socket,
                                                          std::size_t count) noexcept;
    void rearm() noexcept;
    void look_at_drops() noexcept;
    void count_drops(Socket& socket, std::uint32_t drops) noexcept;
    void count_drops(Socket& socket, const msghdr& header) noexcept;

    // Written by the RX worker only, once attached.
    std::vector<Socket> sockets_;
    std::vector<pollfd> polled_;
    std::size_t next_ = 0;        // the socket whose turn it is
    std::size_t used_count_ = 0;  // headers that the last recvmmsg wrote to
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
        header.msg_control = arrival.control.data();
    }
    used_count_ = burst_size;
}

void UdpIngress::add(Socket socket) {
    polled_.push_back({.fd = socket.descriptor.number(), .events = POLLIN, .revents = 0});
    sockets_.push_back(std::move(socket));
}

/// Gives the kernel back the sizes that it overwrote with those of the last burst.
void UdpIngress::rearm() noexcept {
    for (std::size_t index = 0; index < used_count_; ++index) {
        headers_[index].msg_hdr.msg_namelen = sizeof(sockaddr_in6);
        headers_[index].msg_hdr.msg_controllen = sizeof(Arrival::control);
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
    const std::uint64_t received_ns = now_ns();
    used_count_ = count;
    stats_.datagrams += count;
    std::size_t kept = 0;
    for (std::size_t index = 0; index < count; ++index) {
        const mmsghdr& header = headers_[index];
        if (header.msg_len == 0 || (header.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
            const auto reason = header.msg_len == 0 ? flow::Error::empty : flow::Error::truncated;
            ++stats_.drops[static_cast<std::size_t>(reason)];
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
    count_drops(socket, headers_[count - 1].msg_hdr);  // it only grows: the last one says it all
    return {datagrams_.data(), kept};
}

void UdpIngress::wait() noexcept {
    const int ready = ::poll(polled_.data(), polled_.size(), wait_max_ms);
    // Datagrams tell of drops before them; of those behind the last one the socket must be asked.
    if (ready == 0) look_at_drops();
}

void UdpIngress::look_at_drops() noexcept {
    for (Socket& socket : sockets_) count_drops(socket, kernel_drops(socket.descriptor));
}

/// SO_RXQ_OVFL: the socket's drops when this datagram was queued; absent while there are none.
void UdpIngress::count_drops(Socket& socket, const msghdr& header) noexcept {
    const cmsghdr* control = CMSG_FIRSTHDR(&header);
    if (control == nullptr || control->cmsg_level != SOL_SOCKET ||
        control->cmsg_type != SO_RXQ_OVFL) {
        return;
    }
    std::uint32_t drops = 0;
    std::memcpy(&drops, CMSG_DATA(control), sizeof drops);
    count_drops(socket, drops);
}

void UdpIngress::count_drops(Socket& socket, std::uint32_t drops) noexcept {
    // A datagram's number may be older than the one the socket gave meanwhile: never count back.
    const auto fresh = static_cast<std::int32_t>(drops - socket.drops);
    if (fresh <= 0) return;
    stats_.missed += static_cast<std::uint32_t>(fresh);
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
