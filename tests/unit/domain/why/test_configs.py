"""Settings and volumes that a pod waits for."""

from __future__ import annotations

import pytest

from bot.domain.why.config import Config
from tests.factories import container, pod
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    of_web,
    waiting,
)


@pytest.mark.parametrize(
    ("message", "said", "line"),
    [
        ('configmap "web-env" not found', "it needs ConfigMap web-env, and there is none in shop",
         "get configmaps"),
        ('secret "db" not found', "it needs Secret db, and there is none in shop", "get secrets"),
        ("couldn't find key PORT in ConfigMap shop/web-env",
         "it needs the key PORT of ConfigMap web-env, which has no such key", "get configmap web-env"),
        ("couldn't find key PASSWORD in Secret shop/db",
         "it needs the key PASSWORD of Secret db, which has no such key", "get secret db"),
        ("container has runAsNonRoot and image will run as root", "its container cannot be made", ""),
    ],
)  # fmt: skip
def test_settings_that_are_missing(message, said, line):
    found = of_web(waiting("CreateContainerConfigError", message))
    assert headline(found) == f"❌ shop/web on prod: {said} (CreateContainerConfigError)."
    commands = [one.rpartition("] ")[2] for one in lines(found) if one.startswith("[What there is]")]
    assert commands == ([f"{line} -n shop --context prod"] if line else [])


def test_a_missing_key_shows_the_keys_that_are_there_and_no_value():
    known = Config(kind="ConfigMap", name="web-env", keys=("HOST", "PORTS"))
    found = of_web(waiting("CreateContainerConfigError", "couldn't find key PORT in ConfigMap shop/web-env"),
                   configs=(known,))  # fmt: skip
    assert "• it has HOST, PORTS · ConfigMap web-env" in lines(found)
    empty = known.model_copy(update={"keys": ()})
    found = of_web(waiting("CreateContainerConfigError", "couldn't find key PORT in ConfigMap shop/web-env"),
                   configs=(empty,))  # fmt: skip
    assert "• it has no keys at all · ConfigMap web-env" in lines(found)


@pytest.mark.parametrize(
    ("reason", "message", "said"),
    [
        ("FailedMount", 'MountVolume failed for volume "files" : configmap "web-files" not found',
         "it needs ConfigMap web-files, and there is none in shop (FailedMount)"),
        ("FailedMount", 'MountVolume failed for volume "files" : references non-existent config key: a.yaml',
         "it needs the key a.yaml of ConfigMap web-files, which has no such key (FailedMount)"),
        ("FailedMount", 'MountVolume failed for volume "cert" : references non-existent secret key: tls.key',
         "it needs the key tls.key of Secret web-tls, which has no such key (FailedMount)"),
        ("FailedAttachVolume", 'Multi-Attach error for volume "pvc-1" Volume is already used',
         "a volume of its pod cannot be mounted (FailedAttachVolume)"),
    ],
)  # fmt: skip
def test_a_volume_that_is_not_mounted(reason, message, said):
    stuck = broken("web-1a-x", container(waiting="ContainerCreating", ready=False), phase="Pending")
    stuck["spec"]["volumes"] = [
        {"name": "files", "configMap": {"name": "web-files"}},
        {"name": "cert", "secret": {"secretName": "web-tls"}},
    ]
    assert headline(of_web(stuck, events=(event("Pod/web-1a-x", reason, message),))) == (
        f"❌ shop/web on prod: {said}."
    )


def test_a_mount_that_failed_before_it_worked_is_over():
    late = event("Pod/web-1a-x", "FailedMount", 'configmap "web-files" not found')
    assert headline(of_web(pod("web-1a-x"), pod("web-1a-y"), events=(late,))).startswith("✅")
