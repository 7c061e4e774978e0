// SPDX-License-Identifier: BSD-3-Clause
// Bringing a port up: the driver's limits, RSS on addresses, one buffer pool per queue.
#include "ingress/dpdk/port.hpp"

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "ingress/dpdk/eal.hpp"
#include "ingress/dpdk/rss.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {
namespace {

constexpr std::uint32_t cache_size = 256;
constexpr std::uint32_t page_size = 4096;
/// Ethernet header, two VLAN tags, checksum.
constexpr std::uint32_t link_overhead = 14 + 8 + 4;

std::uint32_t round_up(std::uint32_t size, std::uint32_t unit) noexcept {
    return (size + unit - 1) / unit * unit;
}

/// The room of one buffer, headroom included.
std::uint16_t data_room(const PortPlan& plan) noexcept {
    const std::uint32_t mtu_frame = plan.mtu == 0 ? 0 : plan.mtu + link_overhead;
    const std::uint32_t fallback = plan.frame_size == 0 ? 2048 : 0;
    const std::uint32_t frame = std::max({fallback, plan.frame_size, mtu_frame, 64U});
    const std::uint32_t room = round_up(frame + RTE_PKTMBUF_HEADROOM, RTE_CACHE_LINE_SIZE);
    return static_cast<std::uint16_t>(std::min(room, 65'535U));
}

/// net_af_packet names no largest MTU and refuses any above 1500, but delivers what its framesz=
/// holds: there the buffers alone must be large enough.
bool takes_mtu(const rte_eth_dev_info& info, std::uint32_t mtu) noexcept {
    return info.max_mtu != UINT16_MAX ||
           mtu + RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN <= info.max_rx_pktlen;
}

/// The descriptors hold one buffer each; two bursts are in flight, and the caches of the worker
/// and of the main thread, which filled the ring, keep one and a half times their size.
std::uint32_t pool_count(const PortPlan& plan) noexcept {
    const std::uint32_t own = plan.descriptors + 2 * 32U + 2 * cache_size * 3 / 2;
    return plan.pool != 0 ? plan.pool : own + plan.elsewhere;
}

rte_mempool* create_pool(const char* name, const PortPlan& plan, int socket) {
    const std::uint32_t count = std::max(pool_count(plan), 2 * cache_size);
    if (!plan.packs_pool) {
        return rte_pktmbuf_pool_create(name, count, cache_size, 0, data_room(plan), socket);
    }
    // As rte_pktmbuf_pool_create, but buffers lie close together instead of one per 4 KiB page.
    rte_pktmbuf_pool_private sizes{};
    sizes.mbuf_data_room_size = data_room(plan);
    const auto element_size = static_cast<std::uint32_t>(sizeof(rte_mbuf)) + data_room(plan);
    rte_mempool* pool =
        rte_mempool_create_empty(name, count, element_size, cache_size, sizeof sizes, socket,
                                 RTE_MEMPOOL_F_NO_IOVA_CONTIG | RTE_MEMPOOL_F_NO_SPREAD);
    if (pool == nullptr) return nullptr;
    rte_pktmbuf_pool_init(pool, &sizes);
    if (rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), nullptr) != 0 ||
        rte_mempool_populate_default(pool) < 0) {
        rte_mempool_free(pool);
        return nullptr;
    }
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, nullptr);
    return pool;
}

}  // namespace

std::uint64_t pool_bytes(const PortPlan& plan) noexcept {
    constexpr std::uint32_t header_size = 64;
    const std::uint64_t count = std::max(pool_count(plan), 2 * cache_size);
    const auto object =
        round_up(header_size + static_cast<std::uint32_t>(sizeof(rte_mbuf)) + data_room(plan),
                 RTE_CACHE_LINE_SIZE);
    // A buffer that a device may read does not cross a page: two small ones share one, a larger
    // one takes whole pages.
    const std::uint64_t each = plan.packs_pool       ? object
                               : object <= page_size ? page_size / (page_size / object)
                                                     : round_up(object, page_size);
    // The pool's ring of pointers has a power of two of slots.
    return count * (each + 2 * sizeof(void*));
}

std::vector<std::uint16_t> port_ids() {
    std::vector<std::uint16_t> ids;
    std::uint16_t id = 0;
    RTE_ETH_FOREACH_DEV(id) { ids.push_back(id); }
    return ids;
}

int port_id_of(const std::string& device_name) {
    std::uint16_t id = 0;
    return rte_eth_dev_get_port_by_name(device_name.c_str(), &id) == 0 ? id : -1;
}

Outcome<std::unique_ptr<Port>> Port::open(std::uint16_t id, const PortPlan& plan) {
    std::unique_ptr<Port> port{new Port{id, plan}};
    for (const auto step : {&Port::configure, &Port::set_up_queues, &Port::start}) {
        if (Failure failure = (port.get()->*step)(); failed(failure)) return failure;
    }
    rte_eth_dev_callback_register(id, RTE_ETH_EVENT_INTR_RESET, note_event, port.get());
    return port;
}

Failure Port::configure() {
    std::array<char, RTE_ETH_NAME_MAX_LEN> device{};
    rte_eth_dev_get_name_by_port(id_, device.data());
    rte_eth_dev_info info{};
    if (const int error = rte_eth_dev_info_get(id_, &info)) {
        return Eal::failure(
            std::string{"dpdk: port "} + device.data() + " cannot be asked what it can do", error);
    }
    driver_ = info.driver_name;
    name_ = (plan_.label.empty() ? device.data() : plan_.label) + " (" + driver_ + ")";
    if (plan_.queues > info.max_rx_queues) {
        return {"dpdk.queues: " + std::to_string(plan_.queues) + " is above the " +
                std::to_string(info.max_rx_queues) + " that port " + name_ + " has"};
    }
    if (info.driver_name == std::string_view{"net_pcap"} && plan_.queues < info.max_rx_queues) {
        log::warn("dpdk.queues: port " + name_ + " has " + std::to_string(info.max_rx_queues) +
                  " sources and reads only the first " + std::to_string(plan_.queues));
    }
    if (plan_.mtu != 0 && (plan_.mtu < info.min_mtu || plan_.mtu > info.max_mtu)) {
        return {"dpdk.mtu: " + std::to_string(plan_.mtu) + " is not within " +
                std::to_string(info.min_mtu) + " and " + std::to_string(info.max_mtu) +
                ", the limits of port " + name_};
    }
    rte_eth_conf config{};
    if (takes_mtu(info, plan_.mtu)) config.rxmode.mtu = plan_.mtu;
    constexpr std::uint64_t checksums =
        RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM;
    if (plan_.verifies_checksums) config.rxmode.offloads |= info.rx_offload_capa & checksums;
    rss_ = choose_rss(driver_, info);
    if (plan_.queues > 1) ask_for_rss(config, rss_);
    const std::uint16_t senders = std::min(plan_.queues, info.max_tx_queues);
    if (const int error = rte_eth_dev_configure(id_, plan_.queues, senders, &config)) {
        return Eal::failure("dpdk: port " + name_ + " does not take its configuration", error);
    }
    configured_ = true;
    const std::uint16_t wanted = plan_.descriptors;
    std::uint16_t unused = 0;
    if (const int error = rte_eth_dev_adjust_nb_rx_tx_desc(id_, &plan_.descriptors, &unused)) {
        return Eal::failure("dpdk: port " + name_ + " does not take its descriptors", error);
    }
    if (wanted != plan_.descriptors) {
        log::info("dpdk: port " + name_ + " takes " + std::to_string(plan_.descriptors) +
                  " RX descriptors instead of " + std::to_string(wanted));
    }
    return {};
}

Failure Port::set_up_queues() {
    const int socket = rte_eth_dev_socket_id(id_);
    for (std::uint16_t queue = 0; queue < plan_.queues; ++queue) {
        std::array<char, RTE_MEMPOOL_NAMESIZE> name{};
        std::snprintf(name.data(), name.size(), "rx_%u_%u", id_, queue);
        rte_mempool* pool = create_pool(name.data(), plan_, socket);
        if (pool == nullptr) {
            return Eal::failure(
                "dpdk: no memory for the " + std::to_string(pool_count(plan_)) +
                    " buffers of queue " + std::to_string(queue) + " of port " + name_ + " (" +
                    std::to_string((pool_bytes(plan_) >> 20) + 1) +
                    " MiB): more dpdk.memory_mb or hugepages, or a smaller dpdk.pool, helps",
                rte_errno);
        }
        pools_.push_back(pool);
    }
    return fill_queues();
}

/// With the pools that there are.
Failure Port::fill_queues() {
    const auto socket = static_cast<unsigned>(rte_eth_dev_socket_id(id_));
    for (std::uint16_t queue = 0; queue < plan_.queues; ++queue) {
        if (const int error = rte_eth_rx_queue_setup(id_, queue, plan_.descriptors, socket, nullptr,
                                                     pools_[queue])) {
            return Eal::failure(
                "dpdk: queue " + std::to_string(queue) + " of port " + name_ + " cannot be set up",
                error);
        }
    }
    rte_eth_dev_info info{};
    if (rte_eth_dev_info_get(id_, &info) != 0) return {};
    std::uint16_t unused = 0;
    std::uint16_t descriptors = 512;
    rte_eth_dev_adjust_nb_rx_tx_desc(id_, &unused, &descriptors);
    // Many drivers start only with their TX queues set up.
    for (std::uint16_t queue = 0; queue < info.nb_tx_queues; ++queue) {
        if (const int error = rte_eth_tx_queue_setup(id_, queue, descriptors, socket, nullptr)) {
            return Eal::failure("dpdk: TX queue " + std::to_string(queue) + " of port " + name_ +
                                    " cannot be set up",
                                error);
        }
    }
    return {};
}

int Port::note_event(std::uint16_t, rte_eth_event_type event, void* port, void*) noexcept {
    if (event == RTE_ETH_EVENT_INTR_RESET) {
        static_cast<Port*>(port)->wants_reset_.store(true, std::memory_order_relaxed);
    }
    return 0;
}

/// Drivers of virtual devices have nothing to reset; there, being stopped and started will do.
Failure Port::reset() {
    wants_reset_.store(false, std::memory_order_relaxed);
    int error = rte_eth_dev_reset(id_);
    if (error == -ENOTSUP) error = rte_eth_dev_stop(id_);
    if (error != 0) return Eal::failure("dpdk: port " + name_ + " cannot be reset", error);
    for (const auto step : {&Port::configure, &Port::fill_queues, &Port::start}) {
        if (Failure failure = (this->*step)(); failed(failure)) return failure;
    }
    return {};
}

bool Port::is_up() const noexcept {
    rte_eth_link link{};
    return rte_eth_link_get_nowait(id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

Failure Port::set_mac() {
    if (plan_.mac.empty()) return {};
    rte_ether_addr address{};
    std::copy_n(plan_.mac.begin(), plan_.mac.size(), address.addr_bytes);
    if (const int error = rte_eth_dev_default_mac_addr_set(id_, &address)) {
        return Eal::failure("port.mac: port " + name_ + " does not take it", error);
    }
    return {};
}

std::array<std::uint8_t, 6> Port::mac() const noexcept {
    std::array<std::uint8_t, 6> mac{};
    rte_ether_addr address{};
    if (rte_eth_macaddr_get(id_, &address) != 0) return mac;
    std::copy_n(address.addr_bytes, mac.size(), mac.begin());
    return mac;
}

Failure Port::start() {
    if (Failure failure = set_mac(); failed(failure)) return failure;
    if (const int error = rte_eth_dev_start(id_)) {
        return Eal::failure("dpdk: port " + name_ + " does not start", error);
    }
    // The listeners are the filter; a mirror port's frames carry someone else's MAC address. Not
    // every driver can, or has to, be told.
    if (rte_eth_promiscuous_enable(id_) != 0) {
        static_cast<void>(rte_eth_allmulticast_enable(id_));  // a VF; for groups and ND
    }
    if (plan_.queues > 1) {
        const RssOutcome rss = settle_rss(id_, rss_, name_);
        rss.surprises ? log::warn(rss.line) : log::info(rss.line);
    }
    return {};
}

void Port::log_link() const {
    rte_eth_link link{};
    std::string state = "unknown";
    if (rte_eth_link_get_nowait(id_, &link) == 0) {
        state = link.link_status == RTE_ETH_LINK_UP ? "up" : "down";
        const bool known = link.link_speed != RTE_ETH_SPEED_NUM_NONE &&
                           link.link_speed != RTE_ETH_SPEED_NUM_UNKNOWN;
        if (known && link.link_status == RTE_ETH_LINK_UP)
            state += ", " + std::to_string(link.link_speed) + " Mbit/s";
    }
    log::info("dpdk: port " + name_ + ": link " + state + ", " + std::to_string(plan_.queues) +
              (plan_.queues == 1 ? " queue" : " queues"));
}

void Port::close() noexcept {
    if (configured_ && !closed_) {
        rte_eth_dev_callback_unregister(id_, RTE_ETH_EVENT_INTR_RESET, note_event, this);
        rte_eth_dev_stop(id_);
        rte_eth_dev_close(id_);
    }
    closed_ = true;
}

Port::~Port() {
    close();
    for (rte_mempool* pool : pools_) rte_mempool_free(pool);
}

}  // namespace flowd::dpdk
