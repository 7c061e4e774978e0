# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of NetFlow v9 (RFC 3954): templates and the counts around them."""

from case import A, B, EXPORT_SECONDS, Case, arrive, capture, frame, received
from support import netflow, packets, pcap
from support.netflow import number, one_set, template, v9

TEMPLATE, OPTIONS_TEMPLATE = 0, 1
# source and destination address and port, protocol, packets, octets: 21 bytes
FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 4), (1, 4))
TEMPLATE_SET = one_set(TEMPLATE, template(256, FIELDS))
PADDING = bytes(4)


def record(octets: int = 1000) -> bytes:
    return A + B + number(1234, 2) + number(53, 2) + number(17, 1) + number(3, 4) + number(octets,
                                                                                            4)


def data(*records: bytes, set_id: int = 256) -> bytes:
    return one_set(set_id, b"".join(records))


def flow(index: int = 0, octets: int = 1000, **others) -> dict:
    return received(index) | {
        "Type": "NETFLOW_V9", "SequenceNum": 1, "Bytes": octets, "Packets": 3,
        "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "Etype": 2048, "Proto": 17, "SrcPort": 1234,
        "DstPort": 53} | others


def domains_and_ports() -> bytes:
    """The same exporter from two source ports; then another source id; then another exporter."""
    payload = v9([data(record())], count=1, source_id=5)
    return pcap.pcap_bytes(arrive([
        frame(v9([TEMPLATE_SET], count=1, source_id=5)),
        frame(payload, source_port=50001),
        frame(v9([data(record())], count=1, source_id=6)),
        frame(payload, source="192.0.2.101")]))


def absolute_times() -> list[bytes]:
    half = number(EXPORT_SECONDS - 2 + NTP_OFFSET, 4) + number(2**31, 4)
    millis = number(NOW_MS - 1500, 8) + number(NOW_MS - 250, 8)
    pairs = (
        (256, ((150, 4), (151, 4)), number(EXPORT_SECONDS - 9, 4) + number(EXPORT_SECONDS - 1, 4)),
        (257, ((152, 8), (153, 8)), millis),
        (258, ((154, 8), (155, 8)), half + half),
        (259, ((152, 8), (22, 4), (153, 8)), bytes(8) + number(6_000, 4) + millis[8:]))
    sets = []
    for template_id, fields, values in pairs:
        sets += [one_set(TEMPLATE, template(template_id, fields)), one_set(template_id, values)]
    return sets


def lasting(start_ms: int, end_ms: int) -> dict:
    return received() | {
        "Type": "NETFLOW_V9", "SequenceNum": 1, "TimeFlowStart": start_ms // 1000,
        "TimeFlowEnd": end_ms // 1000, "TimeFlowStartMs": start_ms, "TimeFlowEndMs": end_ms}


NOW_MS, NTP_OFFSET = EXPORT_SECONDS * 1000, 2_208_988_800
NSEL = ((8, 4), (12, 4), (40001, 4), (40002, 4), (40003, 2), (40004, 2), (40005, 1))
NSEL_BY_IANA = ((8, 4), (12, 4), (225, 4), (226, 4), (227, 2), (228, 2), (233, 1))
NSEL_RECORD = (A + B + packets.address("203.0.113.5") + packets.address("203.0.113.6")
               + number(40_000, 2) + number(8_443, 2) + number(2, 1))
NSEL_FLOW = received() | {
    "Type": "NETFLOW_V9", "SequenceNum": 1, "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2",
    "Etype": 2048, "PostNatSrcAddr": "203.0.113.5", "PostNatDstAddr": "203.0.113.6",
    "PostNaptSrcPort": 40_000, "PostNaptDstPort": 8_443, "FirewallEvent": 2}

# scope system; total octets and packets exported
OPTIONS = netflow.v9_options_template(257, ((1, 4),), ((40, 4), (41, 4)))

CASES = [
    Case("v9_count_too_small",
         "RFC 3954 §5.1: Count is the number of records in the packet, here 3. It says 1, as some "
         "exporters do; the FlowSets' lengths say what is there, so both flows are.",
         capture(v9([TEMPLATE_SET, data(record(1000), record(2000))], count=1)),
         [flow(), flow(octets=2000)]),
    Case("v9_count_too_large",
         "Count says 1000, two records are there. Nothing is made up for the others.",
         capture(v9([TEMPLATE_SET, data(record())], count=1000)),
         [flow()]),
    Case("v9_data_before_template",
         "RFC 3954 §9: a collector may keep data until its template comes. The first datagram's "
         "data waits, and so does that of the second, which brings the template behind it; then "
         "both are read, each with the time of its own datagram; the third is read.",
         capture(v9([data(record())], count=1),
                 v9([data(record()), TEMPLATE_SET], count=2),
                 v9([data(record())], count=1)),
         [flow(0), flow(1), flow(2)]),
    Case("v9_unknown_set_id",
         "FlowSet ids 2 to 255 are reserved (RFC 3954 §5.3). Such a set is passed over by its "
         "length and counted; the sets around it are read.",
         capture(v9([TEMPLATE_SET, one_set(77, bytes(12)), data(record())], count=3)),
         [flow()], {"bad_set_id": 1}),
    Case("v9_template_without_fields",
         "A template with no fields would make records of no bytes, without end. It is refused; "
         "its data set is then unknown and waits; a template of the same id with fields works.",
         capture(v9([one_set(TEMPLATE, template(256, ()))], count=1),
                 v9([data(record())], count=1),
                 v9([TEMPLATE_SET, data(record())], count=2)),
         [flow(1), flow(2)], {"bad_template": 1}),
    Case("v9_template_of_zero_length",
         "Fields of length 0 only: a record would have no bytes. Refused like one without fields.",
         capture(v9([one_set(TEMPLATE, template(256, ((8, 0), (12, 0)))), data(record())],
                    count=2)),
         [], {"bad_template": 1}),
    Case("v9_template_id_below_256",
         "Ids up to 255 belong to FlowSets with a meaning of their own (RFC 3954 §5.2). A "
         "template 255 is refused, the one behind it in the same FlowSet is learnt.",
         capture(v9([one_set(TEMPLATE, template(255, FIELDS) + template(256, FIELDS)),
                     data(record())], count=3)),
         [flow()], {"bad_template": 1}),
    Case("v9_zero_padding",
         "Padding in every place: three zero bytes behind the record inside the data set, which "
         "are shorter than a record; four and more zero bytes behind a template; and eight zero "
         "bytes behind the last set of the datagram, where a set of length 0 would be.",
         capture(v9([one_set(TEMPLATE, template(256, FIELDS) + PADDING * 3), data(record()),
                     PADDING * 2], count=2)),
         [flow()]),
    Case("v9_set_longer_than_datagram",
         "The data set announces 400 bytes, two records and a half are there. The whole records "
         "are read, then the datagram is over: truncated.",
         capture(v9([TEMPLATE_SET,
                     one_set(256, record(1) + record(2) + record(3)[:10], length=400,
                             align=False)], count=4)),
         [flow(octets=1), flow(octets=2)], {"truncated": 1}),
    Case("v9_set_length_below_header",
         "A set's length includes its own header of 4 bytes, so 3 cannot be. Where the next set "
         "begins is not known, so the rest is lost; what came before counts.",
         capture(v9([TEMPLATE_SET, data(record()), one_set(256, record(), length=3),
                     data(record())], count=4)),
         [flow()], {"bad_set_length": 1}),
    Case("v9_template_cut",
         "The template announces 40 fields and its FlowSet ends in the eighth. It is not learnt, "
         "so its data is unknown; the first thing wrong names the datagram.",
         capture(v9([one_set(TEMPLATE, template(256, FIELDS, count=40)), data(record())],
                    count=2)),
         [], {"truncated": 1}),
    Case("v9_template_redefined",
         "The newest definition of an id counts (RFC 3954 §9): first octets are read from the "
         "last field, then from the first.",
         capture(v9([TEMPLATE_SET, data(record())], count=2),
                 v9([one_set(TEMPLATE, template(256, ((1, 4), (8, 4), (12, 4)))),
                     one_set(256, number(77, 4) + A + B)], count=2)),
         [flow(), received(1) | {"Type": "NETFLOW_V9", "SequenceNum": 1, "Bytes": 77,
                                 "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "Etype": 2048}]),
    Case("v9_template_scope",
         "Templates belong to the exporter's address and the source id (RFC 3954 §5.1): the "
         "source port may change (datagram 2), another source id (3) or address (4) has its own.",
         domains_and_ports(),
         [flow(1)], {"unknown_template": 2}),
    Case("v9_options_are_no_flows",
         "RFC 3954 §6: an options record describes the exporter. Options template, options data, "
         "template and data in one datagram make one flow.",
         capture(v9([one_set(OPTIONS_TEMPLATE, OPTIONS), TEMPLATE_SET,
                     one_set(257, number(1, 4) + number(9_000, 4) + number(7, 4)),
                     data(record())], count=4)),
         [flow()]),
    Case("v9_reduced_and_wide_numbers",
         "Counters may have 1 to 8 bytes: here octets have 8 and packets 3. AS numbers have 4 "
         "bytes here and interfaces 2. FIRST_SWITCHED and LAST_SWITCHED count from the boot "
         "time, which lies 10 s before the export.",
         capture(v9([one_set(TEMPLATE, template(300, ((1, 8), (2, 3), (16, 4), (17, 4), (10, 2),
                                                      (14, 2), (22, 4), (21, 4), (27, 16),
                                                      (28, 16), (4, 1)))),
                     one_set(300, number(2**33, 8) + number(70_000, 3) + number(4_200_000_000, 4)
                             + number(65_001, 4) + number(1, 2) + number(2, 2)
                             + number(6_000, 4) + number(9_000, 4)
                             + packets.address("2001:db8::a") + packets.address("2001:db8::b")
                             + number(58, 1))], count=2)),
         [received() | {"Type": "NETFLOW_V9", "SequenceNum": 1, "Bytes": 2**33, "Packets": 70_000,
                        "SrcAs": 4_200_000_000, "DstAs": 65_001, "InIf": 1, "OutIf": 2,
                        "TimeFlowStart": EXPORT_SECONDS - 4, "TimeFlowEnd": EXPORT_SECONDS - 1,
                        "TimeFlowStartMs": EXPORT_SECONDS * 1000 - 4000,
                        "TimeFlowEndMs": EXPORT_SECONDS * 1000 - 1000, "SrcAddr": "2001:db8::a",
                        "DstAddr": "2001:db8::b", "Etype": 0x86DD, "Proto": 58}]),
    Case("v9_absolute_times",
         "NetFlow v9 has no absolute times of its own (RFC 3954 §8), so exporters borrow those of "
         "IPFIX: seconds (150, 151), milliseconds (152, 153), NTP time (154, 155). They mean what "
         "they mean there. Beside FIRST_SWITCHED (22), which counts from the header's uptime, the "
         "absolute start is left: nProbe sends zeros there; the end, which has no uptime, is read.",
         capture(v9(absolute_times(), count=8)),
         [lasting(NOW_MS - 9000, NOW_MS - 1000), lasting(NOW_MS - 1500, NOW_MS - 250),
          lasting(NOW_MS - 1500, NOW_MS - 1500), lasting(NOW_MS - 4000, NOW_MS - 250)]),
    Case("v9_asa_translations",
         "Cisco ASA's first NetFlow (NSEL) sent translated addresses and ports as elements 40001 "
         "to 40004 and the event as 40005, before IANA had 225 to 228 and 233 for the same; the "
         "second record has those.",
         capture(v9([one_set(TEMPLATE, template(256, NSEL) + template(257, NSEL_BY_IANA)),
                     one_set(256, NSEL_RECORD), one_set(257, NSEL_RECORD)], count=4)),
         [NSEL_FLOW, NSEL_FLOW], arguments="-columns post_nat_src_addr,post_nat_dst_addr,"
         "post_napt_src_port,post_napt_dst_port,firewall_event"),
]
