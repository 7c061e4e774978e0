// SPDX-License-Identifier: BSD-3-Clause
// The page against a server that speaks the API for a net that does not exist.
// Usage: node run.js page.html page.csp FOLDER-FOR-PICTURES [PART-OF-A-NAME]

import {exportersChecks} from "./exporters_checks.js";
import {runAll} from "./harness.js";
import {looksChecks} from "./looks_checks.js";
import {numbersChecks} from "./numbers_checks.js";
import {outageChecks} from "./outage_checks.js";

const [pageFile, policyFile, folder, only] = process.argv.slice(2);
const failures = await runAll([...outageChecks, ...looksChecks, ...numbersChecks,
                               ...exportersChecks], {pageFile, policyFile, folder, only});
process.exitCode = failures ? 1 : 0;
