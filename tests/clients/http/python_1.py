"""Drives `sluice serve --http` with the Python SDK of MCP, 1.x, which knows the older eras alone.

Usage: python_1.py URL SITE PROFILE, with the agents' keys in the environment. The SDK itself checks each answer against
the protocol and, where a tool declares one, against its output schema.
"""

from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version

import anyio
import httpx
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import (
    CancelledNotification,
    CancelledNotificationParams,
    ClientNotification,
    ServerNotification,
    ToolListChangedNotification,
)
from story import URL, Answer, story, until


class Connected:
    """A connection."""

    def __init__(self):
        self.session = None
        self.changes = 0

    async def tools(self):
        return {tool.name: tool.annotations.readOnlyHint for tool in (await self.session.list_tools()).tools}

    async def call(self, name, arguments):
        result = await self.session.call_tool(name, arguments)
        text = "\n".join(block.text for block in result.content if block.type == "text")
        return Answer(result.isError, text, result.structuredContent)

    async def cancelled(self, name, arguments, begun):
        # The SDK cannot take a call back: it stops waiting when its time is over, and tells nobody. Whoever uses it has
        # to tell, with the id that the SDK gave the call.
        number = self.session._request_id
        try:
            await self.session.call_tool(name, arguments, read_timeout_seconds=timedelta(seconds=1))
            raise AssertionError("answered")
        except McpError as error:
            assert "Timed out" in error.error.message, error
        await begun()
        params = CancelledNotificationParams(requestId=number, reason="it took too long")
        await self.session.send_notification(ClientNotification(CancelledNotification(params=params)))

    async def heard(self, message):
        told = message.root if isinstance(message, ServerNotification) else None
        self.changes += isinstance(told, ToolListChangedNotification)


@asynccontextmanager
async def connect(key, statuses):
    """Makes a connection."""

    async def note(response):
        statuses.append((response.request.method, response.status_code))

    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers, event_hooks={"response": [note]}, timeout=30) as http:
        connected = Connected()
        async with (
            streamable_http_client(URL, http_client=http) as (reader, writer, _),
            ClientSession(reader, writer, timedelta(seconds=30), message_handler=connected.heard) as session,
        ):
            assert (await session.initialize()).protocolVersion == "2025-11-25"
            connected.session = session
            await until(lambda: ("GET", 200) in statuses)
            yield connected


async def main():
    print(f"Python SDK {version('mcp')} over HTTP")
    await story(connect, "legacy")


anyio.run(main)
