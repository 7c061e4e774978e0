# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of what is remembered from one datagram to the next: sampling rates of options data,
data that waits for its template, limits of the template store, sequence numbers."""

from case import A, ARRIVAL_SECONDS, B, Case, arrive, capture, frame, received
from ipfix_cases import OPTIONS_TEMPLATE, TEMPLATE_SET, data, flow, record
from support import netflow, pcap
from support.netflow import ipfix, ipfix_options_template, number, one_set, template, v5, v9

OTHER, NEWCOMER = "192.0.2.101", "192.0.2.102"
SAMPLER_FIELDS = ((8, 4), (12, 4), (48, 1))
BARE = {"Type": "IPFIX", "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "Etype": 2048}


def options(template_id: int, fields, *values: int, scope=(149, 4), scope_value: int = 0) -> bytes:
    """An options template with one scope, and one record of it."""
    body = number(scope_value, scope[1]) + b"".join(
        number(value, field[1]) for value, field in zip(values, fields))
    return (one_set(OPTIONS_TEMPLATE, ipfix_options_template(template_id, (scope,), fields))
            + one_set(template_id, body))


def rates_by_width() -> bytes:
    """One domain for each way to announce a rate."""
    announced = (
        options(300, ((34, 4),), 100),
        options(300, ((34, 1),), 200),
        options(300, ((50, 8),), 300),
        options(300, ((305, 2),), 400),
        options(300, ((305, 4), (306, 4)), 1, 499),
        options(300, ((305, 4), (306, 4)), 10, 5990),
        options(300, ((309, 4), (310, 4)), 10, 7000),
        options(300, ((305, 4), (309, 4), (310, 4)), 1, 1, 800),
        options(300, ((34, 4, 9),), 900))
    return capture(*(ipfix([TEMPLATE_SET, data(record(i)), each, data(record(i))], domain=i,
                           sequence=0)
                     for i, each in enumerate(announced, 1)))


def rate_flows() -> list[dict]:
    """Before the options of the datagram, and behind them. Another enterprise's 34 is no rate."""
    found = []
    for i, rate in enumerate((100, 200, 300, 400, 500, 600, 700, 800, 0), 1):
        before = flow(i - 1, i, SequenceNum=0, ObservationDomainId=i)
        found += [before, before | ({"SamplingRate": rate} if rate else {})]
    return found


def samplers() -> bytes:
    """Two samplers, and records that name one, the other, one that was not announced."""
    sets = [one_set(2, template(256, SAMPLER_FIELDS))]
    sets += [options(300, ((48, 1), (34, 4)), 1, 100), options(300, ((48, 1), (34, 4)), 2, 200)]
    sets += [one_set(256, b"".join(A + B + number(sampler, 1) for sampler in (1, 2, 3)))]
    return capture(ipfix(sets, sequence=0))


def at(*frames: tuple[int, bytes]) -> bytes:
    """Frames at so many seconds after the first arrival."""
    return pcap.pcap_bytes([pcap.Packet((ARRIVAL_SECONDS + seconds) * 10**9, content)
                            for seconds, content in frames])


def flood_of_templates() -> bytes:
    """Room for four templates. One exporter takes it all and does not use it; another comes."""
    flood = ipfix([one_set(2, b"".join(template(256 + i, ((8, 4),)) for i in range(4)))])
    return at((0, frame(flood, source=OTHER)),
              (1, frame(ipfix([TEMPLATE_SET]), source=NEWCOMER)),
              (61, frame(ipfix([data(record(1))]), source=NEWCOMER)),
              (62, frame(ipfix([TEMPLATE_SET, data(record(2))]), source=NEWCOMER)))


def flood_of_own_templates() -> bytes:
    """An exporter, or whoever sends under its name, goes over its own limit of four templates: the
    newest unused one gives way once it has been silent, not the one at work."""
    return at((0, frame(ipfix([TEMPLATE_SET]))),
              (1, frame(ipfix([one_set(2, b"".join(template(300 + i, ((8, 4),))
                                                   for i in range(4)))]))),
              (2, frame(ipfix([data(record(1))]))),
              (70, frame(ipfix([one_set(2, template(310, ((8, 4),)))]))),
              (71, frame(ipfix([data(record(2))]))),
              (72, frame(ipfix([one_set(310, A)]))))


def from_(source: str, seconds: int, octets: int) -> dict:
    return flow(0, octets) | {"TimeReceived": ARRIVAL_SECONDS + seconds, "SamplerAddress": source}


def v9_data(sequence: int) -> bytes:
    return v9([one_set(256, A + B)], count=1, sequence=sequence)


def v9_sequence() -> bytes:
    """The template, then 12, 13, 15 (one lost), 18 (two lost), 16 (late), 19, 19 (twice)."""
    taught = v9([one_set(0, template(256, ((8, 4), (12, 4))))], count=1, sequence=11)
    return capture(taught, *(v9_data(number_) for number_ in (12, 13, 15, 18, 16, 19, 19)))


def v9_flow(index: int, sequence: int) -> dict:
    return received(index) | {"Type": "NETFLOW_V9", "SequenceNum": sequence, "SrcAddr": "10.0.0.1",
                              "DstAddr": "10.0.0.2", "Etype": 2048}


def v5_flow(index: int, sequence: int, rate: int = 0) -> dict:
    return received(index) | {
        "Type": "NETFLOW_V5", "SequenceNum": sequence, "Bytes": 100, "Packets": 1,
        "SrcAddr": "10.0.0.1", "DstAddr": "10.0.0.2", "NextHop": "0.0.0.0", "Etype": 2048,
        "Proto": 17, "InIf": 1, "OutIf": 2, "TimeFlowStart": 1_699_999_990,
        "TimeFlowEnd": 1_699_999_990, "TimeFlowStartMs": 1_699_999_990_000,
        "TimeFlowEndMs": 1_699_999_990_000} | (
            {"SamplingRate": rate} if rate else {})


V5_RECORD = netflow.v5_record(A, B)

CASES = [
    Case("state_sampling_rates",
         "RFC 5477 §8.2 and RFC 7270: elements 34 and 50 are a rate; 305 alone is one, with 306 it "
         "is (interval + space) / interval; 310 by 309 is the ratio of one of N at random. Any "
         "width counts. A rate holds from its options data on, for its own observation domain: the "
         "first flow of each domain comes before it. Element 34 of an enterprise is another one.",
         rates_by_width(), rate_flows(), counters={"templates_learnt": 18}),
    Case("state_sampling_by_sampler",
         "Rates of samplers 1 and 2 (element 48). A record that names its sampler has that "
         "sampler's rate; one that names an unknown one, while the samplers differ, has none.",
         samplers(),
         [received() | BARE | {"SamplingRate": rate} if rate else received() | BARE
          for rate in (100, 200, 0)]),
    Case("state_sampling_fallback",
         "The configured rate of an exporter's longest prefix counts where nothing is announced: "
         "in the header of NetFlow v5, in options data. The last exporter is in no prefix.",
         pcap.pcap_bytes(arrive([
             frame(v5([V5_RECORD], sampling=0x4064, sequence=1)),
             frame(v5([V5_RECORD], sequence=2)),
             frame(ipfix([TEMPLATE_SET, data(record(1))])),
             frame(ipfix([options(300, ((34, 4),), 50), data(record(2))], sequence=2)),
             frame(ipfix([TEMPLATE_SET, data(record(3))]), source="203.0.113.9")])),
         [v5_flow(0, 1, 100), v5_flow(1, 2, 4000), flow(2, 1, SamplingRate=4000),
          flow(3, 2, SequenceNum=2, SamplingRate=50),
          flow(4, 3) | {"SamplerAddress": "203.0.113.9"}],
         arguments="-sampling.fallback 192.0.0.0/8=3000,192.0.2.0/24=4000,192.0.3.0/24=5000"),
    Case("state_sampling_across_domains",
         "goflow2's -samplingrate.fallback: a domain without a rate takes the one that its "
         "exporter announced for another. Another exporter's rate is none of its business.",
         pcap.pcap_bytes(arrive([
             frame(ipfix([TEMPLATE_SET, options(300, ((34, 4),), 50)])),
             frame(ipfix([TEMPLATE_SET, data(record(1))], domain=7)),
             frame(ipfix([TEMPLATE_SET, data(record(2))], domain=7), source=OTHER)])),
         [flow(1, 1, ObservationDomainId=7, SamplingRate=50),
          flow(2, 2, ObservationDomainId=7) | {"SamplerAddress": OTHER}],
         arguments="-samplingrate.fallback"),
    Case("state_park_keeps_time_and_rate",
         "Data waits for its template in the order of arrival, each set with the time and the "
         "sequence number of its own datagram; the rate is what is known when the template comes, "
         "that of the same datagram included. Another domain's data waits on: its template does "
         "not come, and its datagram is dropped in the end.",
         capture(ipfix([data(record(1))], sequence=10), ipfix([data(record(2))], sequence=11),
                 ipfix([data(record(3))], sequence=1, domain=4),
                 ipfix([TEMPLATE_SET, options(300, ((34, 4),), 60), data(record(4))], sequence=12)),
         [flow(0, 1, SequenceNum=10, SamplingRate=60), flow(1, 2, SequenceNum=11, SamplingRate=60),
          flow(3, 4, SequenceNum=12, SamplingRate=60)],
         {"unknown_template": 1},
         counters={"templates_learnt": 2, "sets_parked": 3, "sets_unparked": 2, "sets_expired": 1}),
    Case("state_park_expires",
         "The first datagram's data has waited for three seconds when the template comes, one more "
         "than it may; the second's for two.",
         at((0, frame(ipfix([data(record(1))]))), (1, frame(ipfix([data(record(2))]))),
            (3, frame(ipfix([TEMPLATE_SET])))),
         [flow(1, 2)], {"unknown_template": 1}, "-templates.park-age 2000",
         counters={"templates_learnt": 1, "sets_parked": 2, "sets_unparked": 1, "sets_expired": 1}),
    Case("state_park_off",
         "With no memory to wait in, data before its template is dropped at once.",
         capture(ipfix([data(record(1))]), ipfix([TEMPLATE_SET, data(record(2))])),
         [flow(1, 2)], {"unknown_template": 1}, "-templates.park-bytes 0",
         counters={"templates_learnt": 1}),
    Case("state_template_flood",
         "A store that one exporter has filled with templates that no data uses is closed to a "
         "newcomer for as long as they are fresh, a minute. Then one of them gives way, and the "
         "newcomer's data, that which waits included, is read.",
         flood_of_templates(),
         [from_(NEWCOMER, 61, 1), from_(NEWCOMER, 62, 2)], {"template_limit": 1},
         "-limits.templates 4",
         counters={"templates_learnt": 5, "templates_evicted": 1, "sets_parked": 1,
                   "sets_unparked": 1}),
    Case("state_template_flood_of_its_own",
         "An exporter with as many templates as it may have teaches one more: the newest unused "
         "one gives way when it is a minute old. Template 256, which data has used, stays.",
         flood_of_own_templates(),
         [flow(2, 1), flow(71, 2),
          {"TimeReceived": ARRIVAL_SECONDS + 72, "SamplerAddress": "192.0.2.100", "Type": "IPFIX",
           "SequenceNum": 1, "SrcAddr": "10.0.0.1", "Etype": 2048}],
         {"template_limit": 1}, "-limits.templates-per-exporter 4",
         counters={"templates_learnt": 5, "templates_evicted": 1}),
    Case("state_template_key",
         "With the key address_port, the templates of one source port are not those of another.",
         pcap.pcap_bytes(arrive([
             frame(ipfix([TEMPLATE_SET])), frame(ipfix([data(record(1))])),
             frame(ipfix([data(record(2))]), source_port=50001)])),
         [flow(1, 1)], {"unknown_template": 1}, "-templates.key address_port",
         counters={"templates_learnt": 1, "sets_parked": 1, "sets_expired": 1}),
    Case("state_sequence_v9",
         "RFC 3954 §5.1: the number counts export packets. 14 never comes; 16 and 17 are missing "
         "when 18 comes, and 16 comes late after all; 19 comes twice. Lost in the end: 14 and 17.",
         v9_sequence(),
         [v9_flow(i, number_) for i, number_ in enumerate((12, 13, 15, 18, 16, 19, 19), 1)],
         counters={"templates_learnt": 1, "sequence_lost": 2, "sequence_late": 1,
                   "sequence_duplicates": 1}),
    Case("state_sequence_ipfix",
         "RFC 7011 §3.1: the number counts data records, those of options included. The first "
         "datagram has three of them (0 to 2), the second one (3), the third begins at 9: five are "
         "lost. The fourth goes on at 10.",
         capture(ipfix([TEMPLATE_SET, options(300, ((34, 4),), 1), data(record(1), record(2))],
                       sequence=0),
                 ipfix([data(record(3))], sequence=3), ipfix([data(record(4))], sequence=9),
                 ipfix([data(record(5))], sequence=10)),
         [flow(0, 1, SequenceNum=0, SamplingRate=1), flow(0, 2, SequenceNum=0, SamplingRate=1),
          flow(1, 3, SequenceNum=3, SamplingRate=1), flow(2, 4, SequenceNum=9, SamplingRate=1),
          flow(3, 5, SequenceNum=10, SamplingRate=1)],
         counters={"templates_learnt": 2, "sequence_lost": 5, "sequence_duplicates": 0,
                   "sequence_resets": 0}),
    Case("state_sequence_v5",
         "NetFlow v5's number counts flows: after two flows from 100 on comes 102, not 105.",
         capture(v5([V5_RECORD] * 2, sequence=100), v5([V5_RECORD], sequence=105),
                 v5([V5_RECORD], sequence=106)),
         [v5_flow(0, 100), v5_flow(0, 100), v5_flow(1, 105), v5_flow(2, 106)],
         counters={"sequence_lost": 3, "sequence_resets": 0}),
]
