"""What the API server's refusals and broken connections mean, said once, in sentences for people.

A body is never logged and never shown whole. The one part of it that people see is the message of a Status
object: on one line, without control characters, and trimmed.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

import aiohttp

from bot.domain.errors import (
    BotError,
    ClusterDeniedError,
    ClusterRejectedError,
    ClusterUnavailableError,
    OutcomeUnknownError,
    PersonDeniedError,
    TargetNotFoundError,
)
from bot.domain.identity import Identity
from bot.domain.model import Json
from bot.domain.resources import BUILT_IN, ResourceType

LONGEST = 300

_RBAC = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>[\w*]+) '
    r'(?:resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?|path "(?P<path>[^"]*)")'
)
_NAMED = 4
_BUDGET = "DisruptionBudget"
_LOST_REASONS = {"Timeout", "ServerTimeout"}
_LOST_STATUSES = {502, 504}


class Asked(NamedTuple):
    """What a request was about, for the sentence when it fails."""

    cluster: str
    type: ResourceType | None = None
    namespace: str | None = None
    name: str = ""
    identity: Identity | None = None
    """On whose behalf, where it is not the bot's own."""


def refusal(asked: Asked, status: int, body: bytes) -> BotError:
    """The error that an answer other than success means."""
    said = _status(body)
    where = f"cluster `{asked.cluster}`"
    if status == 401:  # noqa: PLR2004 - HTTP's own numbers, here and below
        return ClusterDeniedError(
            f"{where} does not accept the bot's credentials", hint="An administrator has to renew them."
        )
    if status == 403:  # noqa: PLR2004
        return _forbidden(asked, said)
    if status == 404:  # noqa: PLR2004
        return _missing(asked, said)
    if status == 429 and (held := _held(said)):  # noqa: PLR2004
        return ClusterRejectedError(held, status=status, reason=_BUDGET)
    if status == 429:  # noqa: PLR2004
        return ClusterUnavailableError(f"{where} has too much to do right now", hint="Try again in a moment.")
    if status >= 500:  # noqa: PLR2004
        why = trimmed(said.get("message", "")) or f"status {status}"
        return ClusterUnavailableError(
            f"{where} cannot answer right now: {why}", hint="Try again in a moment."
        )
    return _rejected(asked, said, status)


def _held(said: Json) -> str:
    """What a disruption budget says when it does not let a pod go."""
    causes = (said.get("details") or {}).get("causes") or ()
    return next((trimmed(cause.get("message", "")) for cause in causes if cause.get("reason") == _BUDGET), "")


def is_lost(status: int, body: bytes) -> bool:
    """A server's error after which nobody knows whether the change was made.

    The API server's own refusals say that it was not. A gateway in between, a request that ran out of time,
    and a store that did not answer the API server leave it open.
    """
    if status < 500:  # noqa: PLR2004
        return False
    said = _status(body)
    return (
        status in _LOST_STATUSES
        or said.get("reason") in _LOST_REASONS
        or not said
        or "etcdserver" in said.get("message", "")
    )


def unknown(cluster: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"the change was sent to cluster `{cluster}` and no answer came: it may have been made",
        hint="Look at the object before trying again.",
    )


def unreachable(cluster: str, problem: Exception | None) -> ClusterUnavailableError:
    return ClusterUnavailableError(
        f"cluster `{cluster}` cannot be reached: {_why(problem)}", hint="Try again in a moment."
    )


def no_credentials(cluster: str) -> ClusterDeniedError:
    return ClusterDeniedError(
        f"the bot's credentials for cluster `{cluster}` cannot be read",
        hint="An administrator has to look at the kubeconfig, its files and its plugin.",
    )


def no_answer(cluster: str) -> ClusterUnavailableError:
    """Success, but not the API's: a proxy's page, or half a document."""
    return ClusterUnavailableError(
        f"what answers for cluster `{cluster}` is not the Kubernetes API", hint="Look at its address."
    )


def trimmed(text: object) -> str:
    """One line, nothing invisible, and no longer than what fits a message."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _forbidden(asked: Asked, said: Json) -> BotError:
    """RBAC's refusals name verb and resource; any other 403 (quota, pod security) is admission speaking."""
    message = said.get("message", "")
    found = _RBAC.search(message)
    if found is None:
        if message:
            return _rejected(asked, said, 403)
        return ClusterDeniedError(
            f"cluster `{asked.cluster}` does not let the bot do this", hint="An administrator can."
        )
    if found["verb"] == "impersonate":
        return _no_impersonation(asked, found)
    what = found["path"] or (f"{found['resource']}.{found['group']}" if found["group"] else found["resource"])
    where = f" in namespace `{found['namespace']}`" if found["namespace"] else ""
    if asked.identity and found["user"] == asked.identity.user:
        return _person_denied(asked, asked.identity, found["verb"], f"`{what}`{where}")
    hint = f"An administrator has to grant `{found['verb']}` on `{what}` to `{found['user']}`."
    return ClusterDeniedError(
        trimmed(f"on cluster `{asked.cluster}`, `{found['user']}` may not {found['verb']} `{what}`{where}"),
        hint=trimmed(hint),
    )


def _person_denied(asked: Asked, who: Identity, verb: str, what: str) -> PersonDeniedError:
    """The second wall: the bot's policy let it through, and the cluster's own roles do not."""
    said = f"cluster `{asked.cluster}` itself, by its RBAC, does not let `{who.user}` {verb} {what}"
    names = ", ".join(f"`{name}`" for name in (who.user, *who.groups)[:_NAMED])
    way = f"The bot's policy allows it. In the cluster, {names} would need a role with `{verb}` on {what}."
    return PersonDeniedError(trimmed(said), hint=trimmed(way))


def _no_impersonation(asked: Asked, found: re.Match[str]) -> ClusterDeniedError:
    """A fault of the installation, and nobody's who asked."""
    what = f"{found['resource']}.{found['group']}" if found["group"] else found["resource"]
    said = f"the bot may not ask cluster `{asked.cluster}` on behalf of people, so nothing was done"
    way = (
        f"An operator has to grant `impersonate` on `{what}` to `{found['user']}`, or to name the cluster in "
        "`impersonate: {except: […]}`."
    )
    return ClusterDeniedError(said, hint=trimmed(way))


def _missing(asked: Asked, said: Json) -> TargetNotFoundError:
    details = said.get("details") or {}
    name = str(details.get("name") or "")
    if said.get("reason") == "NotFound" and name:
        if asked.type and name == asked.name:
            noun = asked.type.singular or asked.type.kind.lower()
        else:
            noun = _noun(str(details.get("kind") or "object"))
        namespaced = (
            noun != "namespace" and asked.namespace and not (asked.type and not asked.type.namespaced)
        )
        where = f" in namespace `{asked.namespace}`" if namespaced else ""
        return TargetNotFoundError(
            trimmed(f"there is no {noun} `{name}`{where} on cluster `{asked.cluster}`")
        )
    what = f"resource `{asked.type.plural}` in `{asked.type.api_version}`" if asked.type else "such path"
    return TargetNotFoundError(f"cluster `{asked.cluster}` has no {what}")


def _noun(plural: str) -> str:
    return next((known.singular for known in BUILT_IN if plural in {known.plural, known.kind}), plural)


def _rejected(asked: Asked, said: Json, status: int) -> ClusterRejectedError:
    why = trimmed(said.get("message", "")) or f"status {status}"
    reason = str(said.get("reason") or "")
    hint = "It was changed by somebody else in the meantime; look again." if reason == "Conflict" else ""
    return ClusterRejectedError(
        f"cluster `{asked.cluster}` refuses: {why}", status=status, reason=reason, hint=hint
    )


def _why(problem: Exception | None) -> str:
    """In words, not the library's: its text may hold an address with credentials in it."""
    if isinstance(problem, aiohttp.ClientConnectorDNSError):
        return "its host name is unknown"
    if isinstance(problem, aiohttp.ClientSSLError):
        return "its certificate is not trusted"
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    if isinstance(problem, aiohttp.ClientConnectorError):
        return "it takes no connection"
    return "the connection broke"


def _status(body: bytes) -> Json:
    """The Status object of an answer, or nothing where the answer is none of the API server's."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) and said.get("kind") == "Status" else {}
