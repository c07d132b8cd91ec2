"""Whatever is pressed by whomever in whatever order: nobody approves their own change or counts twice."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import sqlite3
from itertools import permutations
from urllib.parse import parse_qs

import pytest

from bot.domain.changes import MARK
from tests.scenarios.programs import executions
from tests.scenarios.test_late_presses import submitted
from tests.scenarios.test_results import pressed
from tests.world import PEOPLE, slept_out, world

RULE = "    - {{name: {name}, verbs: [scale, exec], exec: look, effect: approve, by: {by}}}\n"
SRE = "{groups: {S0SRE: sre}}"
TWO_OF_THREE = "{count: 2, groups: {S0SRE: sre}, users: {U0CHO: cho}}"
BEN_OR_CHO = "{users: {U0BEN: ben, U0CHO: cho}}"
WAYS = (
    {"one": SRE},
    {"one": TWO_OF_THREE},
    {"one": SRE, "two": BEN_OR_CHO},
)
MEMBERS = {"S0SRE": {"U0ANA", "U0BEN"}}
CHOICES = ("approve",) * 20 + ("confirm",) * 6 + ("deny", "cancel", "sign", "diff", "0")


def policy(way):
    rules = "".join(RULE.format(name=name, by=by) for name, by in way.items())
    return (
        "impersonate: false\nchannels: {C0SHOP: {name: shop, namespace: shop}}\npolicy:\n"
        "  exec: {look: {programs: ['echo *']}}\n  rules:\n"
        "    - {name: looks, verbs: '@reads', effect: allow}\n" + rules
    )


@pytest.fixture
async def pressing(tmp_path):
    (tmp_path / "policy.yaml").write_text(policy(WAYS[0]))
    async with world(tmp_path, socket_mode=False, policy=tmp_path / "policy.yaml") as place:
        await place.start_bot()
        yield place
    await slept_out()


def forms(place):
    """The forms that are open, with whose they are."""
    query = "SELECT id, owner FROM operations WHERE kind = 'form' AND state = 'open' ORDER BY created_at"
    with contextlib.closing(sqlite3.connect(place.folder / "k8s-bot.db")) as connection:
        return connection.execute(query).fetchall()


def state_of(place, plan):
    with contextlib.closing(sqlite3.connect(place.folder / "k8s-bot.db")) as connection:
        return connection.execute("SELECT state FROM operations WHERE id = ?", (plan,)).fetchone()[0]


def asked_of(need):
    groups = need.get("groups", {})
    return set(need.get("users", {})).union(*(MEMBERS[group] for group in groups))


def fits(needs, voters):
    """Whether each place that is asked for can have a person of its own."""
    places = [asked_of(need) for need in needs for _ in range(need.get("count", 1))]
    return any(
        all(user in place for place, user in zip(places, chosen, strict=True))
        for chosen in permutations(voters, len(places))
    )


async def some_presses(place, chance, plan, answered):
    """A handful at once, some of them twice; then what their forms ask for, by owners and by others."""
    clicks = [(chance.choice(("ana", "ben", "cho", "gus", "dia")), chance.choice(CHOICES)) for _ in range(4)]
    clicks += chance.sample(clicks, 1)
    await asyncio.gather(
        *(place.deliver(pressed(place, f"{plan}:{choice}", user=PEOPLE[who])) for who, choice in clicks)
    )
    opened = [one for one in forms(place) if one[0] not in answered]
    answered |= {form for form, _ in opened}
    answers = []
    for form, owner in opened:
        by = owner if chance.random() < 0.8 else chance.choice(list(PEOPLE.values()))
        reason = chance.choice(("it is time", "so be it", "x"))
        answers += [submitted(form, by, reason=reason)] * chance.choice((1, 2))
    await asyncio.gather(*(place.deliver(answer) for answer in answers))


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_done_was_agreed_to_by_as_many_others_as_the_policy_asks_for(pressing, seed, caplog):
    place, chance, answered = pressing, random.Random(seed), set()
    caplog.set_level(logging.INFO)
    if seed:
        await changed(place, policy(WAYS[seed]), caplog)
    for turn in range(5):
        requester = chance.choice(("ana", "ben", "cho"))
        line = f"exec deploy/web -- echo {turn}" if turn % 2 else f"scale web {3 + turn}"
        question = await place.says(requester, line)
        plan = question.value(next(iter(question.buttons))).partition(":")[0]
        await place.deliver(pressed(place, f"{plan}:confirm", user=PEOPLE[requester]))
        if turn == 3:
            await changed(place, policy(WAYS[seed - 1]), caplog)
        for _ in range(5):
            await some_presses(place, chance, plan, answered)
        await place.deliver(pressed(place, f"{plan}:cancel", user=PEOPLE[requester]))
        await place.until(lambda p=plan: state_of(place, p) in {"done", "cancelled", "expired"}, "an end")
    await all_fits(place)


async def changed(place, text, caplog):
    """Let another policy be in force, while they are asked by the old one."""
    caplog.clear()
    (place.folder / "policy.yaml").write_text(text)
    await place.until(lambda: "is in force" in caplog.text, "the new policy")


async def all_fits(place):
    records = place.records()
    requesters = {r["operation"]: r["actor"] for r in records if r["kind"] == "intent"}
    for intent in (r for r in records if r["kind"] == "intent"):
        voters = [one["id"] for one in intent["detail"]["approved_by"]]
        assert intent["actor"] not in voters
        assert len(voters) == len(set(voters))
        assert fits(intent["detail"]["decision"]["needs"], voters), intent
        said = [r["actor"] for r in records if r["kind"] == "vote" and r["operation"] == intent["operation"]
                and r["detail"]["outcome"] == "approved"]  # fmt: skip
        assert said == voters
    assert requesters, "nothing was ever done"
    made = [one["body"]["metadata"]["annotations"][MARK] for one in await place.writes()]
    ran = [parse_qs(one["query"])["command"][1] for one in await executions(place)]
    verbs = {r["operation"]: r["verb"] for r in records if r["kind"] == "intent"}
    assert sorted(made) == sorted(one for one, verb in verbs.items() if verb == "scale")
    assert len(ran) == len(set(ran)) == list(verbs.values()).count("exec")
    for vote in (r for r in records if r["kind"] == "vote"):
        assert vote["actor"] != vote["detail"]["requester"]
