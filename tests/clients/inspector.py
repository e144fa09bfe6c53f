"""Drives `sluice serve --stdio` with the command line of the MCP Inspector: lists, a read, a write, refusals.

Usage: inspector.py SLUICE SITE FOLDER, with @modelcontextprotocol/inspector installed in the folder. `--strict` has the
Inspector judge whether the schemas of the tools work with every client.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SLUICE, SITE, FOLDER = sys.argv[1:4]
PROGRAMS = Path(FOLDER) / "node_modules" / ".bin"
TEMPLATE = Path(__file__).with_name("inspector.json").read_text(encoding="utf-8")


def inspect(home, server, *arguments, fails=None):
    """What the Inspector prints as its result; `fails` is in what it says of an error."""
    config = Path(home) / "inspector.json"
    filled = TEMPLATE.replace("@SLUICE@", SLUICE).replace("@SITE@", SITE).replace("@DATA@", f"{home}/data")
    config.write_text(filled, encoding="utf-8")
    environment = {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "HOME": home,
        "MCP_INSPECTOR_SECRET_STORE": "memory",
    }
    command = ["mcp-inspector", "--cli", "--config", config, "--server", server, "--format", "json", "--quiet"]
    ran = subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if fails is not None:
        assert ran.returncode != 0 and fails in ran.stdout + ran.stderr, (arguments, ran)
        return None
    assert ran.returncode == 0, (arguments, ran.returncode, ran.stdout[-800:], ran.stderr[-800:])
    return json.loads(ran.stdout)["result"]


def call(home, server, name, fails=None, **arguments):
    """Calls a tool; its result."""
    parts = ["--method", "tools/call", "--tool-name", name, "--tool-args-json", json.dumps(arguments)]
    return inspect(home, server, *parts, fails=fails)


def era(home, server):
    """Everything in one era."""
    tools = inspect(home, server, "--method", "tools/list", "--strict")["tools"]
    hits = call(home, server, "search_text", query="vpn", limit=2)["structuredContent"]["results"]
    page_id, space = hits[0]["id"], hits[0]["space"]
    assert page_id in call(home, server, "get_page", page_id=page_id)["content"][0]["text"]
    title = f"Made by the Inspector {time.time_ns()}"
    made = call(home, server, "create_page", space=space, title=title, body="# One")["structuredContent"]
    version = made["version"]
    made = call(home, server, "update_page", page_id=made["id"], version=version, body="# Two")["structuredContent"]
    assert made["version"] == version + 1
    call(home, server, "update_page", fails="conflict:", page_id=made["id"], version=version, body="stale")
    # The Inspector itself knows that a tool is not on the list.
    call(home, server, "delete_page", fails="tool_not_found", page_id=made["id"])
    templates = inspect(home, server, "--method", "resources/templates/list")["resourceTemplates"]
    assert len(templates) == 2, templates
    uri = f"confluence://page/{made['id']}"
    assert "# Two" in inspect(home, server, "--method", "resources/read", "--uri", uri)["contents"][0]["text"]
    print(f"  {server:6} {len(tools)} tools, schemas without complaint, 6 calls, {len(templates)} templates, a resource")


manifest = Path(FOLDER) / "node_modules" / "@modelcontextprotocol" / "inspector" / "package.json"
print(f"Inspector {json.loads(manifest.read_text(encoding='utf-8'))['version']}")
with tempfile.TemporaryDirectory() as home:
    for server in ["legacy", "auto", "modern"]:
        era(home, server)
