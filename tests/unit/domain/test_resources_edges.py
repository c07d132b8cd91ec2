"""The kinds that verbs name themselves are those of the API, and a reference is the path to its object."""

import pytest

from bot.domain.errors import UsageError
from bot.domain.resources import BUILT_IN, DEPLOYMENTS, NODES, parse_targets
from tests.factories import ref

KINDS = """
deployments.apps/v1 Deployment deploy
replicasets.apps/v1 ReplicaSet rs
statefulsets.apps/v1 StatefulSet sts
daemonsets.apps/v1 DaemonSet ds
pods./v1 Pod po
services./v1 Service svc
nodes./v1 Node no
namespaces./v1 Namespace ns
events./v1 Event ev
endpointslices.discovery.k8s.io/v1 EndpointSlice
horizontalpodautoscalers.autoscaling/v2 HorizontalPodAutoscaler hpa
jobs.batch/v1 Job
cronjobs.batch/v1 CronJob cj
persistentvolumeclaims./v1 PersistentVolumeClaim pvc
configmaps./v1 ConfigMap cm
secrets./v1 Secret
resourcequotas./v1 ResourceQuota quota
poddisruptionbudgets.policy/v1 PodDisruptionBudget pdb
controllerrevisions.apps/v1 ControllerRevision
limitranges./v1 LimitRange limits
"""


@pytest.mark.parametrize("line", KINDS.strip().splitlines())
def test_a_kind_is_known_by_all_its_names(line: str):
    address, kind, *short = line.split()
    resource, _, version = address.partition("/")
    plural, _, group = resource.partition(".")
    (found,) = (known for known in BUILT_IN if known.plural == plural)
    assert (found.group, found.version, found.kind) == (group, version, kind)
    assert (found.singular, found.short_names) == (kind.lower(), tuple(short))


def test_only_nodes_and_namespaces_live_in_no_namespace():
    assert len(BUILT_IN) == len(KINDS.split("\n")) - 2
    assert [kind.plural for kind in BUILT_IN if not kind.namespaced] == ["nodes", "namespaces"]


def test_ten_kinds_at_a_time_and_no_more():
    words = [f"k{n}" for n in range(11)]
    assert len(parse_targets((",".join(words[:10]),))) == 10
    with pytest.raises(UsageError, match=r"^10 resource types at a time"):
        parse_targets((",".join(words),))


@pytest.mark.parametrize("sign", [",", "/"])
def test_a_refusal_repeats_eighty_signs_of_what_was_typed(sign: str):
    with pytest.raises(UsageError) as raised:
        parse_targets((sign * 100,))
    assert raised.value.message.startswith(f"`{sign * 80}` ")


def test_a_reference_is_the_path_to_its_object():
    assert ref(kind=DEPLOYMENTS).path == "/apis/apps/v1/namespaces/shop/deployments/web"
    assert ref("n1", kind=NODES, namespace=None).path == "/api/v1/nodes/n1"
