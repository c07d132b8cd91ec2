"""Who else has it in hand, by the signs that each tool leaves on what it deploys."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.obstacles.change import change_of
from bot.domain.obstacles.owners import owned
from tests.factories import deployment, owner, ref

ARGO = "Argo CD application {} will revert this at its next sync."
HELM = {"app.kubernetes.io/managed-by": "Helm"}
RELEASE = {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "shop"}


def said(labels: Json | None = None, annotations: Json | None = None, **meta: Any) -> list[str]:
    found = deployment()
    found["metadata"] |= {"labels": labels, "annotations": annotations} | meta
    return [obstacle.said.plain() for obstacle in owned(change_of(ref(), found, replicas=9))]


@pytest.mark.parametrize(
    ("labels", "annotations", "line"),
    [
        ({}, {"argocd.argoproj.io/tracking-id": "shop-prod:apps/Deployment:shop/web"},
         ARGO.format("shop-prod")),
        ({"argocd.argoproj.io/instance": "shop-prod"}, {}, ARGO.format("shop-prod")),
        ({"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux"}, {},
         "Flux kustomization flux/apps will revert this when it next reconciles."),
        ({"helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "flux"} | HELM, RELEASE,
         "Flux's Helm release flux/web will revert this at its next upgrade, or sooner."),
        (HELM, RELEASE, "Helm release shop will put its own values back at its next upgrade."),
    ],
)  # fmt: skip
def test_a_tool_is_known_by_its_signs(labels: Json, annotations: Json, line: str):
    assert said(labels, annotations) == [line]


@pytest.mark.parametrize(
    ("labels", "annotations"),
    [
        (None, None),
        ({"app.kubernetes.io/instance": "shop"}, {}),
        (HELM, {}),
        ({}, RELEASE),
        ({"kustomize.toolkit.fluxcd.io/name": "apps"}, {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}),
    ],
)
def test_half_a_sign_is_none(labels: Json | None, annotations: Json | None):
    assert said(labels, annotations) == []


def test_the_instance_that_helm_sets_too_means_argo_where_argo_has_written():
    wrote = [{"manager": "argocd-controller", "operation": "Update"}]
    assert said({"app.kubernetes.io/instance": "shop"}, managedFields=wrote) == [ARGO.format("shop")]


def test_a_name_as_long_as_a_book_is_cut():
    (line,) = said({}, {"argocd.argoproj.io/tracking-id": "x" * 500})
    assert line == ARGO.format("x" * 79 + "…")


def test_what_a_controller_made_goes_back_to_it():
    assert said(ownerReferences=[owner("Deployment", "uid-web")]) == [
        "It was made by Deployment web, which will bring it back."
    ]
    assert said(ownerReferences=[{"kind": "Thing", "name": "t", "uid": "u"}]) == []


def test_what_is_new_is_nobodys():
    assert owned(change_of(ref(), None, template={})) == ()
