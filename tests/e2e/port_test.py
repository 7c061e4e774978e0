#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A port that is flowd's alone, as [port] has it: net_af_packet, and net_af_xdp with a program that
takes every frame, on a veth without addresses of the kernel's. flowd itself answers ARP, neighbour
discovery and ping there; exporters behind it send datagrams and fragments; a killed flowd starts
again. And net_af_xdp beside the kernel, with flowd's own program."""

import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, judges, veth  # noqa: E402


class OwnPort(veth.VethTest):
    """What both drivers must do."""

    kernel_has_addresses = False
    arguments: tuple[str, ...] = ()

    def start(self) -> flowd.Live:
        live = flowd.Live(self.folder, "-ingress", "dpdk", "-listen", f"netflow://:{veth.PORT}",
                          "-port.addresses", ",".join(f"{address}/{64 if ':' in address else 24}"
                                                      for address in veth.ADDRESSES),
                          "-port.gateways", "192.0.2.2", *self.arguments)
        flowd.wait_until(lambda: "collecting on" in live.errors.read_text()
                         or live.process.poll() is not None, 20, "flowd does not start")
        self.assertIsNone(live.process.poll(), live.errors.read_text())
        flowd.wait_until(self.answers, 10, "flowd does not answer")
        return live

    def answers(self) -> bool:
        """Duplicate address detection comes first."""
        try:
            self.ping_from_peer()
        except AssertionError:
            return False
        return True

    def check(self, live: flowd.Live, rounds: int):
        self.assertEqual(live.stop(), 0, live.errors.read_text())
        flows, summary = live.flows(), live.summary()
        self.assertEqual(judges.rows_of(flows), veth.times_of(self.wanted, 4 * rounds))
        self.assertEqual({flow["SamplerAddress"] for flow in flows}, {"192.0.2.2", "2001:db8::2"})
        self.assertEqual(flowd.unbalanced(summary), "")
        return summary

    def answers_and_collects(self):
        with self.start() as live:
            self.deliver(live, 1)
            self.ping_from_peer()
            summary = self.check(live, 1)
        self.assertGreaterEqual(summary["counters"]["answered"], 6)
        self.assertGreater(summary["counters"].get("reassembled", 0) or self.kernel_joined(), 0)
        self.assertTrue(all(count > 0 for count in self.fragments_made()))

    def kernel_joined(self) -> bool:
        return False

    def starts_again(self):
        with self.start() as live:
            self.deliver(live, 1)
            live.process.send_signal(signal.SIGKILL)
            live.process.wait()
        with self.start() as live:
            self.deliver(live, 1)
            self.check(live, 1)


class AfPacketTest(OwnPort):
    arguments = ("-port.device", f"net_af_packet0,iface={veth.OURS}")

    def kernel_joined(self) -> bool:
        """The driver has the kernel put IPv4's together before it sees them."""
        return True

    def test_it_answers_and_collects(self):
        self.answers_and_collects()

    def test_it_starts_again_after_a_kill(self):
        self.starts_again()


class AfXdpTest(OwnPort):
    arguments = ("-port.device", f"net_af_xdp0,iface={veth.OURS}", "-port.xdp-program", "driver")

    def test_it_answers_and_collects(self):
        self.answers_and_collects()

    def test_it_starts_again_after_a_kill(self):
        self.starts_again()


class TapTest(veth.VethTest):
    """What is no flow traffic is the kernel's, by a device with the port's MAC address."""

    kernel_has_addresses = False

    def test_the_kernel_answers_by_the_tap_and_flowd_collects(self):
        if not Path("/dev/net/tun").exists():
            self.skipTest("there is no /dev/net/tun")
        with flowd.Live(self.folder, "-ingress", "dpdk", "-listen", f"netflow://:{veth.PORT}",
                        "-port.device", f"net_af_xdp0,iface={veth.OURS}",
                        "-port.xdp-program", "driver", "-port.exception", "tap") as live:
            flowd.wait_until(lambda: "collecting on" in live.errors.read_text()
                             or live.process.poll() is not None, 20, "flowd does not start")
            self.assertIsNone(live.process.poll(), live.errors.read_text())
            veth.configure(veth.run, "flowd0", 1)
            self.ping_from_peer()
            self.deliver(live, 1)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            flows, summary = live.flows(), live.summary()
        self.assertEqual(judges.rows_of(flows), veth.times_of(self.wanted, 4))
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertGreater(summary["counters"]["handed_to_kernel"], 0)


class BesideTheKernelTest(veth.VethTest):
    """`[port]` alone: the program, its ports and its removal are flowd's doing."""

    def start(self) -> flowd.Live:
        live = flowd.Live(self.folder, "-ingress", "dpdk", "-listen", f"netflow://:{veth.PORT}",
                          "-port.device", f"net_af_xdp0,iface={veth.OURS}")
        flowd.wait_until(lambda: "collecting on" in live.errors.read_text()
                         or live.process.poll() is not None, 20, "flowd does not start")
        if "built without its XDP program" in live.errors.read_text():
            self.skipTest("this flowd has no XDP program")
        self.assertIsNone(live.process.poll(), live.errors.read_text())
        return live

    def attached(self) -> bool:
        return "flowd_xdp" in veth.run("ip", "-details", "link", "show", "dev", veth.OURS)

    def test_the_kernel_answers_and_flowd_collects_also_after_a_kill(self):
        with self.start() as live:
            self.ping_from_peer()
            live.process.send_signal(signal.SIGKILL)
            live.process.wait()
        self.assertTrue(self.attached())
        self.ping_from_peer()
        with self.start() as live:
            self.assertIn("of an earlier flowd was still attached: removed",
                          live.errors.read_text())
            self.deliver(live, 1)
            self.ping_from_peer()
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            summary = live.summary()
            self.assertEqual(judges.rows_of(live.flows()), veth.times_of(self.wanted, 4))
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertGreater(summary["counters"]["reassembled"], 0)
        self.assertFalse(self.attached())


if __name__ == "__main__":
    veth.main()
