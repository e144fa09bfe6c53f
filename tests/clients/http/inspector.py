"""Drives `sluice serve --http` with the command line of the MCP Inspector: lists by agent, a read, a write, refusals.

Usage: inspector.py URL SITE FOLDER, with @modelcontextprotocol/inspector installed in the folder and the agents' keys in
the environment. Each command is a connection of its own, so there is nothing that it could cancel or be told.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

URL, SITE, FOLDER = sys.argv[1:4]
PROGRAMS = Path(FOLDER) / "node_modules" / ".bin"
KEYS = {agent: os.environ["KEY_" + agent] for agent in ["reader", "writer", "boss", "asker"]}
KEYS |= {"nobody": None, "stranger": "slk_" + "A" * 43}


def requests():
    """How much the simulated site was asked so far."""
    with urllib.request.urlopen(SITE + "/_sandbox/requests") as answer:
        return json.load(answer)["total"]


class Inspector:
    """The Inspector in one era, with every agent's key in its configuration."""

    def __init__(self, home, era):
        self.era = era
        self.config = Path(home) / f"{era}.json"
        self.environment = {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "HOME": home,
            "MCP_INSPECTOR_SECRET_STORE": "memory",
        }
        servers = {}
        for agent, key in KEYS.items():
            headers = {} if key is None else {"Authorization": f"Bearer {key}"}
            servers[agent] = {"type": "streamable-http", "url": URL, "headers": headers, "protocolEra": era}
        self.config.write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")

    def run(self, agent, *arguments, fails=None):
        """What is printed as the result; `fails` is in what is said of an error."""
        options = ["--config", self.config, "--server", agent, "--format", "json", "--quiet"]
        ran = subprocess.run(
            ["mcp-inspector", "--cli", *options, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if fails is not None:
            assert ran.returncode != 0 and fails in ran.stdout + ran.stderr, (agent, arguments, ran)
            return None
        assert ran.returncode == 0, (agent, arguments, ran)
        return json.loads(ran.stdout)["result"]

    def tools(self, agent):
        """The names of the tools that an agent is shown; the Inspector judges their schemas."""
        return {tool["name"] for tool in self.run(agent, "--method", "tools/list", "--strict")["tools"]}

    def call(self, agent, name, fails=None, **arguments):
        """Calls a tool; its result."""
        parts = ["--method", "tools/call", "--tool-name", name, "--tool-args-json", json.dumps(arguments)]
        return self.run(agent, *parts, fails=fails)


def story(inspector):
    """Everything in one era; two commands at a time, as each takes its time to start."""
    with ThreadPoolExecutor(2) as at_once:
        # It takes the 401 and its challenge for an invitation to sign in, which nobody is there to do.
        strangers = [
            at_once.submit(inspector.run, agent, "--method", "tools/list", fails="auth_required")
            for agent in ["nobody", "stranger"]
        ]
        agents = ["reader", "writer", "boss", "asker"]
        reader, writer, boss, asker = at_once.map(inspector.tools, agents)
        for stranger in strangers:
            stranger.result()
    assert reader < writer < boss and "create_page" in writer - reader
    assert "delete_page" in asker - writer and "upload_attachment" in writer - asker
    hits = inspector.call("reader", "search_text", query="vpn", limit=1)["structuredContent"]["results"]
    space = hits[0]["space"]
    title = f"Made by the Inspector over HTTP {time.time_ns()}"
    made = inspector.call("writer", "create_page", space=space, title=title, body="# One")["structuredContent"]
    assert "# One" in inspector.call("reader", "get_page", page_id=made["id"])["content"][0]["text"]
    if inspector.era == "legacy":
        # In the newer era it is given a task and waits until somebody has decided.
        asked = inspector.call("asker", "create_page", space=space, title="Not to be", body="x")
        assert asked["structuredContent"]["status"] == "pending_approval", asked
    before = requests()
    # The Inspector itself knows that a tool is not on the list.
    inspector.call("reader", "create_page", fails="tool_not_found", space=space, title="Not to be", body="x")
    assert requests() == before
    counts = " ".join(f"{agent} {len(tools)}" for agent, tools in zip(agents, [reader, writer, boss, asker]))
    print(f"  {inspector.era}: {counts} tools, schemas without complaint; read, wrote, was refused")


manifest = Path(FOLDER) / "node_modules" / "@modelcontextprotocol" / "inspector" / "package.json"
print(f"Inspector {json.loads(manifest.read_text(encoding='utf-8'))['version']} over HTTP")
with tempfile.TemporaryDirectory() as home:
    for era in ["legacy", "auto", "modern"]:
        story(Inspector(home, era))
