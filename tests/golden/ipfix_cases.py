# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of IPFIX (RFC 7011): variable length, enterprise fields, withdrawal, lengths."""

from case import A, B, EXPORT_SECONDS, Case, capture, received
from support import netflow, packets
from support.netflow import VARIABLE, ipfix, number, one_set, template, variable

TEMPLATE, OPTIONS_TEMPLATE = 2, 3
REVERSE = 29305  # RFC 5103: the element of the other direction
PRIVATE = 32473  # RFC 5612: for documentation
FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 8), (1, 8))
TEMPLATE_SET = one_set(TEMPLATE, template(256, FIELDS))
NTP_OFFSET = 2_208_988_800


def record(octets: int = 1000) -> bytes:
    return (A + B + number(1234, 2) + number(443, 2) + number(6, 1) + number(3, 8)
            + number(octets, 8))


def data(*records: bytes, set_id: int = 256) -> bytes:
    return one_set(set_id, b"".join(records))


def flow(index: int = 0, octets: int = 1000, **others) -> dict:
    return received(index) | {
        "Type": "IPFIX", "SequenceNum": 1, "Bytes": octets, "Packets": 3, "SrcAddr": "10.0.0.1",
        "DstAddr": "10.0.0.2", "Etype": 2048, "Proto": 6, "SrcPort": 1234, "DstPort": 443} | others


def bare(index: int = 0, **others) -> dict:
    """A flow of records that are laid out differently."""
    return received(index) | {"Type": "IPFIX", "SequenceNum": 1} | others


def withdrawals() -> bytes:
    both = one_set(TEMPLATE, template(256, FIELDS) + template(257, FIELDS))
    return capture(
        ipfix([both, data(record(1)), data(record(2), set_id=257)]),
        ipfix([one_set(TEMPLATE, template(256, ()))]),
        ipfix([data(record(3))]),
        ipfix([data(record(4), set_id=257)]),
        ipfix([one_set(TEMPLATE, template(TEMPLATE, ()))]),
        ipfix([data(record(5), set_id=257)]),
        ipfix([TEMPLATE_SET, data(record(6))]))


def times() -> bytes:
    """Start and end in seconds, milliseconds, NTP time in microseconds, and as ages."""
    half = number(EXPORT_SECONDS - 2 + NTP_OFFSET, 4) + number(2**31, 4)
    pairs = (
        (256, ((150, 4), (151, 4)), number(EXPORT_SECONDS - 9, 4) + number(EXPORT_SECONDS, 4)),
        (257, ((152, 8), (153, 8)),
         number(EXPORT_SECONDS * 1000 - 1500, 8) + number(EXPORT_SECONDS * 1000 - 250, 8)),
        (258, ((154, 8), (155, 8)), half + half),
        (259, ((158, 4), (159, 4)), number(4_000_000, 4) + number(1_000_000, 4)))
    sets = []
    for template_id, fields, values in pairs:
        sets += [one_set(TEMPLATE, template(template_id, fields)), one_set(template_id, values)]
    return capture(ipfix(sets))


def uptimes() -> list[bytes]:
    """Start and end 4 s and 1 s before the export, of exporters up for 10 s and for 60 days."""
    def stamps(up_ms: int) -> bytes:
        ages = (1000, 4000)
        return b"".join(number((up_ms - age) % 2**32, 4) for age in ages)

    short, long = 10_000, 60 * 86_400_000
    known = ((21, 4), (160, 8), (22, 4))
    start, end = stamps(short)[4:], stamps(short)[:4]
    pairs = (
        (256, known, end + number(NOW_MS - short, 8) + start),
        (257, ((21, 4), (22, 4), (160, 8)), stamps(long) + number(NOW_MS - long, 8)),
        (258, ((21, 4), (22, 4)), stamps(short)),
        (259, known, end + bytes(8) + start),
        (260, known + ((152, 8),),
         end + number(NOW_MS - short, 8) + start + number(NOW_MS - 250, 8)))
    sets = []
    for template_id, fields, values in pairs:
        sets += [one_set(TEMPLATE, template(template_id, fields)), one_set(template_id, values)]
    return sets


def lasting(start_ms: int, end_ms: int) -> dict:
    return bare(TimeFlowStart=start_ms // 1000, TimeFlowEnd=end_ms // 1000,
                TimeFlowStartMs=start_ms, TimeFlowEndMs=end_ms)


NOW_MS = EXPORT_SECONDS * 1000
NAMED = template(256, ((82, VARIABLE), (8, 4), (96, VARIABLE), (12, 4), (1, 4)))
NAMED_RECORDS = (variable(b"eth0") + A + variable(b"") + B + number(10, 4)
                 + variable(b"x" * 300) + A + variable(b"http", long=True) + B + number(20, 4))
PRIVATE_FIELDS = ((8, 4, PRIVATE), (8, 4), (1, 8, REVERSE), (1, 8), (100, VARIABLE, PRIVATE),
                  (12, 4))
PRIVATE_RECORD = (packets.address("192.168.9.9") + A + number(555, 8) + number(444, 8)
                  + variable(b"secret") + B)

CASES = [
    Case("ipfix_variable_length",
         "RFC 7011 §7: a length byte, or 255 and two bytes. Four fields of variable length lie "
         "between the addresses of two records: 'eth0', an empty one, 300 bytes (the long form "
         "is needed), and 'http' in the long form although the short one would do.",
         capture(ipfix([one_set(TEMPLATE, NAMED), one_set(256, NAMED_RECORDS)])),
         [bare(SrcAddr="10.0.0.1", DstAddr="10.0.0.2", Etype=2048, Bytes=octets)
          for octets in (10, 20)]),
    Case("ipfix_variable_length_past_the_end",
         "The second record's string announces 200 bytes and the set ends after 24. The first "
         "record counts, the second is not there: truncated.",
         capture(ipfix([one_set(TEMPLATE, NAMED),
                        one_set(256, variable(b"eth0") + A + variable(b"") + B + number(10, 4)
                                + b"\xc8" + b"abc" * 8)])),
         [bare(SrcAddr="10.0.0.1", DstAddr="10.0.0.2", Etype=2048, Bytes=10)],
         {"truncated": 1}),
    Case("ipfix_enterprise_fields",
         "With the enterprise bit the element number belongs to that enterprise (RFC 7011 §3.2): "
         "number 8 of another enterprise is no source address, octets of the reverse direction "
         "(RFC 5103) are not this direction's. Their bytes are stepped over, and so is a private "
         "string.",
         capture(ipfix([one_set(TEMPLATE, template(256, PRIVATE_FIELDS)),
                        one_set(256, PRIVATE_RECORD)])),
         [bare(SrcAddr="10.0.0.1", DstAddr="10.0.0.2", Etype=2048, Bytes=444)]),
    Case("ipfix_withdrawal",
         "RFC 7011 §8.1. Two templates are used (flows 1, 2); 256 is withdrawn: its data is "
         "unknown and waits (3), that of 257 is read (4); a withdrawal of all templates (id 2): "
         "257 is unknown too (5), and stays so; 256 is defined again, and what waits for it is "
         "read (3), then what follows (6).",
         withdrawals(),
         [flow(0, 1), flow(0, 2), flow(3, 4), flow(2, 3), flow(6, 6)], {"unknown_template": 1}),
    Case("ipfix_length_smaller_than_datagram",
         "RFC 7011 §3.1: Length is the message's, header included. A whole data set lies behind "
         "it and does not belong to the message.",
         capture(ipfix([TEMPLATE_SET, data(record(1)), data(record(2))],
                       length=16 + len(TEMPLATE_SET) + len(data(record())))),
         [flow(octets=1)]),
    Case("ipfix_length_larger_than_datagram",
         "The message announces 4000 bytes; the sets that came are read, and the rest is missed: "
         "truncated.",
         capture(ipfix([TEMPLATE_SET, data(record())], length=4000)),
         [flow()], {"truncated": 1}),
    Case("ipfix_length_below_header",
         "A Length of 15 is less than the header itself: the message is not to be trusted.",
         capture(ipfix([TEMPLATE_SET, data(record())], length=15)),
         [], {"bad_length": 1}),
    Case("ipfix_reserved_set_ids",
         "Set ids 0 and 1 are NetFlow v9's and 4 to 255 reserved (RFC 7011 §3.3.2). A v9 template "
         "set in an IPFIX message is passed over and counted, the data behind it is read.",
         capture(ipfix([TEMPLATE_SET, one_set(0, template(300, FIELDS)), one_set(200, bytes(8)),
                        data(record())])),
         [flow()], {"bad_set_id": 1}),
    Case("ipfix_domains",
         "A template belongs to its observation domain (RFC 7011 §8): domain 7 has one, domain 8 "
         "has none. The domain is a column of the flow.",
         capture(ipfix([TEMPLATE_SET, data(record())], domain=7),
                 ipfix([data(record())], domain=8)),
         [flow(ObservationDomainId=7)], {"unknown_template": 1}),
    Case("ipfix_options_are_no_flows",
         "RFC 7011 §3.4.2: an options template says how many of its fields are scopes. Its data "
         "describes the exporter and makes no flow; the template behind it in the message is "
         "found.",
         capture(ipfix([one_set(OPTIONS_TEMPLATE, netflow.ipfix_options_template(
                            257, ((144, 4),), ((41, 8), (40, 8)))),
                        TEMPLATE_SET, one_set(257, bytes(20)), data(record())])),
         [flow()]),
    Case("ipfix_times",
         "Start and end in seconds (150, 151), in milliseconds (152, 153), as NTP time with a "
         "fraction of 2^-32 s (154, 155: RFC 7011 §6.1.9; 0x80000000 is half a second), and as "
         "microseconds before the export (158, 159).",
         times(),
         [lasting(NOW_MS - 9000, NOW_MS), lasting(NOW_MS - 1500, NOW_MS - 250),
          lasting(NOW_MS - 1500, NOW_MS - 1500), lasting(NOW_MS - 4000, NOW_MS - 1000)]),
    Case("ipfix_uptimes",
         "IPFIX's header has no uptime: flowStartSysUpTime (22) and flowEndSysUpTime (21) count "
         "from systemInitTimeMilliseconds (160) of the same record. The stamps have 32 bits and "
         "wrap every 2^32 ms: in the second record the exporter has run for 60 days. Without 160 "
         "(third), or when it is zero (fourth), there is no time. An absolute start (fifth) is "
         "better than a stamp.",
         capture(ipfix(uptimes())),
         [lasting(NOW_MS - 4000, NOW_MS - 1000), lasting(NOW_MS - 4000, NOW_MS - 1000),
          bare(), bare(), lasting(NOW_MS - 250, NOW_MS - 1000)]),
    Case("ipfix_both_families",
         "A record with addresses of both families, of which the IPv4 ones are zero: the flow is "
         "the IPv6 one, whatever order the fields have.",
         capture(ipfix([one_set(TEMPLATE, template(256, ((27, 16), (28, 16), (8, 4), (12, 4)))),
                        one_set(256, packets.address("2001:db8::1")
                                + packets.address("2001:db8::2") + bytes(8))])),
         [bare(SrcAddr="2001:db8::1", DstAddr="2001:db8::2", Etype=0x86DD)]),
]
