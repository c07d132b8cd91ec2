"""Why an image does not arrive."""

from __future__ import annotations

import pytest

from tests.factories import container, deployment, replicaset
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    of_web,
    seen,
    waiting,
)

DENIED = (
    "pull access denied, repository does not exist or may require authorization: server message: "
    "insufficient_scope: authorization failed"
)


@pytest.mark.parametrize(
    ("reason", "message", "said"),
    [
        ("ImagePullBackOff", "manifest unknown: manifest unknown", "not found in registry"),
        ("ErrImagePull", DENIED, "it is not there, or the node may not have it"),
        ("ErrImagePull", "401 Unauthorized", "the registry does not let the node have it"),
        ("ErrImagePull", "403 Forbidden", "the registry does not let the node have it"),
        ("ErrImagePull", "429 Too Many Requests - Server message: toomanyrequests",
         "the registry allows no more pulls for now"),
        ("ErrImagePull", "dial tcp: lookup registry.example.com: no such host",
         "the registry cannot be reached from the node"),
        ("ErrImagePull", "no match for platform in manifest: not found",
         "it is not made for the node's platform"),
        ("InvalidImageName", "couldn't parse image name", "its name can be no image's"),
        ("ErrImageNeverPull", 'Container image "web" is not present with pull policy of Never',
         "it is not on the node, and its pull policy is `Never`"),
    ],
)  # fmt: skip
def test_an_image_that_does_not_arrive(reason, message, said):
    assert headline(of_web(waiting(reason, message))) == (
        f"❌ shop/web on prod: web:1.1 cannot be pulled: {said} ({reason})."
    )


def test_an_image_that_fails_in_a_way_nobody_knows():
    told = lines(of_web(waiting("ErrImagePull", "the moon is full")))
    assert told[0] == "❌ shop/web on prod: web:1.1 cannot be pulled (ErrImagePull)."
    assert "Next: Look at what the registry answers." in told


def test_a_pull_secret_that_is_missing_is_said():
    unread = event("Pod/web-1a-x", "FailedToRetrieveImagePullSecret",
                   "Unable to retrieve some image pull secrets (regcred)")  # fmt: skip
    told = lines(of_web(waiting("ErrImagePull", "401 Unauthorized"), events=(unread,)))
    assert any("image pull secrets (regcred)" in line for line in told[1:4])


def test_ten_pods_of_one_bad_image_are_one_finding():
    pods = [
        broken(f"web-1a-{n}", container(waiting="ErrImagePull", message="not found", ready=False))
        for n in range(10)
    ]
    told = lines(of_web(*pods, replicas=10))
    assert "Also:" not in told
    assert told[0].count("cannot be pulled") == 1


def test_the_newest_template_comes_before_an_older_one():
    old, new = replicaset("web-1a", revision="1"), replicaset("web-2b", revision="2")
    pods = (
        broken("web-1a-x", container(ended=1, ready=False, image="web:old")),
        broken("web-2b-x", container(ended=2, ready=False, image="web:new")),
    )
    found = seen(deployment(revision="2"), pods=pods, sets=(old, new))
    assert "web:new crashes with exit code 2" in headline(found)
    assert "[Roll back] rollback web -n shop --context prod" in lines(found)
