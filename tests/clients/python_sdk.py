"""Drives `sluice serve --stdio` with the Python SDK of MCP in both eras: every tool, refusals, resources, cancellation.

Usage: python_sdk.py SLUICE SITE. The SDK itself checks each answer against the protocol and, where a tool declares one,
against its output schema; what remains to be checked here is what the answers say.
"""

import asyncio
import base64
import json
import os
import re
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version

import anyio
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import ResourceTemplateReference

SLUICE, SITE = sys.argv[1:3]
MODES = ["auto", "legacy", "2026-07-28"]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def client(profile, mode):
    """A client of a server under this profile."""
    return Client(
        StdioServerParameters(
            command=SLUICE,
            args=["serve", "--stdio", "--profile", profile, "--site", SITE, "--log", "error"],
            env={
                "PATH": os.environ["PATH"],
                "SLUICE_EMAIL": "admin@example.com",
                "SLUICE_API_TOKEN": "sandbox-token",
                "SLUICE_DATA_DIR": tempfile.mkdtemp(prefix="sluice-"),
            },
        ),
        mode=mode,
        read_timeout_seconds=30,
    )


def desk(path, body=None):
    """Asks the simulated site's own desk."""
    request = urllib.request.Request(SITE + path, None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class Calls:
    """Calls tools and keeps count of them."""

    def __init__(self, session):
        self.session = session
        self.called = set()
        self.count = 0
        self.structured = 0

    async def call(self, name, /, **arguments):
        """Calls a tool; what it answers, error or not."""
        self.called.add(name)
        self.count += 1
        return await self.session.call_tool(name, arguments)

    async def ok(self, name, /, **arguments):
        """The answer, as data where the tool declares it, else as text."""
        result = await self.call(name, **arguments)
        assert not result.is_error, (name, arguments, text(result))
        assert result.content, name
        self.structured += result.structured_content is not None
        return result.structured_content or text(result)

    async def refused(self, name, code, /, **arguments):
        """The text of an error with this code."""
        result = await self.call(name, **arguments)
        assert result.is_error, (name, arguments, text(result))
        said = text(result)
        assert said.startswith(code + ":") and "try again:" in said, said
        return said


def text(result):
    return "\n".join(block.text for block in result.content if block.type == "text")


def one(pattern, words):
    """What a pattern finds in words."""
    found = re.search(pattern, words)
    assert found, (pattern, words[:500])
    return found.group(1)


async def fails(code, call):
    """The message of a protocol error with this code."""
    try:
        await call
    except MCPError as error:
        assert error.error.code == code, error.error
        return error.error.message
    raise AssertionError("no error")


async def reads(calls):
    """Calls every tool that reads; answers what the rest builds on."""
    spaces = (await calls.ok("list_spaces", limit=5))["spaces"]
    assert len(spaces) == 5
    hits = await calls.ok("search_text", query="vpn", type="page", limit=3)
    page_id = hits["results"][0]["id"]
    page = await calls.ok("get_page", page_id=page_id)
    assert page_id in page and "version" in page
    await calls.ok("get_page", page_id=page_id, body_format="storage")
    key = hits["results"][0]["space"]
    space = await calls.ok("get_space", space=key)
    assert space["key"] == key
    pages = await calls.ok("list_pages", space=key, limit=3)
    more = await calls.ok("list_pages", space=key, limit=3, cursor=pages["next_cursor"])
    assert not {page["id"] for page in pages["pages"]} & {page["id"] for page in more["pages"]}
    await calls.ok("get_page_by_title", space=key, title=hits["results"][0]["title"])
    home = space["homepage_id"]
    assert (await calls.ok("get_page_children", page_id=home))["children"]
    assert (await calls.ok("get_page_ancestors", page_id=page_id))["ancestors"]
    posts = (await calls.ok("list_blog_posts", limit=2))["blog_posts"]
    await calls.ok("get_blog_post", blog_post_id=posts[0]["id"])
    await calls.ok("list_comments", page_id=page_id)
    await calls.ok("list_labels", page_id=page_id)
    await calls.ok("list_versions", page_id=page_id)
    labelled = await calls.ok("search_cql", cql=f'space = "{key}" and type = page order by lastmodified desc', limit=2)
    assert len(labelled["results"]) == 2
    files = await calls.ok("search_cql", cql="type = attachment", limit=1)
    attachment_id = files["results"][0]["id"]
    file = await calls.ok("get_attachment", attachment_id=attachment_id)
    await calls.ok("list_attachments", page_id=file["page_id"])
    await calls.ok("download_attachment", attachment_id=attachment_id)
    me = await calls.ok("get_current_user")
    await calls.ok("get_user", account_id=me["account_id"])
    assert (await calls.ok("search_users", query="Avery"))["users"]
    return space, page_id


async def writes(calls, space, mode):
    """Calls every tool that writes, under a profile that allows all of them."""
    mark = f"{mode} {time.time_ns()}"
    made = await calls.ok("create_page", space=space["key"], title=f"Made by a client, {mark}", body="# One\n\n- two")
    page_id, number = made["id"], made["version"]
    await calls.refused("create_page", "invalid", space=space["key"], title=f"Made by a client, {mark}", body="x")
    made = await calls.ok("update_page", page_id=page_id, version=number, body="# One\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert made["version"] == number + 1
    said = await calls.refused("update_page", "conflict", page_id=page_id, version=number, body="stale")
    assert str(number) in said and str(number + 1) in said, said
    assert "| 1 | 2 |" in await calls.ok("get_page", page_id=page_id)
    note = await calls.ok("add_comment", page_id=page_id, body="Is that *so*?")
    await calls.ok("reply_to_comment", comment_id=note["id"], body="It is.")
    assert "It is." in await calls.ok("list_comments", page_id=page_id, comment_id=note["id"])
    await calls.ok("add_labels", page_id=page_id, labels=["alpha", "beta"])
    await calls.ok("remove_label", page_id=page_id, label="alpha")
    assert len((await calls.ok("list_labels", page_id=page_id))["labels"]) == 1
    await calls.ok("create_blog_post", space=space["key"], title=f"News, {mark}", body="It *works*.")
    key = "C" + str(time.time_ns())[-9:]
    made = await calls.ok("create_space", key=key, name="Made by a client")
    await calls.ok("update_space", space=key, description="For a while")

    words = await calls.ok("upload_attachment", page_id=page_id, file_name="words.txt", text="Grüße")
    assert "Grüße" in await calls.ok("download_attachment", attachment_id=words["id"])
    picture = await calls.ok("upload_attachment", page_id=page_id, file_name="dot.png", content_base64=PNG)
    blocks = (await calls.call("download_attachment", attachment_id=picture["id"])).content
    assert [block.type for block in blocks] == ["text", "image"] and blocks[1].data == PNG, blocks
    other = base64.b64encode(bytes(range(256))).decode()
    file = await calls.ok("upload_attachment", page_id=page_id, file_name="bytes.bin", content_base64=other)
    blocks = (await calls.call("download_attachment", attachment_id=file["id"])).content
    assert blocks[1].type == "resource" and blocks[1].resource.blob == other, blocks
    await calls.ok("delete_attachment", attachment_id=file["id"])
    await calls.ok("delete_page", page_id=page_id)
    await calls.refused("get_attachment", "not_found", attachment_id="att999999999")


async def mistakes(calls):
    """Everything a caller may get wrong."""
    assert "Unknown tool" in await fails(-32602, calls.session.call_tool("drop_space", {"space": "IT"}))
    for arguments in [
        {},
        {"page_id": "1; drop"},
        {"page_id": ["1"]},
        {"page_id": "1", "pgae_id": "2"},
        {"page_id": "../spaces/1"},
    ]:
        await calls.refused("get_page", "invalid_input", **arguments)
    await calls.refused("search_cql", "invalid", cql="text ~ (")
    await calls.refused("get_page", "not_found", page_id="999999999")


async def resources(session, page_id, key):
    """Templates, reading, completion."""
    templates = (await session.list_resource_templates()).resource_templates
    assert [template.uri_template for template in templates] == ["confluence://page/{id}", "confluence://space/{key}"]
    assert not (await session.list_resources()).resources
    [page] = (await session.read_resource(f"confluence://page/{page_id}")).contents
    assert page_id in page.text and page.mime_type == "text/markdown"
    [space] = (await session.read_resource(f"confluence://space/{key}")).contents
    assert key in space.text
    try:
        await session.read_resource("confluence://page/999999999")
        raise AssertionError("no error")
    except MCPError as error:
        assert error.error.code in (-32002, -32602), error.error
    reference = ResourceTemplateReference(type="ref/resource", uri="confluence://space/{key}")
    found = await session.complete(reference, {"name": "key", "value": key[:1].lower()})
    assert key in found.completion.values, found


async def cancellation(session, page_id):
    """A call that is given up; the connection goes on, and others were not held up."""
    before = desk("/_sandbox/requests")["total"]
    fault = {"template": "GET /wiki/api/v2/pages/{id}", "effect": {"kind": "slow", "milliseconds": 20_000}}
    desk("/_sandbox/faults", fault)
    begun = time.monotonic()
    async with anyio.create_task_group() as group:
        group.start_soon(session.call_tool, "get_page", {"page_id": page_id})
        while desk("/_sandbox/requests")["total"] == before:
            await anyio.sleep(0.02)
        assert not (await session.call_tool("get_current_user", {})).is_error
        group.cancel_scope.cancel()
    assert not (await session.call_tool("get_page", {"page_id": page_id})).is_error
    assert time.monotonic() - begun < 15


async def progress(session, page_id):
    """A long call, with someone who wants to know how far it is."""
    megabytes = base64.b64encode(os.urandom(3 << 20)).decode()
    made = await session.call_tool(
        "upload_attachment", {"page_id": page_id, "file_name": f"{time.time_ns()}.bin", "content_base64": megabytes}
    )
    assert not made.is_error, text(made)
    steps = []

    async def step(done, total, message):
        steps.append((done, total, message))

    attachment = {"attachment_id": made.structured_content["id"]}
    result = await session.call_tool("download_attachment", attachment, progress_callback=step)
    assert not result.is_error and result.content[1].resource.blob == megabytes
    assert steps and [done for done, *_ in steps] == sorted({done for done, *_ in steps}), steps
    assert all(total == 3 << 20 and done <= total for done, total, _ in steps), steps
    return len(steps)


async def under(profile, mode):
    """Everything under one profile in one era."""
    async with client(profile, mode) as session:
        expected = "2025-11-25" if mode == "legacy" else "2026-07-28"
        assert session.protocol_version == expected, session.protocol_version
        tools = (await session.list_tools()).tools
        names = [tool.name for tool in tools]
        assert names == sorted(names)
        calls = Calls(session)
        space, page_id = await reads(calls)
        await mistakes(calls)
        await resources(session, page_id, space["key"])
        note = ""
        if profile == "full-access":
            await writes(calls, space, mode)
            assert calls.called == set(names), set(names) ^ calls.called
            await cancellation(session, page_id)
            note = f", {await progress(session, page_id)} steps of progress"
        else:
            await calls.refused("delete_page", "refused", page_id=page_id)
            if profile == "read-only":
                assert all(tool.annotations.read_only_hint for tool in tools if tool.name != "confluence_request")
                before = desk("/_sandbox/requests")["total"]
                said = await calls.refused("update_page", "refused", page_id=page_id, version=1, body="x")
                assert "hint:" in said and desk("/_sandbox/requests")["total"] == before, said
            else:
                made = await calls.ok("create_page", space=space["key"], title=f"By {mode} {time.time_ns()}", body="x")
                await calls.ok("update_page", page_id=made["id"], version=made["version"], body="y")
                await calls.refused("update_page", "conflict", page_id=made["id"], version=made["version"], body="z")
        schemas = sum(tool.output_schema is not None for tool in tools)
        print(
            f"  {mode:10} {profile:21} {session.protocol_version}  {len(tools)} tools ({schemas} with output schema), "
            f"{calls.count} calls of {len(calls.called)} tools, {calls.structured} held against a schema{note}"
        )


async def main():
    print(f"Python SDK {version('mcp')}")
    for mode in MODES:
        for profile in ["read-only", "documentation-manager", "full-access"]:
            await under(profile, mode)
    assert not desk("/_sandbox/requests")["space_delete_executed"]


asyncio.run(main())
