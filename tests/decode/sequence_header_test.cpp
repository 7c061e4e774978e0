// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/sequence_header.hpp"

#include <gtest/gtest.h>

#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/sflow_builder.hpp"

namespace flow {
namespace {

using namespace flow::test;

SequenceHeader header_of(Bytes payload, const Address& source = ipv4(192, 0, 2, 1)) {
    const ExactBytes exact{payload};
    Datagram given = datagram(exact.bytes());
    given.source = source;
    return sequence_of(given, 3);
}

/// Version, count, uptime, times, sequence, and six bytes of the rest.
ByteBuilder netflow(unsigned version) {
    ByteBuilder out;
    out.u16(version).u16(30).u32(5000).u32(1).u32(2).u32(77).raw({1, 2, 3, 4});
    return out;
}

TEST(SequenceHeader, OfNetflow5CountsFlowsPerEngine) {
    const SequenceHeader header = header_of(netflow(5).bytes());
    EXPECT_EQ(header.domain, (Domain{3, 0x0102, 5}));
    EXPECT_EQ(header.step.number, 77u);
    EXPECT_EQ(header.step.units, 30u);
    EXPECT_TRUE(header.step.units_known);
    EXPECT_TRUE(header.step.has_uptime);
    EXPECT_EQ(header.step.uptime_ms, 5000u);
    EXPECT_EQ(header.step.window, SequenceStep::window_of_records);
}

TEST(SequenceHeader, OfNetflow7And8HasItsOwnDomain) {
    EXPECT_EQ(header_of(netflow(7).bytes()).domain, (Domain{3, 0, 7}));
    EXPECT_EQ(header_of(netflow(8).bytes()).domain, (Domain{3, 0x030102, 8}));
}

TEST(SequenceHeader, OfSflowCountsDatagramsPerSubAgent) {
    const ByteBuilder wire = sflow_message({.sequence = 80}, {});
    const SequenceHeader direct = header_of(wire.bytes(), ipv4(10, 0, 0, 254));
    EXPECT_EQ(direct.domain, (Domain{3, 0, sflow_domain_version}));
    EXPECT_EQ(direct.step.number, 80u);
    EXPECT_EQ(direct.step.units, 1u);
    EXPECT_EQ(direct.step.uptime_ms, 5000u);
    EXPECT_NE(header_of(wire.bytes()).domain, direct.domain) << "an agent behind a relay";
}

TEST(SequenceHeader, IsMissingWhereThereIsNone) {
    for (const unsigned version : {0u, 1u, 9u, 10u, 0xffffu}) {
        EXPECT_EQ(header_of(netflow(version).bytes()).domain.version, 0) << version;
    }
    EXPECT_EQ(header_of({}).domain.version, 0);
    const ByteBuilder no_address = ByteBuilder{}.u32(5).u32(0).fill(40);
    EXPECT_EQ(header_of(no_address.bytes()).domain.version, 0);
}

TEST(SequenceHeader, ThatIsCutIsNone) {
    const ByteBuilder five = netflow(5);
    for (std::size_t size = 0; size < 24; ++size) {
        EXPECT_EQ(header_of(five.bytes().first(size)).domain.version, 0) << size;
    }
    const ByteBuilder sflow = sflow_message({}, {});
    for (std::size_t size = 0; size < 24; ++size) {
        EXPECT_EQ(header_of(sflow.bytes().first(size)).domain.version, 0) << size;
    }
    EXPECT_NE(header_of(sflow.bytes().first(24)).domain.version, 0);
}

}  // namespace
}  // namespace flow
