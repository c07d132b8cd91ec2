"""The lock that comes with a change: what it covers, what it lets through, and when there is none."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.changes import Result
from bot.domain.locks import Lock, in_the_way
from bot.domain.resources import CONFIGMAPS
from bot.engine.locking import LOCK_SECONDS, lock_after
from bot.engine.planned import Planned
from bot.service.in_force import InForce
from bot.service.policy import Policy
from tests.factories import NOW, invocation, plan, ref, step


def planned(result: Result | None = Result.APPLIED, **parts: Any) -> Planned:
    asked = {"locks": "is it fixed?"} | parts
    with_config = plan(step(target=ref("web-env", kind=CONFIGMAPS)), step(), **asked)
    return Planned(plan=with_config, invocation=invocation(), args={}, confirmed_at=NOW, result=result)


def lock() -> Lock:
    found = lock_after(planned(), InForce.nothing())
    assert found is not None
    return found


def test_it_covers_the_workload_for_a_day_and_names_who_rolled_back():
    found = lock()
    assert (found.what, found.kind, found.owner_name) == ("shop/web on prod", "deployments", "ana")
    assert (found.reason, found.since, found.until) == ("is it fixed?", NOW, NOW + LOCK_SECONDS)
    assert lock() == found


@pytest.mark.parametrize("verb", ["rollback", "scale", "autoscale", "restart", "pause", "resume", "drain"])
def test_what_helps_in_an_incident_is_let_through(verb: str):
    assert in_the_way((ref(),), verb, NOW, locks=(lock(),), freezes=()) is None


@pytest.mark.parametrize("verb", ["deploy", "set image", "set env", "set resources", "delete"])
def test_what_brings_something_new_is_not(verb: str):
    assert in_the_way((ref(),), verb, NOW, locks=(lock(),), freezes=())
    assert in_the_way((ref("other"),), verb, NOW, locks=(lock(),), freezes=()) is None


@pytest.mark.parametrize("result", [*(one for one in Result if one is not Result.APPLIED), None])
def test_what_was_not_made_locks_nothing(result: Result | None):
    assert lock_after(planned(result), InForce.nothing()) is None


def test_what_asks_for_none_gets_none_and_the_configuration_may_want_none():
    assert lock_after(planned(locks=""), InForce.nothing()) is None
    assert lock_after(planned(), InForce(Policy(), {}, lock_after_rollback=False)) is None
