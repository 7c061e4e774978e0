// SPDX-License-Identifier: BSD-3-Clause
// The answers of every case, looked at before it is measured. Each function ends the program when
// one is wrong.
#pragma once

#include "flow/format/protobuf/formatter.hpp"
#include "flow/produce/settings.hpp"
#include "perf/support/traffic.hpp"

namespace flow::perf {

/// Messages of all datagrams: what the compiled programs write is, byte for byte, what the plain
/// formatter writes.
void verify_protobuf(const Traffic& traffic, protobuf::Framing framing, protobuf::RunProgram kernel,
                     const produce::Settings& settings = {});

/// Messages of a kernel alone: those of a whole pipeline.
void verify_kernel(const Traffic& traffic, protobuf::RunProgram kernel);

/// Lines of the first datagrams: every number that the schema's line has equals the protobuf
/// message's. Addresses are judged by the tests.
void verify_json(const Traffic& traffic, const produce::Settings& settings = {});
void verify_text(const Traffic& traffic, const produce::Settings& settings = {});
/// Lines of the naive writer: flowd's, byte for byte.
void verify_naive_json(const Traffic& traffic);

/// Flows of all datagrams: as many, and with the same values, as flowd's.
void verify_yardstick(const Traffic& traffic);

}  // namespace flow::perf
