"""Who somebody is, as Slack says it now; and no guess where it does not."""

import asyncio

import pytest

from bot.domain.access import Standing
from bot.domain.errors import AccessDeniedError
from bot.slack.directory import SlackDirectory

SRE = frozenset({"S0SRE"})


class Clock:
    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def directory(client, clock):
    made = SlackDirectory(client, "T0DEMO", now=clock)
    yield made
    await made.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("slack-")]


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        ("U0ANA", Standing.MEMBER),
        ("U0GUS", Standing.GUEST),
        ("U0SOL", Standing.STRANGER),
        ("U0DIA", Standing.DEACTIVATED),
        ("U0BOT", Standing.BOT),
    ],
)
async def test_what_somebody_is_in_the_workspace(directory, user, standing):
    actor = await directory.actor("T0DEMO", user, groups=frozenset())

    assert (actor.id, actor.team, actor.standing) == (user, "T0DEMO", standing)
    assert actor.name


async def test_an_address_is_known_only_where_the_app_may_read_it_and_it_is_theirs(
    directory, slack, seen, clock
):
    async def address():
        clock.at += 61
        return (await directory.actor("T0DEMO", "U0ANA", groups=frozenset())).email

    slack.workspace.app.scopes.discard("users:read.email")
    assert await address() == ""
    slack.workspace.app.scopes.add("users:read.email")
    assert await address() == "ana@demo.example"
    await seen.plant("person", user="U0ANA", set={"is_email_confirmed": False})
    assert await address() == ""


async def test_a_delivery_from_another_workspace_is_a_strangers(directory):
    actor = await directory.actor("T0OTHER", "U0ANA", groups=SRE)

    assert (actor.standing, actor.groups) == (Standing.STRANGER, frozenset())


async def test_nobody_is_let_through_unknown(directory):
    with pytest.raises(AccessDeniedError):
        await directory.actor("T0DEMO", "U0NOBODY", groups=frozenset())


async def test_groups_hold_only_those_that_are_asked_for(directory):
    ana = await directory.actor("T0DEMO", "U0ANA", groups=SRE)
    cho = await directory.actor("T0DEMO", "U0CHO", groups=SRE)

    assert (ana.groups, cho.groups) == (SRE, frozenset())


async def test_an_answer_is_kept_a_minute_and_asked_anew_when_it_must_be(directory, seen, clock):
    await directory.actor("T0DEMO", "U0ANA", groups=SRE)
    await seen.plant("group", group="S0SRE", users=["U0BEN"])

    clock.at += 59
    assert (await directory.actor("T0DEMO", "U0ANA", groups=SRE)).groups == SRE
    assert (await directory.actor("T0DEMO", "U0ANA", groups=SRE, fresh=True)).groups == frozenset()

    await seen.plant("person", user="U0ANA", set={"deleted": True})
    clock.at += 60
    assert (await directory.actor("T0DEMO", "U0ANA", groups=SRE)).standing is Standing.DEACTIVATED


async def test_many_who_ask_at_once_share_one_question(directory, seen):
    await asyncio.gather(*(directory.actor("T0DEMO", "U0ANA", groups=SRE) for _ in range(20)))

    assert len(await seen.calls("users.info")) == 1
    assert len(await seen.calls("usergroups.users.list")) == 1


async def test_a_question_outlives_the_first_who_asked_it(directory, seen):
    await seen.plant("latency", method="users.info", seconds=0.2, next=1)
    first = asyncio.create_task(directory.actor("T0DEMO", "U0ANA", groups=frozenset()))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(directory.actor("T0DEMO", "U0ANA", groups=frozenset()))
    await asyncio.sleep(0)
    first.cancel()

    assert (await second).standing is Standing.MEMBER


@pytest.mark.parametrize("error", ["plan_upgrade_required", "no_such_subteam"])
async def test_a_group_that_slack_does_not_have_is_empty_and_said_once(directory, seen, caplog, error):
    await seen.plant("error", method="usergroups.users.list", error=error, next=2)

    for _ in range(2):
        actor = await directory.actor("T0DEMO", "U0ANA", groups=SRE, fresh=True)
        assert actor.groups == frozenset()
    assert [record.message for record in caplog.records] == [f"user group S0SRE counts as empty: {error}"]


@pytest.mark.parametrize(
    "trouble",
    [
        {"fault": "status", "status": 500},
        {"fault": "error", "error": "missing_scope"},
        {"fault": "rate-limit", "retryAfter": 30},
    ],
)
@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
async def test_trouble_is_never_taken_for_an_answer(directory, seen, method, trouble):
    await seen.plant(**trouble, method=method)

    with pytest.raises(AccessDeniedError, match="Slack cannot say who"):
        await directory.actor("T0DEMO", "U0ANA", groups=SRE)


async def test_a_short_rate_limit_is_waited_out(directory, seen):
    await seen.plant("rate-limit", method="users.info", retryAfter=1)

    assert (await directory.actor("T0DEMO", "U0ANA", groups=SRE)).standing is Standing.MEMBER


async def test_trouble_is_not_remembered(directory, seen):
    await seen.plant("status", method="users.info", status=500)
    with pytest.raises(AccessDeniedError):
        await directory.actor("T0DEMO", "U0ANA", groups=SRE)

    assert (await directory.actor("T0DEMO", "U0ANA", groups=SRE)).groups == SRE


@pytest.mark.parametrize(
    ("channel", "name", "can_post"),
    [("C0SHOP", "shop", True), ("C0GENERAL", "general", False), ("C0NOWHERE", "", False)],
)
async def test_where_the_bot_may_post(directory, channel, name, can_post):
    found = await directory.channel(channel)

    assert (found.id, found.name, found.can_post) == (channel, name, can_post)


async def test_a_direct_message_needs_no_invitation(directory, client):
    channel = (await client.conversations_open(users="U0ANA"))["channel"]["id"]

    assert (await directory.channel(channel)).can_post


async def test_a_channel_that_was_left_is_known_at_once_when_asked_anew(directory, seen):
    assert (await directory.channel("C0SHOP")).can_post
    await seen.plant("channel", channel="C0SHOP", set={"bot_is_member": False})

    assert not (await directory.channel("C0SHOP", fresh=True)).can_post


async def test_an_outage_does_not_open_a_channel(directory, seen):
    await seen.plant("outage", seconds=1)

    with pytest.raises(AccessDeniedError, match="may post"):
        await directory.channel("C0SHOP")


async def test_who_reads_a_private_channel_and_that_any_other_is_open(directory, seen):
    assert await directory.is_in("C0OPS", "U0DIA")
    assert not await directory.is_in("C0INCIDENT", "U0ANA")  # none that the bot is not in itself
    await seen.plant("channel", channel="C0INCIDENT", set={"bot_is_member": True})
    await directory.channel("C0INCIDENT", fresh=True)

    assert await directory.is_in("C0INCIDENT", "U0ANA")
    assert not await directory.is_in("C0INCIDENT", "U0CHO")
    await seen.plant("outage", seconds=1)
    with pytest.raises(AccessDeniedError, match="who reads that channel"):
        await directory.is_in("C0INCIDENT", "U0ANA")
