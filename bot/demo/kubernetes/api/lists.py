"""Lists: selected, in pages, at a version."""

import base64
from json import dumps, loads

from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.errors import ApiError, bad_request, too_large_version
from bot.demo.kubernetes.objects import Obj, key_of
from bot.demo.kubernetes.selectors import test_of
from bot.demo.kubernetes.store import Store

_STALE = (
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder "
    "of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were "
    "created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


def list_objects(store: Store, request: Request) -> tuple[list[Obj], Obj]:
    """Find what the request selects; returns the objects and the metadata of their list."""
    limit, token = request.number("limit") or 0, request.query.get("continue", "")
    version = _version(store, request)
    test = test_of(
        request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""), request.resource
    )
    found = store.sorted(request.resource, request.namespace or None)
    if test is not None:
        found = [obj for obj in found if test(obj)]
    metadata: Obj = {"resourceVersion": str(version)}
    if token:
        version, start = _read_token(store, request, token)
        metadata["resourceVersion"] = str(version)
        found = [obj for obj in found if key_of(obj) > start]
    if limit and len(found) > limit:
        metadata["continue"] = _token(version, found[limit - 1])
        if test is None:
            metadata["remainingItemCount"] = len(found) - limit
        found = found[:limit]
    return found, metadata


def _version(store: Store, request: Request) -> int:
    wanted = request.query.get("resourceVersion", "")
    if wanted and not wanted.isdigit():
        why = f'strconv.ParseUint: parsing "{wanted}": invalid syntax'
        raise bad_request(f'resourceVersion: Invalid value: "{wanted}": {why}')
    if wanted and int(wanted) > store.version:
        raise too_large_version(int(wanted), store.version)
    return store.version


def _token(version: int, last: Obj) -> str:
    text = dumps({"v": "meta.k8s.io/v1", "rv": version, "start": list(key_of(last))}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(store: Store, request: Request, token: str) -> tuple[int, tuple[str, str]]:
    try:
        read = loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        version, (namespace, name) = int(read["rv"]), read["start"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request("continue key is not valid: illegal base64 data") from error
    if version < store.history(request.resource).floor:
        raise ApiError(410, "Expired", _STALE)
    return version, (namespace, name)
