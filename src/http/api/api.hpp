// SPDX-License-Identifier: BSD-3-Clause
// The API's resources: each turns an observation, or what an action says, into a response. Any
// thread. The JSON is described in openapi.yaml.
#pragma once

#include "http/request.hpp"
#include "http/source.hpp"
#include "metrics/observation.hpp"

namespace flowd::http::api {

// What an observation shows.
[[nodiscard]] Response health(const HealthNow& health);
[[nodiscard]] Response status(const Observation& observation, const HealthNow& health,
                              const Request& request);
[[nodiscard]] Response exporters(const Observation& observation, const Request& request);
[[nodiscard]] Response exporter(const Observation& observation, const Request& request);
[[nodiscard]] Response templates(const Observation& observation, const Request& request);
[[nodiscard]] Response drops(const Observation& observation);
/// goflow2 v2's /templates.
[[nodiscard]] Response goflow2_templates(const Observation& observation);

// What flowd can do.
[[nodiscard]] Response settings(const Actions& actions);
[[nodiscard]] Response reload(Actions& actions);
[[nodiscard]] Response set_log_level(Actions& actions, const Request& request);
/// Holds no observation while it waits.
[[nodiscard]] Response capture(Actions& actions, const Source& source, const Request& request);
[[nodiscard]] Response capture_state(const Actions& actions);
[[nodiscard]] Response keep(Actions& actions, const Request& request);

}  // namespace flowd::http::api
