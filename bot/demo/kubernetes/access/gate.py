"""The gate every request passes: it is told who comes, and lets them do what RBAC allows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from bot.demo.kubernetes.access.identity import Identity, authenticate, impersonated
from bot.demo.kubernetes.access.rbac import Attributes, allowed
from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.errors import ApiError, forbidden
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.store import Store

_REACHING_IN = frozenset(("exec", "attach", "portforward"))


class Gate:
    """Authentication and authorization."""

    def __init__(self, store: Store, administrator_token: str | None) -> None:
        self._store, self._token = store, administrator_token

    def who(self, headers: Mapping[str, str], items: list[tuple[str, str]]) -> Identity:
        """Tell on whose behalf the request comes; impersonation is itself a permission."""
        caller = authenticate(headers, self._token)
        wanted = impersonated(items)
        if wanted is None:
            return caller
        asked = [("users", "", wanted.name)]
        asked += [
            ("groups", "", group) for group in wanted.groups if not group.startswith("system:authenticated")
        ]
        asked += [("userextras", key, value) for key, values in wanted.extra.items() for value in values]
        for kind, sub, name in asked:
            group = "authentication.k8s.io" if kind == "userextras" else ""
            attributes = Attributes("impersonate", group, kind, sub, "", name)
            if not allowed(self._store, caller, attributes)[0]:
                raise _refusal(caller, attributes)
        return wanted

    def admit(self, who: Identity, request: Request) -> None:
        """Refuse what RBAC does not allow."""
        attributes = Attributes(
            request.verb,
            request.asked.group,
            request.asked.plural,
            request.subresource,
            request.namespace,
            request.name,
        )
        if request.asked.plural == "namespaces" and request.name:
            attributes = replace(attributes, namespace=request.name)
        asked = [attributes]
        if request.verb == "get" and request.subresource in _REACHING_IN:
            # a WebSocket begins as a GET; since 1.35 it takes the permission of a POST as well
            asked.append(replace(attributes, verb="create"))
        for attributes in asked:
            if not allowed(self._store, who, attributes)[0]:
                self._refuse(who, request, attributes)

    def _refuse(self, who: Identity, request: Request, attributes: Attributes) -> NoReturn:
        raise forbidden(
            request.asked, request.name, _sentence(who, attributes, namespaced=bool(request.namespace))
        )

    def admit_path(self, who: Identity, method: str, path: str) -> None:
        if not allowed(self._store, who, Attributes(method.lower(), path=path))[0]:
            message = f'forbidden: User "{who.name}" cannot {method.lower()} path "{path}"'
            raise ApiError(403, "Forbidden", message, {})


def _sentence(who: Identity, asked: Attributes, *, namespaced: bool) -> str:
    where = f'in the namespace "{asked.namespace}"' if namespaced else "at the cluster scope"
    what = f'resource "{asked.full_resource}" in API group "{asked.group}"'
    return f'User "{who.name}" cannot {asked.verb} {what} {where}'


def _refusal(who: Identity, asked: Attributes) -> ApiError:
    subject = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    details: Obj = (
        {"name": asked.name} | ({"group": asked.group} if asked.group else {}) | {"kind": asked.resource}
    )
    said = f'{subject} "{asked.name}" is forbidden: {_sentence(who, asked, namespaced=False)}'
    return ApiError(403, "Forbidden", said, details)
