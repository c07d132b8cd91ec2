"""users.*, usergroups.* and team.info: who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack.methods.call import Call, Method, page
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.people import Person
    from bot.demo.slack.wire import Json


def _told(call: Call, person: Person) -> Json:
    return person.as_user(with_email="users:read.email" in call.workspace.app.scopes)


def info(call: Call) -> Json:
    person = call.workspace.people.get(call.args.required("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": _told(call, person)}


def list_people(call: Call) -> Json:
    own = [one for one in call.workspace.people.values() if not one.is_stranger]
    cut, metadata = page([_told(call, one) for one in own], call.args)
    return {"members": cut, "cache_ts": int(call.backend.timing.now()), "response_metadata": metadata}


def lookup_by_email(call: Call) -> Json:
    email = call.args.required("email").lower()
    for person in call.workspace.people.values():
        if person.email.lower() == email and not person.deleted and not person.is_stranger:
            return {"user": _told(call, person)}
    raise SlackError("users_not_found")


def _paid(call: Call) -> None:
    if call.workspace.plan == "free":
        raise SlackError("plan_upgrade_required")


def list_groups(call: Call) -> Json:
    _paid(call)
    args = call.args
    return {
        "usergroups": [
            group.as_usergroup(
                call.workspace.team_id,
                with_users=args.flag("include_users"),
                with_count=args.flag("include_count"),
            )
            for group in call.workspace.groups.values()
            if not group.disabled or args.flag("include_disabled")
        ]
    }


def list_group_users(call: Call) -> Json:
    _paid(call)
    group = call.workspace.groups.get(call.args.required("usergroup"))
    if group is None or (group.disabled and not call.args.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def team_info(call: Call) -> Json:
    workspace = call.workspace
    if call.args.text("team", workspace.team_id) != workspace.team_id:
        raise SlackError("team_not_found")
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team_name,
            "url": f"{call.base}/",
            "domain": workspace.domain,
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


METHODS = {
    "users.info": Method(info, "T4", "users:read"),
    "users.list": Method(list_people, "T2", "users:read"),
    "users.lookupByEmail": Method(lookup_by_email, "T3", "users:read.email"),
    "usergroups.list": Method(list_groups, "T2", "usergroups:read"),
    "usergroups.users.list": Method(list_group_users, "T2", "usergroups:read"),
    "team.info": Method(team_info, "T3", "team:read"),
}
