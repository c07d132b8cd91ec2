"""Limits say what goes beyond them, each thing in half a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.access import Facts
from bot.service.limits import Limits

DIGEST = "sha256:" + "0f" * 32


def said(facts: dict[str, Any], **limits: Any) -> tuple[str, ...]:
    return Limits.model_validate(limits).exceeded(Facts(**facts))


@pytest.mark.parametrize(
    ("replicas", "limits", "sentences"),
    [
        ((2, 5), {"replicas": 5}, ()),
        ((2, 6), {"replicas": 5}, ("6 replicas are more than 5",)),
        ((9, 7), {"replicas": 5}, ("7 replicas are more than 5",)),
        ((2, 1), {"replicas": 0}, ("1 replicas are more than 0",)),
        ((2, 0), {"replicas": 0}, ()),
        ((2, 4), {"step": 2}, ()),
        ((2, 5), {"step": 2}, ("2 → 5 replicas are more than 2 at once",)),
        ((5, 2), {"step": 2}, ("5 → 2 replicas are more than 2 at once",)),
        ((0, 3), {"step": 2}, ("0 → 3 replicas are more than 2 at once",)),
        ((None, 9), {"step": 2}, ()),
        ((None, 9), {"step": 2, "replicas": 8}, ("9 replicas are more than 8",)),
        ((1, 9), {"step": 2, "replicas": 8},
         ("9 replicas are more than 8", "1 → 9 replicas are more than 2 at once")),
        (None, {"step": 1, "replicas": 0}, ()),
    ],
)  # fmt: skip
def test_replicas(replicas: Any, limits: dict[str, Any], sentences: tuple[str, ...]):
    assert said({"replicas": replicas}, **limits) == sentences


@pytest.mark.parametrize(
    ("facts", "sentences"),
    [
        ({"at_once": (2, 4), "replicas": (2, 4)}, ()),
        ({"at_once": (2, 5), "replicas": (2, 5)}, ("2 → 5 replicas are more than 2 at once",)),
        ({"at_once": (2, 5), "replicas": (5, 6)}, ("2 → 5 replicas are more than 2 at once",)),
        ({"at_once": (9, 3)}, ("9 → 3 replicas are more than 2 at once",)),
        ({"at_once": (2, 2), "replicas": (2, 9)}, ("2 → 9 replicas are more than 2 at once",)),
    ],
)
def test_what_an_autoscaler_changes_at_once(facts: dict[str, Any], sentences: tuple[str, ...]):
    assert said(facts, step=2) == sentences
    assert said(facts, replicas=9) == ()


@pytest.mark.parametrize(
    ("image", "limits", "sentence"),
    [
        ("registry.example.com/shop/web:1", {"images": "registry.example.com/*"}, ""),
        ("registry.example.com/web:1", {"images": ["a/*", "registry.example.com/*"]}, ""),
        ("evil.example/registry.example.com/web", {"images": "registry.example.com/*"},
         "evil.example/registry.example.com/web is not of registry.example.com/*"),
        ("registry.example.com.evil.example/web", {"images": "registry.example.com/*"},
         "registry.example.com.evil.example/web is not of registry.example.com/*"),
        ("Registry.Example.COM/web", {"images": "registry.example.com/*"},
         "Registry.Example.COM/web is not of registry.example.com/*"),
        ("registry.example.com@evil.example/web", {"images": "registry.example.com/*"},
         "docker.io/library/registry.example.com is not of registry.example.com/*"),
        ("eu.example.com/shop/web:1", {"images": "*.example.com/shop/*"}, ""),
        ("evil.example/eu.example.com/shop/web", {"images": "*.example.com/shop/*"},
         "evil.example/eu.example.com/shop/web is not of *.example.com/shop/*"),
        ("eu.example.com/evil/eu.example.com/shop/web", {"images": "*.example.com/shop/*"},
         "eu.example.com/evil/eu.example.com/shop/web is not of *.example.com/shop/*"),
        ("evil.example/eu.example.com", {"images": "*.example.com"},
         "evil.example/eu.example.com is not of *.example.com"),
        ("any.example/web", {"images": "*"}, ""),
        ("any.example/team/web", {"images": "any.*"}, ""),
        ("any.example/", {"images": "any.example/"}, ""),
        ("web", {"images": "docker.io/library/*"}, ""),
        ("web", {"images": "web"}, "docker.io/library/web is not of web"),
        ("web", {"not_tags": "latest"}, "the tag latest may not be used"),
        ("web:latest", {"not_tags": ["latest", "dev-*"]}, "the tag latest may not be used"),
        ("web:dev-3", {"not_tags": ["latest", "dev-*"]}, "the tag dev-3 may not be used"),
        ("web:1", {"not_tags": "latest"}, ""),
        (f"web@{DIGEST}", {"not_tags": "latest"}, ""),
        (f"web:latest@{DIGEST}", {"not_tags": "latest"}, "the tag latest may not be used"),
        ("web:1.4", {"tags": "1.*"}, ""),
        ("web:2.0", {"tags": ["1.*", "0.*"]}, "the tag 2.0 is not of 1.*, 0.*"),
        ("web", {"tags": "1.*"}, "the tag latest is not of 1.*"),
        (f"web@{DIGEST}", {"tags": "1.*"}, ""),
        (f"web@{DIGEST}", {"digest": True}, ""),
        (f"web:1@{DIGEST}", {"digest": True}, ""),
        ("web:1", {"digest": True}, "web:1 is not named by its digest"),
        ("web@", {"digest": True}, "web@ is not named by its digest"),
        ("web@sha256:12", {"digest": True}, "web@sha256:12 is not named by its digest"),
        ("web@latest", {"digest": True}, "web@latest is not named by its digest"),
        (f"web@{DIGEST}\n", {"digest": True}, f"web@{DIGEST}\n is not named by its digest"),
        ("web:1", {"images": "a/*", "digest": True}, "docker.io/library/web is not of a/*"),
    ],
)  # fmt: skip
def test_images(image: str, limits: dict[str, Any], sentence: str):
    assert said({"images": (image,)}, **limits) == ((sentence,) if sentence else ())


def test_each_image_is_told_of():
    assert said({"images": ("a:1", "b:latest", "c")}, not_tags="latest") == (
        "the tag latest may not be used",
        "the tag latest may not be used",
    )


@pytest.mark.parametrize(
    ("kind", "services", "sentences"),
    [
        ("NodePort", ["ClusterIP", "NodePort"], ()),
        ("LoadBalancer", ["ClusterIP", "NodePort"], ("a LoadBalancer is not of ClusterIP, NodePort",)),
        ("", "ClusterIP", ()),
    ],
)
def test_types_of_service(kind: str, services: Any, sentences: tuple[str, ...]):
    assert said({"service_type": kind}, services=services) == sentences


def test_everything_beyond_is_said_in_one_order():
    facts = {"service_type": "NodePort", "images": ("a",), "replicas": (1, 9)}
    assert said(facts, replicas=2, not_tags="latest", services="ClusterIP") == (
        "9 replicas are more than 2", "the tag latest may not be used", "a NodePort is not of ClusterIP",
    )  # fmt: skip


def test_what_says_nothing_exceeds_nothing():
    assert said({}, replicas=0, step=1, images="x", tags="x", digest=True, services="ClusterIP") == ()


@pytest.mark.parametrize(
    "limits",
    [
        {}, {"digest": False}, {"replicas": -1}, {"replicas": "many"}, {"step": 0}, {"images": []},
        {"images": [""]},
        {"tags": ""}, {"not_tags": []}, {"services": []}, {"services": "Loadbalancer"}, {"replica": 3},
        {"images": {"a": "b"}},
    ],
)  # fmt: skip
def test_what_can_be_no_limits_is_refused(limits: dict[str, Any]):
    with pytest.raises(ValidationError):
        Limits.model_validate(limits)
