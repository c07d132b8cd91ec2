"""rollback: a deployment back to an earlier revision."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.domain.access import Risk
from bot.domain.errors import StalePlanError, TargetNotFoundError, UsageError
from bot.domain.resources import DEPLOYMENTS, ObjectRef
from bot.domain.rollouts.snapshot import CAUSE, REVISION
from bot.domain.workloads import references
from bot.engine.grammar import parse
from commands import rollback, set_image
from commands.rollback import RollbackArgs
from tests.commands.change_steps import WORKLOADS, carry_out, patch, writes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", RollbackArgs(target=("web",))),
        ("deployment/web --to-revision=2", RollbackArgs(target=("deployment/web",), to_revision=2)),
        ("deploy web --to-revision 0", RollbackArgs(target=("deploy", "web"))),
        ("web -n shop", RollbackArgs(target=("web",), namespace="shop")),
        ("web --with-config", RollbackArgs(target=("web",), with_config=True)),
    ],
)
def test_grammar(line, expected):
    assert parse(RollbackArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("web --to-revision=-1", "greater than or equal to 0"),
        ("web --to-revision=last", "`last` is not a valid integer"),
        ("po/db-0", "Not for pods: only for deployments, statefulsets, daemonsets."),
        ("web --now", "No such option"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(RollbackArgs, tuple(line.split()), name="rollback")


async def rolled(kube, *images: str, replicas: int = 1) -> None:
    """The deployment `web` with a revision for each image, the last one running."""
    await kube.deploy("web", image=images[0], replicas=replicas)
    for number, image in enumerate(images[1:], 2):
        await kube.set_image("web", image)
        await at_revision(kube, number)
    await kube.rolled_out("web")


async def at_revision(kube, number: int) -> None:
    async def there() -> bool:
        found = await kube.call("GET", f"{WORKLOADS}/web")
        observed = found["status"].get("observedGeneration") == found["metadata"]["generation"]
        return observed and found["metadata"]["annotations"].get(REVISION) == str(number)

    await kube.until(there)


async def test_the_plan_only_reads(kube, plan, only_reads):
    await rolled(kube, "web:1.0", "web:1.1")
    await kube.forget()
    await plan(rollback.COMMAND, "web")
    await only_reads()


async def test_what_it_says(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    planned = await plan(rollback.COMMAND, "web")
    assert planned.title.plain() == "Roll back shop/web on demo to revision 2: web:1.2 → web:1.1?"
    assert planned.button == "Roll back to web:1.1"
    assert planned.doing.plain() == "shop/web on demo · back to web:1.1 (revision 2)"
    assert planned.done.plain() == "shop/web on demo is back on web:1.1"
    assert planned.risk is Risk.DISRUPTIVE
    assert planned.inverse == "rollout undo web --to-revision=3 -n shop --context demo"
    (warning,) = planned.warnings
    said = r"Only the pod template comes back, as it was \d+ s ago\. Not the number of replicas \(1 now\)\."
    assert re.fullmatch(said, warning.plain())


async def test_with_no_revision_named_the_others_are_a_press_away(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    (other,) = (await plan(rollback.COMMAND, "web")).instead
    assert re.fullmatch(r"Revision 1: web:1\.0, \d+s old", other.label)
    assert other.command == "rollback web --to-revision=1 -n shop --context demo"
    planned = await plan(rollback.COMMAND, "web --to-revision=1")
    assert planned.title.plain() == "Roll back shop/web on demo to revision 1: web:1.2 → web:1.0?"
    assert planned.instead == ()


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    await patch(kube, "web", {"spec": {"replicas": 2}})
    planned = await plan(rollback.COMMAND, "web")
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1.0"
    assert after["spec"]["template"]["metadata"]["labels"] == {"app": "web"}
    assert after["spec"]["replicas"] == 2
    assert after["metadata"]["annotations"][CAUSE] == "/k8s test"
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_what_came_with_the_newer_revision_goes_with_it(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    container = {"name": "web", "image": "web:1.1", "env": [{"name": "NEW", "value": "1"}]}
    await patch(kube, "web", {"spec": {"template": {"spec": {"containers": [container]}}}})
    await at_revision(kube, 2)
    (after,) = await carry_out(cluster, await plan(rollback.COMMAND, "web"))
    assert "env" not in after["spec"]["template"]["spec"]["containers"][0]


async def test_the_way_back_leads_to_where_it_was(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    planned = await plan(rollback.COMMAND, "web")
    await carry_out(cluster, planned)
    await at_revision(kube, 3)
    again = await plan(rollback.COMMAND, planned.inverse.removeprefix("rollout undo "))
    assert again.title.plain() == "Roll back shop/web on demo to revision 2: web:1.0 → web:1.1?"


def lines(planned):
    return [warning.plain() for warning in planned.warnings]


async def config(kube, name="web-env", **parts):
    await kube.create("configmaps", {"metadata": {"name": name}, "data": {"LEVEL": "info"}} | parts)


async def change_config(kube, level):
    path = "/api/v1/namespaces/shop/configmaps/web-env"
    await kube.call(
        "PATCH", path, {"data": {"LEVEL": level}}, **{"Content-Type": "application/merge-patch+json"}
    )


async def reads_config(kube):
    """Two revisions, of which both read a ConfigMap."""
    await config(kube)
    await kube.deploy("web", replicas=1, envFrom=[{"configMapRef": {"name": "web-env"}}])
    await kube.set_image("web", "web:1.1")
    await at_revision(kube, 2)
    await kube.rolled_out("web")


async def test_a_configmap_that_has_changed_since_is_named_and_one_that_has_not_is_not(kube, plan):
    await reads_config(kube)
    assert len(lines(await plan(rollback.COMMAND, "web"))) == 1
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await change_config(kube, "debug")
    _, said = lines(await plan(rollback.COMMAND, "web"))
    assert re.fullmatch(
        r"ConfigMap web-env changed \d+ s ago, after revision 1 was made: what is in it stays as it is\.",
        said,
    )


async def test_a_configmap_that_is_gone_is_said_to_be(kube, plan):
    await reads_config(kube)
    await kube.call("DELETE", "/api/v1/namespaces/shop/configmaps/web-env")
    _, said = lines(await plan(rollback.COMMAND, "web"))
    assert said == "ConfigMap web-env is gone, and revision 1 reads it: its pods may not start."


async def test_a_configmap_that_cannot_be_read_is_said_and_hides_nothing(kube, plan):
    await reads_config(kube)
    await kube.fault(fault="status", path="configmaps/web-env", status=403)
    first, said = lines(await plan(rollback.COMMAND, "web"))
    assert first.startswith("Only the pod template comes back")
    assert said == "Could not look at ConfigMap web-env: the cluster refuses it."


async def kept_config(kube, cluster, keeping, level="debug"):
    """Two revisions that read a ConfigMap, which is kept of the first, and is otherwise since."""
    await reads_config(kube)
    await keep(kube, cluster, keeping, "web:1.0")
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await change_config(kube, level)


async def keep(kube, cluster, keeping, image):
    """As the engine does it when it makes or replaces a revision."""
    found = await kube.call("GET", f"{WORKLOADS}/web")
    found["spec"]["template"]["spec"]["containers"][0]["image"] = image
    ref = ObjectRef(cluster="demo", namespace="shop", type=DEPLOYMENTS, name="web")
    await keeping.keep(cluster, ref, found)


async def test_a_kept_configmap_is_offered_and_is_not_in_the_plan(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    planned = await plan(rollback.COMMAND, "web")
    (_, said) = lines(planned)
    assert re.search(r"stays as it is\. It is kept as it was \d s ago, and can come back\.$", said)
    (button,) = [one for one in planned.instead if "ConfigMap" in one.label]
    assert button.command == "rollback web --to-revision=1 --with-config -n shop --context demo"
    assert len(planned.steps) == 1


async def test_with_its_configmaps_they_are_written_first_and_as_shown(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    planned = await plan(rollback.COMMAND, "web --with-config")
    title = "Roll back shop/web on demo to revision 1: web:1.1 → web:1.0, with ConfigMap web-env?"
    assert planned.title.plain() == title
    assert planned.inverse == "rollout undo web --to-revision=2 --with-config -n shop --context demo"
    assert [step.write.target.type.plural for step in planned.steps] == ["configmaps", "deployments"]
    assert [(c.path, c.before, c.after) for c in planned.steps[0].changes] == [
        ("data.LEVEL", "debug", "info")
    ]
    assert planned.main == 1
    assert not [one for one in planned.instead if "ConfigMap" in one.label]
    await kube.forget()
    config_after, after = await carry_out(cluster, planned)
    assert config_after["data"] == {"LEVEL": "info"}
    assert after["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1.0"
    config_path = "/api/v1/namespaces/shop/configmaps/web-env"
    assert await writes(kube) == {("PATCH", config_path), ("PATCH", f"{WORKLOADS}/web")}


async def test_planning_with_configmaps_only_reads(kube, plan, cluster, keeping, only_reads):
    await kept_config(kube, cluster, keeping)
    await kube.forget()
    await plan(rollback.COMMAND, "web --with-config")
    await only_reads()


async def test_a_configmap_that_moved_since_is_left_alone(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    planned = await plan(rollback.COMMAND, "web --with-config")
    await change_config(kube, "trace")
    await kube.forget()
    with pytest.raises(StalePlanError, match="web-env` has changed since it was shown: what is in it"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()


async def test_values_of_several_lines_are_shown_as_the_lines_that_change(kube, plan, cluster, keeping):
    pages = {"nginx.conf": "listen 80;\nroot /a;\npassword=hunter2;\n"}
    await kube.create("configmaps", {"metadata": {"name": "web-env"}, "data": pages})
    await kube.deploy("web", replicas=1, envFrom=[{"configMapRef": {"name": "web-env"}}])
    await keep(kube, cluster, keeping, "web:1.0")
    await kube.set_image("web", "web:1.1")
    await at_revision(kube, 2)
    body = {"data": {"nginx.conf": "listen 80;\nroot /b;\npassword=hunter2;\n"}}
    path = "/api/v1/namespaces/shop/configmaps/web-env"
    await kube.call("PATCH", path, body, **{"Content-Type": "application/merge-patch+json"})
    *_, shown = (await plan(rollback.COMMAND, "web --with-config")).beside
    assert "-root /b;\n+root /a;" in shown.text
    assert "hunter2" not in shown.text


async def test_with_nothing_kept_that_is_said_and_only_the_template_comes_back(kube, plan):
    await reads_config(kube)
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await change_config(kube, "debug")
    planned = await plan(rollback.COMMAND, "web --with-config")
    first, said = lines(planned)
    assert "There is no ConfigMap to bring back." in first
    assert said.endswith("Nothing of it is kept: what is, is for 30 days.")
    assert len(planned.steps) == 1
    assert planned.inverse == "rollout undo web --to-revision=2 -n shop --context demo"


async def test_the_current_revision_gets_its_configmaps_back_without_a_rollout(kube, plan, cluster, keeping):
    await kept_config(kube, cluster, keeping)
    await keep(kube, cluster, keeping, "web:1.1")
    same = await plan(rollback.COMMAND, "web --to-revision=2 --with-config")
    assert same.nothing.plain().startswith("Nothing to change: shop/web on demo runs what revision 2 was.")
    await change_config(kube, "trace")
    planned = await plan(rollback.COMMAND, "web --to-revision=2 --with-config")
    title = "Bring back ConfigMap web-env of shop/web on demo, as revision 2 ran with it?"
    assert planned.title.plain() == title
    assert (planned.follow, planned.locks) == (None, "")
    assert lines(planned)[0].startswith("No pod is replaced")
    assert planned.instead[0].command == "restart web -n shop --context demo"
    (after,) = await carry_out(cluster, planned)
    assert after["data"] == {"LEVEL": "debug"}


async def test_a_rollback_locks_its_workload_and_says_why(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1")
    assert (await plan(rollback.COMMAND, "web")).locks == "rolled back to revision 1: is it fixed?"


async def test_secrets_are_not_read_and_said_not_to_be_compared(kube, plan):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2"}})
    await kube.deploy("web", replicas=1, envFrom=[{"secretRef": {"name": "db"}}])
    await kube.set_image("web", "web:1.1")
    await at_revision(kube, 2)
    await kube.rolled_out("web")
    await kube.forget()
    planned = await plan(rollback.COMMAND, "web")
    assert lines(planned)[1:] == ["Secret db is not compared: what is in there stays as it is."]
    assert not [asked for asked in await kube.requests() if "/secrets" in asked["path"]]
    assert "hunter2" not in planned.model_dump_json()


async def test_the_replicas_and_the_bounds_of_an_autoscaler_stay(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", replicas=2)
    await patch(kube, "web", {"spec": {"replicas": 4}})
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 8}
    await kube.create(
        "horizontalpodautoscalers", {"metadata": {"name": "web-hpa"}, "spec": spec}, "/apis/autoscaling/v2"
    )
    await kube.rolled_out("web")
    (said,) = lines(await plan(rollback.COMMAND, "web"))
    assert said.endswith("Not the number of replicas (4 now, 2 then), nor the bounds of web-hpa (3 to 8).")


async def test_a_revision_that_was_rolled_back_from_is_not_offered_again(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    await carry_out(cluster, await plan(rollback.COMMAND, "web"))
    await at_revision(kube, 4)
    await kube.rolled_out("web")
    planned = await plan(rollback.COMMAND, "web")
    assert planned.title.plain() == "Roll back shop/web on demo to revision 1: web:1.1 → web:1.0?"
    assert lines(planned)[0] == "Revision 3 (web:1.2) is newer and passed over: left by a rollback."
    assert [button.command for button in planned.instead] == [
        "rollback web --to-revision=3 -n shop --context demo"
    ]
    forced = await plan(rollback.COMMAND, "web --to-revision=3")
    assert forced.title.plain() == "Roll back shop/web on demo to revision 3: web:1.1 → web:1.2?"
    assert lines(forced)[0] == "Revision 3: left by a rollback."


async def test_where_all_that_is_left_is_known_to_be_broken_it_asks_which(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    await carry_out(cluster, await plan(rollback.COMMAND, "web"))
    await at_revision(kube, 3)
    await kube.rolled_out("web")
    with pytest.raises(
        TargetNotFoundError, match="no earlier revision that is not known to be broken"
    ) as refused:
        await plan(rollback.COMMAND, "web")
    assert re.fullmatch(r"There is: 2 \(`web:1\.1`, \d+s old, left by a rollback\)\.", refused.value.hint)
    assert refused.value.suggestions == ("rollback web --to-revision=2 -n shop --context demo",)


async def test_the_revisions_are_shown_with_what_is_known_of_each(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    step = (await plan(set_image.COMMAND, "web web=web:1.2")).steps[0]
    await cluster.apply(step, "0123456789abcdef")
    await at_revision(kube, 3)
    await kube.set_image("web", "web:1.3")
    await at_revision(kube, 4)
    await kube.rolled_out("web")
    (shown,) = (await plan(rollback.COMMAND, "web")).beside
    assert shown.columns == ("REVISION", "HEALTH", "IMAGE", "AGE", "CURRENT FOR", "BY")
    kept = [(row[0], row[1], row[2], row[5]) for row in shown.rows]
    assert kept == [
        ("4 · current", "1 ready now", "web:1.3", "not known"),
        ("3", "not known", "web:1.2", "/k8s test"),
        ("2", "not known", "web:1.1", "not known"),
        ("1", "not known", "web:1.0", "not known"),
    ]
    assert all(re.fullmatch(r"\d+s", row[4]) for row in shown.rows)
    (shown,) = (await plan(rollback.COMMAND, "web --to-revision=2")).beside
    assert [row[0] for row in shown.rows] == ["4 · current", "2"]


async def test_the_form_offers_what_can_be_gone_back_to(kube, ctx):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    choices = await rollback.offered(ctx, {"target": "web", "namespace": "shop"})
    assert [(choice.label, choice.value) for choice in choices] == [("2: web:1.1", "2"), ("1: web:1.0", "1")]
    assert re.fullmatch(r"\d+s old · not known", choices[0].description)
    assert await rollback.offered(ctx, {}) == ()


async def test_a_paused_deployment_is_said_to_be(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1")
    await patch(kube, "web", {"spec": {"paused": True}})
    said = [warning.plain() for warning in (await plan(rollback.COMMAND, "web")).warnings]
    assert said[1:] == ["It is paused: the change is stored, and no pod follows it until it is resumed."]


async def test_the_same_again_is_nothing_to_change(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1")
    planned = await plan(rollback.COMMAND, "web --to-revision 2")
    assert planned.nothing.plain() == "Nothing to change: shop/web on demo runs what revision 2 was."


async def test_a_revision_that_is_not_there_is_answered_with_those_that_are(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    with pytest.raises(TargetNotFoundError, match="`shop/web` has no revision 9") as refused:
        await plan(rollback.COMMAND, "web --to-revision=9")
    assert re.fullmatch(
        r"There is: 2 \(`web:1\.1`, \d+s old\), 1 \(`web:1\.0`, \d+s old\)\.", refused.value.hint
    )
    assert refused.value.suggestions == (
        "rollback web --to-revision=2 -n shop --context demo",
        "rollback web --to-revision=1 -n shop --context demo",
    )


async def test_a_first_revision_has_none_before_it(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError, match="`shop/web` has no earlier revision") as refused:
        await plan(rollback.COMMAND, "web")
    assert refused.value.hint == "It has run only what it runs now."


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    planned = await plan(rollback.COMMAND, "web")
    await kube.set_image("web", "web:1.2")
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"image is now web:1\.2"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()


def test_every_way_to_read_configuration_is_seen():
    volumes = [
        {"configMap": {"name": "files"}},
        {"secret": {"secretName": "keys"}},
        {"projected": {"sources": [{"secret": {"name": "token"}}, {"configMap": {"name": "ca"}}]}},
        {"emptyDir": {}},
    ]
    env = [
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "a"}}},
        {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "C", "value": "plain"},
    ]
    spec = {
        "volumes": volumes,
        "initContainers": [{"name": "i", "envFrom": [{"configMapRef": {"name": "setup"}}]}],
        "containers": [{"name": "c", "env": env}],
    }
    assert references({"spec": spec}) == (
        "ConfigMap ca", "ConfigMap files", "ConfigMap setup", "Secret db", "Secret keys", "Secret token",
    )  # fmt: skip
