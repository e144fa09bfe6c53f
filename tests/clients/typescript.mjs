// Drives `sluice serve --stdio` with the TypeScript client of MCP in both eras: lists, reads, writes, refusals.
//
// Usage: node typescript.mjs SLUICE SITE FOLDER, with @modelcontextprotocol/client installed in the folder. The client
// itself holds the data of every answer against the tool's output schema.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [sluice, site, folder] = process.argv.slice(2);
const installed = createRequire(`${folder}/`);
const load = async (name) => import(pathToFileURL(installed.resolve(name)).href);
const { Client } = await load("@modelcontextprotocol/client");
const { StdioClientTransport } = await load("@modelcontextprotocol/client/stdio");

const text = (result) => result.content.map((block) => block.text ?? "").join("\n");

async function under(profile, mode, expected) {
  const client = new Client({ name: "clients", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(
    new StdioClientTransport({
      command: sluice,
      args: ["serve", "--stdio", "--profile", profile, "--site", site, "--log", "error"],
      env: {
        ...process.env,
        SLUICE_EMAIL: "admin@example.com",
        SLUICE_API_TOKEN: "sandbox-token",
        SLUICE_DATA_DIR: mkdtempSync(join(tmpdir(), "sluice-")),
      },
    }),
  );
  assert.equal(client.getNegotiatedProtocolVersion(), expected);
  const { tools } = await client.listTools();
  let calls = 0;
  const call = async (name, args) => {
    calls += 1;
    return client.callTool({ name, arguments: args });
  };
  const ok = async (name, args) => {
    const result = await call(name, args);
    assert(!result.isError, `${name}: ${text(result)}`);
    return result.structuredContent ?? text(result);
  };
  const refused = async (name, code, args) => {
    const result = await call(name, args);
    assert(result.isError && text(result).startsWith(`${code}:`), text(result));
  };

  const { results } = await ok("search_text", { query: "vpn", limit: 2 });
  const [{ id, space }] = results;
  assert((await ok("get_page", { page_id: id })).includes(id));
  await ok("list_versions", { page_id: id });
  await ok("list_spaces", {});
  await refused("get_page", "invalid_input", { page_id: "x" });
  await refused("get_page", "not_found", { page_id: "999999999" });
  await refused("delete_page", "refused", { page_id: id });
  await assert.rejects(call("drop_space", {}), { code: -32602 });
  const { resourceTemplates } = await client.listResourceTemplates();
  assert.equal(resourceTemplates.length, 2);
  const { contents } = await client.readResource({ uri: `confluence://page/${id}` });
  assert(contents[0].text.includes(id));
  const ref = { type: "ref/resource", uri: "confluence://space/{key}" };
  const { completion } = await client.complete({ ref, argument: { name: "key", value: space.slice(0, 1) } });
  assert(completion.values.includes(space));
  if (profile === "read-only") {
    await refused("update_page", "refused", { page_id: id, version: 1, body: "x" });
  } else {
    const title = `Made by TypeScript ${process.hrtime.bigint()}`;
    const made = await ok("create_page", { space, title, body: "# One" });
    await ok("update_page", { page_id: made.id, version: made.version, body: "# Two" });
    await refused("update_page", "conflict", { page_id: made.id, version: made.version, body: "stale" });
  }
  await client.close();
  console.log(`  ${expected} ${profile.padEnd(21)} ${tools.length} tools, ${calls} calls`);
}

const manifest = readFileSync(`${folder}/node_modules/@modelcontextprotocol/client/package.json`, "utf8");
console.log(`TypeScript client ${JSON.parse(manifest).version}`);
for (const profile of ["read-only", "documentation-manager"]) {
  await under(profile, "legacy", "2025-11-25");
  await under(profile, "auto", "2026-07-28");
  await under(profile, { pin: "2026-07-28" }, "2026-07-28");
}
