"""Drives `sluice serve --http` with the Python SDK of MCP, 2.x, in both eras.

Usage: python_2.py URL SITE PROFILE, with the agents' keys in the environment. The SDK itself checks each answer against
the protocol and, where a tool declares one, against its output schema.
"""

from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ToolListChangedNotification
from story import URL, Answer, story, until


class Connected:
    """A connection."""

    def __init__(self, client):
        self.client = client
        self.changes = 0

    async def tools(self):
        tools = (await self.client.list_tools()).tools
        return {tool.name: tool.annotations.read_only_hint for tool in tools}

    async def call(self, name, arguments):
        result = await self.client.call_tool(name, arguments)
        text = "\n".join(block.text for block in result.content if block.type == "text")
        return Answer(result.is_error, text, result.structured_content)

    async def cancelled(self, name, arguments, begun):
        # The SDK closes the stream of the answer in the newer era, and sends `notifications/cancelled` in the older.
        async with anyio.create_task_group() as group:
            group.start_soon(self.client.call_tool, name, arguments)
            await begun()
            group.cancel_scope.cancel()

    async def heard(self, message):
        self.changes += isinstance(message, ToolListChangedNotification)

    async def listen(self, ready):
        """Counts the changes that are told where one has to ask to be told."""
        async with self.client.listen(tools_list_changed=True) as events:
            ready.set()
            async for _ in events:
                self.changes += 1


def connecting(mode):
    """How a connection in this mode is made."""

    @asynccontextmanager
    async def connect(key, statuses):
        async def note(response):
            statuses.append((response.request.method, response.status_code))

        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        hooks = {"response": [note]}
        async with httpx2.AsyncClient(headers=headers, event_hooks=hooks, timeout=30) as http:
            connected = Connected(None)
            transport = streamable_http_client(URL, http_client=http)
            heard = connected.heard if mode == "legacy" else None
            client = Client(transport, mode=mode, message_handler=heard, read_timeout_seconds=30)
            async with client, anyio.create_task_group() as group:
                connected.client = client
                assert client.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
                if mode == "legacy":
                    await until(lambda: ("GET", 200) in statuses)
                else:
                    ready = anyio.Event()
                    group.start_soon(connected.listen, ready)
                    await ready.wait()
                yield connected
                group.cancel_scope.cancel()

    return connect


async def main():
    print(f"Python SDK {version('mcp')} over HTTP")
    for mode in ["auto", "legacy"]:
        await story(connecting(mode), mode)


anyio.run(main)
