// SPDX-License-Identifier: BSD-3-Clause
// The rules of a diagnosis: each looks at the evidence and adds what it finds.
#pragma once

#include <vector>

#include "metrics/diagnosis.hpp"
#include "metrics/exporter_counts.hpp"

namespace flowd::rules {

/// Evidence, and what has come lately.
struct Case : Evidence {
    ExporterCounts lately{};
};

using Rule = void (*)(const Case& evidence, std::vector<Finding>& findings);

void missing_template(const Case& evidence, std::vector<Finding>& findings);
void bad_lengths(const Case& evidence, std::vector<Finding>& findings);
void shared_address(const Case& evidence, std::vector<Finding>& findings);
void sequence_unit(const Case& evidence, std::vector<Finding>& findings);
void clock(const Case& evidence, std::vector<Finding>& findings);
void bad_templates(const Case& evidence, std::vector<Finding>& findings);
void changed_template(const Case& evidence, std::vector<Finding>& findings);
void restarts(const Case& evidence, std::vector<Finding>& findings);
void upstream_loss(const Case& evidence, std::vector<Finding>& findings);
void local_loss(const Case& evidence, std::vector<Finding>& findings);
void duplicates(const Case& evidence, std::vector<Finding>& findings);
void reordering(const Case& evidence, std::vector<Finding>& findings);
void impossible_times(const Case& evidence, std::vector<Finding>& findings);
void unknown_rate(const Case& evidence, std::vector<Finding>& findings);
void wrong_listener(const Case& evidence, std::vector<Finding>& findings);
void fragments(const Case& evidence, std::vector<Finding>& findings);
void rare_templates(const Case& evidence, std::vector<Finding>& findings);
void silence(const Case& evidence, std::vector<Finding>& findings);

}  // namespace flowd::rules
