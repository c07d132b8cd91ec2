"""On whose behalf a request is made: as its headers, one for each group, and as a question about rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.identity import Identity
    from bot.domain.model import Json
    from bot.domain.resources import ObjectRef
    from bot.kube.transport import Headers

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
_EVERYBODY = "system:authenticated"
"""What the API server puts beside the groups of anybody impersonated; in a review it is for the asker to."""


def headers(identity: Identity) -> Headers:
    return (
        ("Impersonate-User", identity.user),
        *(("Impersonate-Group", group) for group in identity.groups),
        ("Impersonate-Extra-record", identity.record),
    )


def review(identity: Identity, verb: str, ref: ObjectRef, subresource: str) -> Json:
    """The question whether the cluster's rules let this very person do something."""
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": identity.user,
            "groups": [*identity.groups, _EVERYBODY],
            "extra": {"record": [identity.record]},
            "resourceAttributes": {
                "verb": verb,
                "group": ref.type.group,
                "resource": ref.type.plural,
                "subresource": subresource,
                "namespace": ref.namespace or "",
                "name": ref.name,
            },
        },
    }
