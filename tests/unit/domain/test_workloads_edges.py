"""Which workload a line names, and what a pod template reads."""

from typing import Any

import pytest

from bot.domain.errors import UsageError
from bot.domain.resources import DEPLOYMENTS, STATEFULSETS
from bot.domain.workloads import RESTARTED, named, no_container, references
from tests.factories import ref


def test_a_restart_bears_kubectls_own_annotation():
    assert RESTARTED == "kubectl.kubernetes.io/restartedAt"


def test_one_name_with_its_kind_says_that_all_must_have_theirs():
    with pytest.raises(UsageError, match="is not TYPE/NAME"):
        named(("deployment/web", "api"))
    assert named(("sts/db",), (DEPLOYMENTS, STATEFULSETS)) == (STATEFULSETS, "db")


def test_what_was_typed_wrong_is_repeated_up_to_a_bound():
    with pytest.raises(UsageError, match=f"^Not for `{'k' * 40}`: only for deployments"):
        named(("k" * 41 + "/web",))
    error = no_container(ref(), ("a",), "z" * 61, ())
    assert error.message == f"`shop/web` has no container `{'z' * 60}`"


@pytest.mark.parametrize(
    ("container", "found"),
    [
        ({"envFrom": [{"configMapRef": {"name": "a"}}]}, ("ConfigMap a",)),
        ({"envFrom": [{"secretRef": {"name": "a"}}]}, ("Secret a",)),
        ({"env": [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "a"}}}]}, ("ConfigMap a",)),
        ({"env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "a"}}}]}, ("Secret a",)),
        ({"env": [{"name": "X", "value": "1"}]}, ()),
    ],
)
def test_a_container_reads_configmaps_and_secrets_in_four_ways(container: Any, found: tuple[str, ...]):
    assert references({"spec": {"containers": [container]}}) == found
    assert references({"spec": {"initContainers": [container]}}) == found
