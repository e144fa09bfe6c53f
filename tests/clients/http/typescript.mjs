// Drives one running `sluice serve --http` with the TypeScript client of MCP in both eras, by the story of `story.py`.
//
// Usage: node typescript.mjs URL SITE PROFILE FOLDER, with @modelcontextprotocol/client installed in the folder and the
// agents' keys in the environment. The client itself holds the data of every answer against the tool's output schema.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [url, site, changing, folder] = process.argv.slice(2);
const installed = createRequire(`${folder}/`);
const library = pathToFileURL(installed.resolve("@modelcontextprotocol/client"));
const { Client, StreamableHTTPClientTransport } = await import(library.href);

const AGENTS = ["reader", "writer", "boss", "asker", "changing"];
const PATIENCE = 20_000;

const text = (result) => result.content.map((block) => block.text ?? "").join("\n");
const keyOf = (agent) => process.env[`KEY_${agent}`];

async function desk(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const said = await (await fetch(site + path, options)).text();
  return said === "" ? null : JSON.parse(said);
}

const requests = async () => (await desk("/_sandbox/requests")).total;
const givenUp = async () => (await desk("/_sandbox/requests")).given_up;

async function until(condition) {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    assert(performance.now() < end, `in vain: ${condition}`);
    await pause(20);
  }
}

// A connection under this key; `answers` are the methods and statuses of HTTP so far, `changes` counts what it heard.
async function connect(key, mode, answers = []) {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: key === undefined ? {} : { Authorization: `Bearer ${key}` } },
    fetch: async (to, init) => {
      const answer = await fetch(to, init);
      answers.push(`${init?.method ?? "GET"} ${answer.status}`);
      return answer;
    },
  });
  const connected = { changes: 0, failures: [] };
  const onChanged = () => (connected.changes += 1);
  connected.client = new Client(
    { name: "clients", version: "1" },
    { versionNegotiation: { mode }, listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged } } },
  );
  connected.client.onerror = (error) => connected.failures.push(error);
  await connected.client.connect(transport);
  const era = mode === "legacy" ? "2025-11-25" : "2026-07-28";
  assert.equal(connected.client.getNegotiatedProtocolVersion(), era);
  if (mode === "legacy") await until(() => answers.includes("GET 200"));
  else assert(connected.client.autoOpenedSubscription);
  return connected;
}

async function shown({ client }) {
  const { tools } = await client.listTools();
  return Object.fromEntries(tools.map((tool) => [tool.name, tool.annotations.readOnlyHint]));
}

async function ok({ client }, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert(!result.isError, `${name}: ${text(result)}`);
  return result.structuredContent ?? text(result);
}

// A call that is refused, and of which Confluence hears nothing.
async function refused({ client }, name, args) {
  const before = await requests();
  const result = await client.callTool({ name, arguments: args });
  assert(result.isError && text(result).startsWith("refused:"), text(result));
  assert.equal(await requests(), before);
}

// Each agent is shown what its own profile allows.
async function lists(clients) {
  const tools = {};
  for (const agent of AGENTS) tools[agent] = await shown(clients[agent]);
  const names = (agent) => Object.keys(tools[agent]);
  const within = (few, many) =>
    names(few).length < names(many).length && names(few).every((name) => name in tools[many]);
  const { reader, writer, boss, asker } = tools;
  // The raw request is what its arguments say.
  assert.deepEqual(names("reader").filter((name) => !reader[name]), ["confluence_request"]);
  assert.deepEqual(reader, tools.changing);
  assert(within("reader", "writer") && within("writer", "boss"));
  assert("create_page" in writer && !("delete_page" in writer));
  assert("delete_page" in boss && !("delete_space" in boss));
  assert("delete_page" in asker && !("upload_attachment" in asker));
  return AGENTS.map((agent) => `${agent} ${names(agent).length}`).join(" ");
}

// Everybody reads, who may write does and others see it, who may not does not, and nobody comes in without a key.
async function calls(clients, mode) {
  const { results } = await ok(clients.reader, "search_cql", { cql: 'type = page and text ~ "vpn"', limit: 2 });
  const [{ id, space }] = results;
  for (const agent of AGENTS) assert((await ok(clients[agent], "get_page", { page_id: id })).includes(id));
  const title = `Made by TypeScript over HTTP ${process.hrtime.bigint()}`;
  const made = await ok(clients.writer, "create_page", { space, title, body: "# One" });
  for (const agent of AGENTS) assert((await ok(clients[agent], "get_page", { page_id: made.id })).includes("# One"));
  const page = { space, title: "Not to be", body: "x" };
  await refused(clients.reader, "create_page", page);
  await refused(clients.writer, "delete_page", { page_id: id });
  assert.equal((await ok(clients.asker, "create_page", page)).status, "pending_approval");
  assert.deepEqual((await ok(clients.boss, "search_cql", { cql: 'title = "Not to be"' })).results, []);
  for (const key of [undefined, `slk_${"A".repeat(43)}`]) {
    const answers = [];
    await assert.rejects(connect(key, mode, answers));
    assert(answers.length > 0 && answers.every((answer) => answer.endsWith(" 401")), answers);
  }
  return id;
}

// A read that is taken back lets go of Confluence; the connection goes on. The client closes the stream of the answer in
// the newer era, and sends `notifications/cancelled` in the older.
async function cancels({ reader }, id) {
  const [before, former] = [await requests(), await givenUp()];
  const effect = { kind: "slow", milliseconds: 600_000 };
  await desk("/_sandbox/faults", { template: "GET /wiki/api/v2/pages/{id}", effect });
  const taken = new AbortController();
  const call = reader.client.callTool({ name: "get_page", arguments: { page_id: id } }, { signal: taken.signal });
  const ended = assert.rejects(call);
  await until(async () => (await requests()) > before);
  taken.abort("no longer wanted");
  await ended;
  await until(async () => (await givenUp()) === former + 1);
  await ok(reader, "get_page", { page_id: id });
}

// A profile changes on disk: its agent hears of it and sees more, then less; nobody else hears anything.
async function reloads(clients) {
  const own = clients.changing;
  const [before, former] = [await shown(own), readFileSync(changing, "utf8")];
  try {
    writeFileSync(changing, readFileSync("permissions/documentation-manager.toml", "utf8"));
    await until(() => own.changes === 1);
    assert.deepEqual(await shown(own), await shown(clients.writer));
  } finally {
    writeFileSync(changing, former);
  }
  await until(() => own.changes === 2);
  assert.deepEqual(await shown(own), before);
  for (const agent of AGENTS) assert.equal(clients[agent].changes, agent === "changing" ? 2 : 0, agent);
}

const manifest = readFileSync(`${folder}/node_modules/@modelcontextprotocol/client/package.json`, "utf8");
console.log(`TypeScript client ${JSON.parse(manifest).version} over HTTP`);
for (const mode of ["auto", "legacy"]) {
  const clients = {};
  for (const agent of AGENTS) clients[agent] = await connect(keyOf(agent), mode);
  const tools = await lists(clients);
  await cancels(clients, await calls(clients, mode));
  await reloads(clients);
  for (const agent of AGENTS) {
    await clients[agent].client.close();
    assert.deepEqual(clients[agent].failures, []);
  }
  console.log(`  ${mode}: ${tools} tools; read, wrote, was refused, took a call back, heard of a change`);
}
