"""scale: more or fewer pods of a workload."""

from __future__ import annotations

import re

import pytest

from bot.domain.access import Risk
from bot.domain.changes import Plan
from bot.domain.errors import StalePlanError, TargetNotFoundError, UsageError
from bot.engine.grammar import parse
from commands import scale
from commands.scale import ScaleArgs


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web 4", ScaleArgs(target=("web",), replicas=4)),
        ("web --replicas=4", ScaleArgs(target=("web",), replicas=4)),
        ("deployment/web --replicas 4", ScaleArgs(target=("deployment/web",), replicas=4)),
        ("web 4 -n shop", ScaleArgs(target=("web",), replicas=4, namespace="shop")),
        ("deploy web 0", ScaleArgs(target=("deploy", "web"), replicas=0)),
        ("rs/web-7c9d8 2", ScaleArgs(target=("rs/web-7c9d8",), replicas=2)),
        ("-l a=b 2", ScaleArgs(target=("deployments",), replicas=2, selector="a=b")),
        ("-l a=b --replicas=2", ScaleArgs(target=("deployments",), replicas=2, selector="a=b")),
        ("sts -l a=b 2", ScaleArgs(target=("sts",), replicas=2, selector="a=b")),
        ("rs --selector=a --replicas=2", ScaleArgs(target=("rs",), replicas=2, selector="a")),
    ],
)  # fmt: skip
def test_grammar(line, expected):
    assert parse(ScaleArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "How many?"),
        ("web", "How many?"),
        ("web --replicas=-1", "greater than or equal to 0"),
        ("web 1001", "less than or equal to 1000"),
        ("web --replicas=few", "not a valid int"),
        ("pod/web 2", "Not for pods"),
        ("deploy/web pod/api --replicas=2", "Not for pods"),
        ("a b c d e f g h i j k --replicas=2", "No more than 10 workloads at a time"),
        ("Web! 2", "cannot be a name"),
        ("-l a=b", "How many?"),
        ("deploy -l a=b", "How many?"),
        ("web -l a=b 2", "With `-l`, write one TYPE and no name"),
        ("deploy web -l a=b 2", "With `-l`, write one TYPE and no name"),
        ("deploy/web -l a=b 2", "With `-l`, write one TYPE and no name"),
        ("pods -l a=b 2", "With `-l`, write one TYPE and no name"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        parse(ScaleArgs, tuple(line.split()), name="scale")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("web 4", "deployments"),
        ("sts/db 2", "statefulsets"),
        ("-l a=b 2", "deployments"),
        ("rs -l a=b 2", "replicasets"),
    ],
)
def test_the_policy_is_asked_about_the_kind(line, kind):
    assert scale.COMMAND.kinds(parse(ScaleArgs, tuple(line.split()))) == (kind,)


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=2)
    await kube.forget()
    await plan(scale.COMMAND, "web 4")
    await only_reads()


async def test_the_plan_says_what_will_change(kube, plan):
    await kube.deploy("web", replicas=2)
    planned = await plan(scale.COMMAND, "web 4")
    assert planned.title.plain() == "Scale shop/web on demo from 2 to 4?"
    assert planned.button == "Scale to 4"
    assert planned.doing.plain() == "shop/web on demo · 2 → 4 replicas"
    assert planned.done.plain() == "shop/web on demo has 4 replicas"
    assert planned.inverse == "scale deployments/web --replicas=2 -n shop --context demo"
    assert planned.risk is Risk.REVERSIBLE
    (step,) = planned.steps
    assert [(change.path, change.before, change.after) for change in step.changes] == [
        ("spec.replicas", 2, 4)
    ]
    assert planned.follow == step.write.target
    assert not planned.nothing
    assert planned.warnings == ()


async def test_as_many_as_there_are_is_nothing(kube, plan):
    await kube.deploy("web", replicas=2)
    planned = await plan(scale.COMMAND, "web 2")
    assert planned.nothing.plain() == "shop/web on demo has 2 replicas already. Nothing was changed."


async def test_none_serve_nobody(kube, plan):
    await kube.deploy("web", replicas=1)
    (warning,) = (await plan(scale.COMMAND, "web 0")).warnings
    assert warning.plain() == "Nothing will serve while it has no pod."


@pytest.mark.parametrize(
    ("replicas", "expected", "instead"),
    [
        (9, "web-hpa keeps 3 to 8: it will bring this back to 8 within a minute.", 8),
        (5, "web-hpa keeps 3 to 8 by load: 5 holds only until it decides anew.", None),
        (1, "web-hpa keeps 3 to 8: it will bring this back to 3 within a minute.", 3),
        (0, "web-hpa rests while there is no pod: it will not bring any back.", None),
    ],
)
async def test_an_autoscaler_has_the_last_word(kube, plan, replicas, expected, instead):
    await kube.deploy("web", replicas=4)
    for name, aim in (("web-hpa", "web"), ("other", "api")):
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": aim}
        spec = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 8}
        await kube.create(
            "horizontalpodautoscalers", {"metadata": {"name": name}, "spec": spec}, "/apis/autoscaling/v2"
        )
    planned = await plan(scale.COMMAND, f"web {replicas}")
    assert planned.warnings[-1].plain() == expected
    lines = [f"scale deployments/web --replicas={instead} -n shop --context demo"] if instead else []
    assert [button.command for button in planned.instead] == lines


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    await kube.deploy("web", replicas=2)
    planned = await plan(scale.COMMAND, "web 3")
    stored = Plan.model_validate_json(planned.model_dump_json())
    await kube.forget()
    applied = await cluster.apply(stored.steps[0], "change-1")
    assert applied.after["spec"]["replicas"] == 3
    (patch,) = [asked for asked in await kube.requests() if asked["method"] == "PATCH"]
    assert patch["path"] == "/apis/apps/v1/namespaces/shop/deployments/web"
    assert patch["body"]["spec"] == {"replicas": 3}


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=2)
    planned = await plan(scale.COMMAND, "web 4")
    await cluster.apply((await plan(scale.COMMAND, "web 3")).steps[0], "somebody-else")
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"spec\.replicas is now 3"):
        await cluster.apply(planned.steps[0], "change-1")
    assert {asked["method"] for asked in await kube.requests()} == {"GET"}


async def test_a_name_that_is_not_there_has_near_ones(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError, match="there is no deployment `wbe`") as missing:
        await plan(scale.COMMAND, "wbe 4")
    assert missing.value.near == ("web",)


async def stateful(kube, name, replicas=1):
    template = {"metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": name, "image": "db:1"}]}}  # fmt: skip
    spec = {"serviceName": name, "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": template}  # fmt: skip
    await kube.create("statefulsets", {"metadata": {"name": name}, "spec": spec}, group="/apis/apps/v1")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("deploy/web deploy/api --replicas=2", ("deployments",)),
        ("web api 2", ("deployments",)),
        ("sts db cache 2", ("statefulsets",)),
        ("deploy/web sts/db rs/old --replicas=2", ("deployments", "statefulsets", "replicasets")),
    ],
)
def test_several_at_once_are_asked_about_by_their_kinds(line, kinds):
    assert scale.COMMAND.kinds(parse(ScaleArgs, tuple(line.split()))) == kinds


async def test_several_at_once_and_only_those_that_change(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await kube.deploy("api", replicas=3)
    await stateful(kube, "db")
    planned = await plan(scale.COMMAND, "deploy/web deploy/api sts/db deploy/web --replicas=3")
    assert planned.title.plain() == "Scale web, db in shop on demo to 3 replicas each?"
    assert planned.button == "Scale 2 to 3"
    assert planned.follow is None
    assert planned.inverse == "scale deployments/web statefulsets/db --replicas=1 -n shop --context demo"
    after = [await cluster.apply(step, "change-1") for step in planned.steps]
    assert [(one.call.target, one.after["spec"]["replicas"]) for one in after] == [
        ("deployments/shop/web", 3),
        ("statefulsets/shop/db", 3),
    ]


async def test_no_way_back_is_offered_where_they_had_not_as_many(kube, plan):
    await kube.deploy("web", replicas=1)
    await kube.deploy("api", replicas=2)
    assert (await plan(scale.COMMAND, "web api 3")).inverse == ""


async def test_several_that_have_as_many_already(kube, plan):
    await kube.deploy("web", replicas=2)
    await kube.deploy("api", replicas=2)
    planned = await plan(scale.COMMAND, "web api 2")
    assert planned.nothing.plain() == (
        "web, api in shop on demo: each has 2 replicas already. Nothing was changed."
    )


async def test_none_for_any_of_them_is_said(kube, plan):
    await kube.deploy("web", replicas=1)
    await kube.deploy("api", replicas=1)
    (warning,) = (await plan(scale.COMMAND, "web api 0")).warnings
    assert warning.plain() == "Nothing will serve while they have no pod."


async def test_only_from_the_number_that_was_believed(kube, plan):
    await kube.deploy("web", replicas=2)
    with pytest.raises(UsageError, match="`shop/web` has 2 replicas, not 3"):
        await plan(scale.COMMAND, "web --replicas=4 --current-replicas=3")
    assert (await plan(scale.COMMAND, "web --replicas=4 --current-replicas=2")).steps


async def front(kube, name, replicas=1):
    await kube.deploy(name, replicas=replicas)
    path = f"/apis/apps/v1/namespaces/shop/deployments/{name}"
    kind = {"Content-Type": "application/merge-patch+json"}
    await kube.call("PATCH", path, {"metadata": {"labels": {"tier": "front"}}}, **kind)


async def test_all_that_have_the_labels_and_no_other(kube, plan, cluster):
    await front(kube, "web")
    await front(kube, "api")
    await kube.deploy("back", replicas=1)
    planned = await plan(scale.COMMAND, "deploy -l tier=front 2")
    assert planned.title.plain() == "Scale api, web in shop on demo to 2 replicas each?"
    assert planned.inverse == "scale deployments/api deployments/web --replicas=1 -n shop --context demo"
    after = [await cluster.apply(step, "change-1") for step in planned.steps]
    assert [one.call.target for one in after] == ["deployments/shop/api", "deployments/shop/web"]


async def test_the_only_one_with_the_labels_is_followed(kube, plan):
    await front(kube, "web")
    planned = await plan(scale.COMMAND, "-l tier=front 2")
    assert planned.title.plain() == "Scale shop/web on demo from 1 to 2?"
    assert planned.follow.name == "web"


async def test_labels_that_none_or_too_many_have(kube, plan):
    await front(kube, "web")
    with pytest.raises(TargetNotFoundError, match="no statefulsets in `shop` have the labels `tier=front`"):
        await plan(scale.COMMAND, "sts -l tier=front 2")
    for number in range(10):
        await kube.deploy(f"web-{number}", replicas=0, ready=False)
    with pytest.raises(UsageError, match="That is 11 deployments, and 10 is the most at a time"):
        await plan(scale.COMMAND, "-l app!=other 2")
