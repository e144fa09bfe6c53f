"""Drives mcp-atlassian, another MCP server for Confluence, against the simulated site: search, read, create, update.

Usage: rival.py MCP_ATLASSIAN SITE. It takes a site for Cloud by its host name, so it is told one and given the simulated
site as its HTTP proxy: nothing has to be changed on the machine. Two of its calls are left out: it never follows to a
media host on this machine, and it moves pages by a form of the web interface instead of by the API.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from importlib.metadata import version

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

PROGRAM, SITE = sys.argv[1:3]
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": tempfile.gettempdir(),
    "CONFLUENCE_URL": os.environ.get("CONFLUENCE_URL", "http://acme.atlassian.net/wiki"),
    "CONFLUENCE_USERNAME": "admin@example.com",
    "CONFLUENCE_API_TOKEN": "sandbox-token",
    "TOOLSETS": "all",
    "FASTMCP_CHECK_FOR_UPDATES": "off",
    "FASTMCP_SHOW_SERVER_BANNER": "false",
} | ({} if "CONFLUENCE_URL" in os.environ else {"HTTP_PROXY": SITE})


async def story(session, folder):
    """What people have it do; it takes files from its own folder alone."""
    calls = 0

    async def call(name, /, **arguments):
        nonlocal calls
        calls += 1
        result = await session.call_tool("confluence_" + name, arguments)
        said = "\n".join(block.text for block in result.content if block.type == "text")
        failed = result.isError or '"error"' in said[:200] or '"success": false' in said
        assert not failed, (name, arguments, said[:800])
        try:
            return json.loads(said)
        except ValueError:
            return said

    [hit, *_] = await call("search", query="vpn", limit=3)
    page_id, key = hit["id"], hit["space"]["key"]
    await call("search", query=f'type = page AND space = "{key}" ORDER BY lastmodified DESC', limit=3)
    page = await call("get_page", page_id=page_id)
    assert page["metadata"]["title"] == hit["title"] and page["metadata"]["content"]["value"], page
    await call("get_page", title=hit["title"], space_key=key)
    await call("get_page_children", parent_id=page_id)
    await call("get_space_page_tree", space_key=key)
    await call("get_comments", page_id=page_id)
    await call("get_labels", page_id=page_id)

    title = f"Made by a rival {time.time_ns()}"
    made = await call("create_page", space_key=key, title=title, content="# One\n\n- two", parent_id=page_id)
    made_id = made["page"]["id"]
    await call("update_page", page_id=made_id, title=title, content="# One\n\n- two\n- three")
    page = await call("get_page", page_id=made_id)
    assert "three" in page["metadata"]["content"]["value"] and page["metadata"]["version"] == 2, page
    found = await call("search", query=f'title = "{title}"')
    assert [hit["id"] for hit in found] == [made_id], found

    comment = await call("add_comment", page_id=made_id, body="Is that so?")
    await call("reply_to_comment", comment_id=comment["comment"]["id"], body="It is.")
    assert len(await call("get_comments", page_id=made_id)) >= 1
    await call("add_label", page_id=made_id, name="alpha")
    await call("get_page_history", page_id=made_id, version=1)
    await call("get_page_diff", page_id=made_id, from_version=1, to_version=2)
    await call("search_user", query='user.fullname ~ "Avery"')
    with open(os.path.join(folder, "words.txt"), "w", encoding="utf-8") as file:
        file.write("Grüße")
    await call("upload_attachment", content_id=made_id, file_path="words.txt")
    files = await call("get_attachments", content_id=made_id)
    file_id = files["attachments"][0]["id"]
    await call("delete_attachment", attachment_id=file_id)
    await call("delete_page", page_id=made_id)
    return calls


async def main():
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w", encoding="utf-8") as nowhere:
        server = StdioServerParameters(command=PROGRAM, args=["--transport", "stdio"], env=ENVIRONMENT, cwd=folder)
        async with stdio_client(server, errlog=nowhere) as (reader, writer), ClientSession(reader, writer) as session:
            await session.initialize()
            tools = len((await session.list_tools()).tools)
            print(f"mcp-atlassian {version('mcp-atlassian')}: {tools} tools, {await story(session, folder)} calls, all answered")


asyncio.run(main())
