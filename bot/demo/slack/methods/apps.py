"""auth.test, apps.connections.open and blocks.validate: the app's own affairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack.blockkit import check
from bot.demo.slack.methods.call import Call, Method
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.blockkit.schema import Problem
    from bot.demo.slack.wire import Json


def auth_test(call: Call) -> Json:
    workspace, app = call.workspace, call.workspace.app
    return {
        "url": f"{call.base}/",
        "team": workspace.team_name,
        "user": app.name,
        "team_id": workspace.team_id,
        "user_id": app.user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> Json:
    ticket = call.backend.sockets.issue_ticket()
    base = call.base.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={ticket}&app_id={call.workspace.app.id}"}


def validate_blocks(call: Call) -> Json:
    given = [name for name in ("blocks", "message", "view") if call.args.has(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments", messages=["must provide exactly one of blocks, message, view"])
    [name] = given
    error = f"invalid_{name}"
    value = call.args.document(name, error)
    problems: list[Problem] | None
    if name == "view":
        problems = check.view_problems(value)
    elif name == "message":
        blocks = value.get("blocks", []) if isinstance(value, dict) else None
        problems = check.message_problems(blocks, "/message/blocks") if isinstance(blocks, list) else None
    else:
        problems = check.message_problems(value) if isinstance(value, list) else None
    if problems is None:
        raise SlackError(error)
    if problems:
        raise SlackError(error, errors=[_told(problem) for problem in problems])
    return {}


def _told(problem: Problem) -> Json:
    told: Json = {"pointer": problem.pointer, "code": problem.code, "message": problem.message}
    told["field"] = problem.pointer.rpartition("/")[2]
    return told | ({"constraint": problem.constraint} if problem.constraint is not None else {})


METHODS = {
    "auth.test": Method(auth_test, "S"),
    "apps.connections.open": Method(open_connection, "T3", token="app"),  # noqa: S106 - names the kind
    "blocks.validate": Method(validate_blocks, "S", token="none"),  # noqa: S106 - names the kind
}
