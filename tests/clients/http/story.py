"""What every Python client of one running `sluice serve --http` goes through, whichever SDK it speaks with.

An SDK is handed in as `connect(key)`, the context of a connection:

- `statuses`: those of all HTTP answers so far, with the method of the request
- `changes`: how often it heard that its tools are others
- `await tools()`: what it is shown, by name; whether each only reads
- `await call(name, arguments)`: an `Answer`
- `await cancelled(name, arguments, begun)`: makes a call, waits for `begun()`, and takes the call back
"""

import json
import os
import sys
import time
import urllib.request
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import anyio

URL, SITE, CHANGING = sys.argv[1:4]
AGENTS = ["reader", "writer", "boss", "asker", "changing"]
KEYS = {agent: os.environ["KEY_" + agent] for agent in AGENTS}
PATIENCE = 20


@dataclass
class Answer:
    """What a call came to."""

    failed: bool
    text: str
    structured: dict | None


def desk(path, body=None):
    """Asks the simulated site's own desk."""
    request = urllib.request.Request(SITE + path, None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def requests():
    """How much the simulated site was asked so far."""
    return desk("/_sandbox/requests")["total"]


async def until(condition):
    """Waits for something that is about to happen."""
    with anyio.fail_after(PATIENCE):
        while not condition():
            await anyio.sleep(0.02)


async def ok(client, name, /, **arguments):
    """The data of an answer, or its text where there is none."""
    answer = await client.call(name, arguments)
    assert not answer.failed, (name, arguments, answer.text)
    return answer.structured or answer.text


async def refused(client, code, name, /, **arguments):
    """A call that is refused, and of which Confluence hears nothing."""
    before = requests()
    answer = await client.call(name, arguments)
    assert answer.failed and answer.text.startswith(f"{code}:") and "try again:" in answer.text, answer
    assert requests() == before, (name, arguments)


async def lists(clients):
    """Each agent is shown what its own profile allows."""
    shown = {agent: await client.tools() for agent, client in clients.items()}
    reader, writer, boss, asker = (shown[agent] for agent in ["reader", "writer", "boss", "asker"])
    # The raw request is what its arguments say.
    assert [name for name, reads in reader.items() if not reads] == ["confluence_request"], reader
    assert reader == shown["changing"]
    assert reader.keys() < writer.keys() < boss.keys()
    assert "create_page" in writer and "delete_page" not in writer
    assert {"create_page", "delete_page"} <= boss.keys() and "delete_space" not in boss
    assert "delete_page" in asker and not {"upload_attachment", "get_user"} & asker.keys()
    return " ".join(f"{agent} {len(tools)}" for agent, tools in shown.items())


async def reads(clients):
    """Everybody finds and reads; the page that was found."""
    for client in clients.values():
        hits = await ok(client, "search_cql", cql='type = page and text ~ "vpn"', limit=2)
        hit = hits["results"][0]
        assert hit["id"] in await ok(client, "get_page", page_id=hit["id"])
    return hit


async def writes(clients, hit):
    """Who may write does; others see it."""
    title = f"Made over HTTP {time.time_ns()}"
    made = await ok(clients["writer"], "create_page", space=hit["space"], title=title, body="# One\n\nTwo.")
    for client in clients.values():
        page = await ok(client, "get_page", page_id=made["id"])
        assert title in page and "# One" in page, page


async def refusals(connect, clients, hit):
    """Who may not write does not, and nobody comes in without a key."""
    page = {"space": hit["space"], "title": "Not to be", "body": "x"}
    await refused(clients["reader"], "refused", "create_page", **page)
    await refused(clients["writer"], "refused", "delete_page", page_id=hit["id"])
    asked = await clients["asker"].call("create_page", page)
    assert not asked.failed and asked.structured["status"] == "pending_approval", asked
    found = await ok(clients["boss"], "search_cql", cql='title = "Not to be"')
    assert not found["results"], found
    for key in [None, "slk_" + "A" * 43]:
        await nobody(connect, key)


async def nobody(connect, key):
    """A connection that does not come about."""
    statuses = []
    try:
        async with connect(key, statuses):
            pass
    except Exception as error:
        assert statuses and {status for _, status in statuses} == {401}, (statuses, error)
        return
    raise AssertionError(f"let in with {key}")


async def cancels(clients, hit):
    """A read that is taken back lets go of Confluence; the connection goes on."""
    client, page = clients["reader"], {"page_id": hit["id"]}
    given_up = desk("/_sandbox/requests")["given_up"]
    before = requests()
    template = "GET /wiki/api/v2/pages/{id}"
    desk("/_sandbox/faults", {"template": template, "effect": {"kind": "slow", "milliseconds": 600_000}})
    await client.cancelled("get_page", page, lambda: until(lambda: requests() > before))
    await until(lambda: desk("/_sandbox/requests")["given_up"] == given_up + 1)
    await ok(client, "get_page", **page)


async def reloads(clients):
    """A profile changes on disk: its agent hears of it and sees more, then less; nobody else hears anything."""
    client, file = clients["changing"], Path(CHANGING)
    before, former = await client.tools(), file.read_text(encoding="utf-8")
    try:
        file.write_text(Path("permissions/documentation-manager.toml").read_text(encoding="utf-8"), encoding="utf-8")
        await until(lambda: client.changes == 1)
        assert await client.tools() == await clients["writer"].tools()
    finally:
        file.write_text(former, encoding="utf-8")
    await until(lambda: client.changes == 2)
    assert await client.tools() == before
    for agent, other in clients.items():
        assert other.changes == (2 if agent == "changing" else 0), (agent, other.changes)


async def story(connect, name):
    """All of it."""
    async with AsyncExitStack() as stack:
        clients = {agent: await stack.enter_async_context(connect(KEYS[agent], [])) for agent in AGENTS}
        shown = await lists(clients)
        hit = await reads(clients)
        await writes(clients, hit)
        await refusals(connect, clients, hit)
        await cancels(clients, hit)
        await reloads(clients)
    print(f"  {name}: {shown} tools; read, wrote, was refused, took a call back, heard of a change")
