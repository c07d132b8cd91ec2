"""The unmodified Bolt app, over Socket Mode and over signed HTTP, does the same with both."""

import asyncio
import contextlib

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp


def scaler(client, modal, button):
    """A small app: a command with a question, a button with a modal, and an ear for messages."""
    app = AsyncApp(client=client, signing_secret="demo-signing-secret")
    heard = []

    @app.command("/k8s")
    async def ask(ack, respond, command):
        await ack()
        await respond(f"Scale {command['text']}?", blocks=[button()])

    @app.action("go")
    async def go(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.view("scale")
    async def scale(ack, client, view):
        amount = view["state"]["values"]["replicas"]["amount"]["value"]
        if int(amount) > 10:
            await ack(response_action="errors", errors={"replicas": "at most 10"})
            return
        await ack()
        await client.chat_postMessage(channel="C0SHOP", text=f"scaled to {amount}")

    @app.options("pod")
    async def pods(ack, payload):
        await ack(
            options=[{"text": {"type": "plain_text", "text": payload["value"]}, "value": payload["value"]}]
        )

    @app.event("message")
    async def hear(event):
        heard.append(event["text"])

    @app.command("/slow")
    async def never(ack):
        await asyncio.sleep(0)

    return app, heard


@contextlib.asynccontextmanager
async def over_sockets(app, slack):
    handler = AsyncSocketModeHandler(app, "xapp-demo")
    await handler.connect_async()
    yield
    await handler.close_async()


@contextlib.asynccontextmanager
async def over_http(app, slack):
    async def receive(request):
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.add_routes([web.post("/slack/events", receive)])
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield
    await runner.cleanup()


@pytest.fixture
def app(client, modal, button):
    return scaler(client, modal, button)


@pytest.fixture(params=[over_sockets, over_http])
async def heard(request, app, slack):
    async with request.param(app[0], slack):
        yield app[1]


async def until(look):
    """Look again and again until there is something."""
    for _ in range(300):
        if found := await look():
            return found
        await asyncio.sleep(0.01)
    return pytest.fail("nothing came")


async def test_from_command_to_click_to_modal_to_message(heard, hands):
    assert (await hands.command("/k8s web"))["ok"]
    [question] = await until(hands.reads)
    assert (question["text"], question["ephemeral"]) == ("Scale web?", True)
    place = {"channel": "C0SHOP", "message_ts": question["ts"]}
    assert (await hands.do("action", action_id="go", **place))["ok"]

    async def views():
        return (await hands.sees())["views"]

    [view] = await until(views)
    submit = {"view_id": view["id"], "values": {"replicas": {"amount": {"value": "99"}}}}
    assert (await hands.do("view/submit", **submit))["errors"] == {"replicas": "at most 10"}
    submit["values"]["replicas"]["amount"]["value"] = "4"
    assert (await hands.do("view/submit", **submit))["ok"]

    async def last():
        return (await hands.reads())[1:]

    assert (await until(last))[0]["text"] == "scaled to 4"


async def test_messages_are_heard_and_the_bots_own_are_not(heard, hands, client):
    await client.chat_postMessage(channel="D0ANA", text="from the bot")
    await hands.do("message", channel="D0ANA", text="from ana")

    async def words():
        return heard

    await until(words)
    assert heard == ["from ana"]


async def test_an_external_menu(heard, hands, client):
    menu = {"type": "external_select", "action_id": "pod", "min_query_length": 0}
    blocks = [{"type": "actions", "block_id": "row", "elements": [menu]}]
    ts = (await client.chat_postMessage(channel="C0SHOP", text="x", blocks=blocks))["ts"]
    told = await hands.do("options", channel="C0SHOP", message_ts=ts, action_id="pod", value="web")
    assert told["options"][0]["value"] == "web"


async def test_a_click_that_no_listener_takes(heard, hands, client, button, impatient):
    blocks = [button("nobody")]
    ts = (await client.chat_postMessage(channel="C0SHOP", text="x", blocks=blocks))["ts"]
    told = await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="nobody")
    assert not told["ok"]
    assert (await hands.reads())[0]["failed_actions"] == ["nobody"]


async def test_sockets_come_back_after_a_disconnect(app, slack, hands):
    async with over_sockets(app[0], slack):
        for fault in (
            {"fault": "disconnect", "reason": "refresh_requested"},
            {"fault": "disconnect", "reason": "warning"},
        ):
            [before] = slack.backend.sockets.connections
            await hands.plant(**fault)

            async def renewed(before=before):
                return before not in slack.backend.sockets.connections and slack.backend.sockets.connected

            async def answered():
                return (await hands.command("/k8s web"))["ok"]

            await until(renewed)
            await until(
                answered
            )  # the client may renew twice: for the frame, and for the close that follows it


@pytest.mark.parametrize(("secret", "status"), [("demo-signing-secret", 200), ("another", 401)])
async def test_bolt_checks_the_signature(app, slack, hands, secret, status):
    async with over_http(app[0], slack):
        slack.backend.delivery._secret = secret
        assert (await hands.command("/k8s web"))["ok"] is (status == 200)


async def test_bolt_refuses_a_signature_that_is_too_old(app, slack, hands, clock):
    async with over_http(app[0], slack):
        clock.at -= 400
        assert (await hands.command("/k8s web"))["error"] == "dispatch_failed"
