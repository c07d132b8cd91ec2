"""Who a request comes from.

There are no secrets here: a bearer token names its user. Whoever shows nothing is the administrator,
unless the simulator was given a token for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from bot.demo.kubernetes.errors import ApiError, unauthorized
from bot.demo.kubernetes.objects import Obj

MASTERS = "system:masters"
_AUTHENTICATED = "system:authenticated"
_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class Identity:
    """A user as the API server knows one; `acting_for` is set when somebody else impersonates."""

    name: str
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uid: str = ""

    def info(self) -> Obj:
        found: Obj = {"username": self.name}
        if self.uid:
            found["uid"] = self.uid
        if self.groups:
            found["groups"] = list(self.groups)
        if self.extra:
            found["extra"] = {key: list(values) for key, values in self.extra.items()}
        return found


ADMINISTRATOR = Identity("kubernetes-admin", (MASTERS, _AUTHENTICATED))


def named(name: str) -> Identity:
    """Make the identity that goes with a bare name; service accounts bring their groups along."""
    if name.startswith(_ACCOUNT) and name.count(":") == 3:
        namespace = name.split(":")[2]
        return Identity(
            name, ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", _AUTHENTICATED)
        )
    return Identity(name, (_AUTHENTICATED,))


def authenticate(headers: Mapping[str, str], administrator_token: str | None) -> Identity:
    """Tell who holds the credentials of this request."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if not scheme:
        if administrator_token:
            raise unauthorized()
        return ADMINISTRATOR
    if scheme.lower() != "bearer" or not token:
        raise unauthorized()
    return ADMINISTRATOR if token == administrator_token else named(token)


def impersonated(headers: list[tuple[str, str]]) -> Identity | None:
    """Tell whom the request wants to act as; None when it acts for itself."""
    name, uid, groups, extra = "", "", [], dict[str, tuple[str, ...]]()
    for key, value in headers:
        low = key.lower()
        if low == "impersonate-user":
            name = value
        elif low == "impersonate-uid":
            uid = value
        elif low == "impersonate-group":
            groups.append(value)
        elif low.startswith("impersonate-extra-"):
            word = unquote(low.removeprefix("impersonate-extra-"))
            extra[word] = (*extra.get(word, ()), value)
    if not name:
        if groups or extra or uid:
            message = "requested [{" + "Group  " + ", ".join(groups) + " }] without impersonating a user"
            raise ApiError(
                500,
                "InternalError",
                f"Internal error occurred: {message}",
                {"causes": [{"message": message}]},
            )
        return None
    own = named(name)
    return Identity(name, (*groups, *(group for group in own.groups if group not in groups)), extra, uid)
