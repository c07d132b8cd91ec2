"""openid.connect.*: the two calls of a sign-in that go server to server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack.methods.call import Call, Method

if TYPE_CHECKING:
    from bot.demo.slack.wire import Json


def token(call: Call) -> Json:
    return call.backend.sign_in.token(call.args, call.authorization)


def user_info(call: Call) -> Json:
    return call.backend.sign_in.user_info(call.token)


METHODS = {
    "openid.connect.token": Method(token, "T4", token="none"),  # noqa: S106 - names the kind
    "openid.connect.userInfo": Method(user_info, "T4", token="none"),  # noqa: S106 - names the kind
}
