// Counts what the conformance suite found in one run, and looks for what it did not find.
//
// Usage: count.mjs SUITE REVISION RESULTS fixtures|product. SUITE is the installed package, RESULTS the folder it wrote
// to. Prints one line. For the fixtures it ends with 1 unless every check of every scenario the revision names, scored or
// not, was made and passed; what a product may miss is for the suite's baseline to say.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";

const [suite, revision, results, mode] = process.argv.slice(2);
const { parse } = createRequire(`${suite}/package.json`)("yaml");
const requirements = parse(readFileSync(`${suite}/requirements/${revision}.yaml`, "utf8"));
const unscored = requirements.not_scored.filter((entry) => entry.leg === "server").map((entry) => entry.scenario);
const scored = requirements.server;

// The suite announces these checks and does not make them yet, whatever the server.
const UNMADE = new Set(["tasks-status-notifications:tasks-status-notifications"]);

const checks = [];
const folders = readdirSync(results);
for (const scenario of [...scored, ...unscored]) {
  const folder = folders.find((name) => name.replace(/^server-/, "").replace(/-\d{4}-\d\d-\d\dT.*$/, "") === scenario);
  const made = folder ? JSON.parse(readFileSync(`${results}/${folder}/checks.json`, "utf8")) : [];
  if (!made.length) made.push({ id: "nothing", status: "SKIPPED", errorMessage: "no check was made" });
  for (const check of made) checks.push({ ...check, scenario, scored: scored.includes(scenario) });
}

const judged = checks.filter(({ status, scenario, id }) => status !== "INFO" && !UNMADE.has(`${scenario}:${id}`));
const passed = (list) => `${list.filter(({ status }) => status === "SUCCESS").length} of ${list.length}`;
const [counting, beside] = [judged.filter((check) => check.scored), judged.filter((check) => !check.scored)];
console.log(
  `${revision} ${mode}: ${passed(counting)} scored checks in ${scored.length} scenarios, ` +
    `${passed(beside)} others in ${unscored.length}`,
);
if (mode === "fixtures") {
  const amiss = judged.filter(({ status }) => status !== "SUCCESS");
  for (const { scenario, id, status, errorMessage } of amiss) console.log(`  ${status} ${scenario}:${id} ${errorMessage}`);
  process.exitCode = amiss.length ? 1 : 0;
}
