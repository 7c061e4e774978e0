# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of NetFlow v5: 24 bytes of header, 48 of each record, and things that go wrong."""

import struct

from case import A, B, EXPORT_SECONDS, Case, capture, received
from support import netflow, packets

# A flow that began 3.2 s and ended 1.2 s before the export, by an uptime of 10 s. Whole seconds
# are the header's less the whole seconds of the age, as goflow2 has them.
RECORD = netflow.v5_record(A, B, next_hop=packets.address("10.0.0.254"), interfaces=(3, 4),
                           packets=5, octets=590, first=6_800, last=8_800, ports=(8080, 47384),
                           flags=0x1B, protocol=6, tos=8, asns=(64496, 64497), masks=(24, 25))
COLUMNS = {"Type": "NETFLOW_V5", "SequenceNum": 1, "TimeFlowStart": EXPORT_SECONDS - 3,
           "TimeFlowEnd": EXPORT_SECONDS - 1, "TimeFlowStartMs": EXPORT_SECONDS * 1000 - 3200,
           "TimeFlowEndMs": EXPORT_SECONDS * 1000 - 1200, "Bytes": 590, "Packets": 5,
           "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "Etype": 2048, "Proto": 6,
           "SrcPort": 8080, "DstPort": 47384, "InIf": 3, "OutIf": 4, "IpTos": 8, "TcpFlags": 27,
           "SrcAs": 64496, "DstAs": 64497, "NextHop": "10.0.0.254", "SrcNet": 24, "DstNet": 25}


def flow(index: int = 0, **others) -> dict:
    return COLUMNS | received(index) | others


CASES = [
    Case("v5_every_field",
         "Every field of the record has its own value. The sampling word 0x4064 is mode 1 and, in "
         "its low 14 bits, interval 100.",
         capture(netflow.v5([RECORD], sampling=0x4064)),
         [flow(SamplingRate=100)]),
    Case("v5_count_larger_than_payload",
         "The header announces 30 records, one and a half came. The whole one counts, the half "
         "one does not, and nothing is invented for the other 28; the datagram counts as "
         "truncated.",
         capture(netflow.v5([RECORD, RECORD[:24]], count=30)),
         [flow()], {"truncated": 1}),
    Case("v5_count_smaller_than_payload",
         "The count rules: bytes behind the announced records are no records. A count of 0 is a "
         "datagram without flows, and nothing is wrong with it.",
         capture(netflow.v5([RECORD, RECORD], count=1), netflow.v5([RECORD], count=0)),
         [flow()]),
    Case("v5_short_header",
         "A header cut after 23 of its 24 bytes is no header: no flow, truncated.",
         capture(netflow.v5([])[:23], netflow.v5([RECORD])),
         [flow(1)], {"truncated": 1}),
    Case("v5_uptime_wrap",
         "sysUptime has 32 bits and wraps after 49.7 days. The uptime is 5000, 5 s after the "
         "wrap; First is 1000 ms before the wrap, so the flow began 6 s before the export. Last "
         "is 500 ms after the header was written, so the flow ends 0.5 s after the export.",
         capture(netflow.v5([netflow.v5_record(A, B, first=2**32 - 1000, last=5500)],
                            uptime=5000)),
         [received() | {"Type": "NETFLOW_V5", "SequenceNum": 1, "Bytes": 100, "Packets": 1,
                        "TimeFlowStart": EXPORT_SECONDS - 6, "TimeFlowEnd": EXPORT_SECONDS,
                        "TimeFlowStartMs": EXPORT_SECONDS * 1000 - 6000,
                        "TimeFlowEndMs": EXPORT_SECONDS * 1000 + 500,
                        "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "Etype": 2048,
                        "Proto": 17, "InIf": 1, "OutIf": 2, "NextHop": "0.0.0.0"}]),
    Case("not_netflow",
         "Versions 2 and 6, a version that does not exist, text, a single byte and an empty "
         "datagram: nothing of it is a flow, each is counted, and the v5 datagram behind them is "
         "read.",
         capture(struct.pack("!HH", 2, 1) + bytes(64), struct.pack("!HH", 6, 1) + bytes(72),
                 struct.pack("!HH", 11, 1) + bytes(64), b"hello, collector", b"\0", b"",
                 netflow.v5([RECORD])),
         [flow(6)], {"unknown_protocol": 5, "empty": 1}),
]
