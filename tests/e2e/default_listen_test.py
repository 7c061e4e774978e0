#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd without any flag: listens where exporters send by default, NetFlow on 2055 and sFlow on
6343, and prints JSON lines. Skipped when another program has one of the ports."""

import socket
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, pcap  # noqa: E402

NETFLOW_PORT, SFLOW_PORT = 2055, 6343


def main():
    flowd.binary()
    for port in (NETFLOW_PORT, SFLOW_PORT):
        if flowd.udp_port_is_bound(port):
            flowd.skip(f"UDP port {port} is in use")
    datagrams = [pcap.udp_of(each) for each in pcap.read(flowd.CAPTURES / "first.pcap")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = len(flowd.replay(flowd.CAPTURES / "first.pcap", folder)[0])
        with flowd.Live(folder) as live, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            live.wait_for_port(NETFLOW_PORT)
            live.wait_for_port(SFLOW_PORT)
            for each in datagrams:
                sender.sendto(each.payload, ("127.0.0.1", each.port))
            flowd.wait_until(lambda: len(live.flows()) >= wanted, 10, "not all flows came")
            code = live.stop()
            assert code == 0, f"exit {code}: {live.errors.read_text()}"
            flows, summary = live.flows(), live.summary()
    assert len(flows) == wanted, f"{len(flows)} flows, the replay has {wanted}"
    assert {flow["Type"] for flow in flows} == {"NETFLOW_V5", "NETFLOW_V9", "IPFIX", "SFLOW_5"}
    assert summary["drops"] == {"datagrams": {}, "flows": {}}, summary
    print(f"{wanted} flows over the default ports")


if __name__ == "__main__":
    main()
