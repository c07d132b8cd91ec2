"""People, channels and user groups, in the shapes in which the Web API tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.slack.wire import Json

CREATED = 1767225600  # the workspace's first day


@dataclass
class Person:
    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    email: str = ""
    color: str = "4a6fa5"
    on_call: bool = False
    is_email_confirmed: bool = True
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False

    @property
    def kind(self) -> str:
        """Say in one word what the page shows beside the name."""
        if self.deleted:
            return "deactivated"
        if self.is_stranger:
            return "stranger"
        if self.is_restricted or self.is_ultra_restricted:
            return "guest"
        return "oncall" if self.on_call else "member"

    def as_user(self, *, with_email: bool) -> Json:
        profile: Json = {
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "status_text": "",
            "status_emoji": "",
            "team": self.team_id,
        }
        if with_email and self.email and not self.is_stranger:
            profile["email"] = self.email
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": CREATED,
        }
        if self.is_stranger:
            user["is_stranger"] = True
        if self.deleted:  # Slack keeps silent about the roles of people who left
            return user
        return user | {
            "color": self.color,
            "tz": "Etc/UTC",
            "tz_label": "UTC",
            "tz_offset": 0,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted or self.is_ultra_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_email_confirmed": self.is_email_confirmed,
        }


@dataclass
class Channel:
    id: str
    name: str = ""
    members: list[str] = field(default_factory=list)
    topic: str = ""
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False  # a direct message among several
    is_general: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False  # people of another workspace are in it

    @property
    def kind(self) -> str:
        """Name the channel type as events and scopes do."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"

    @property
    def type_word(self) -> str:
        """Name the channel type as `conversations.list` does."""
        return {"group": "private_channel", "channel": "public_channel"}.get(self.kind, self.kind)

    def as_conversation(self, bot_user: str) -> Json:
        if self.is_im:
            person = next((one for one in self.members if one != bot_user), bot_user)
            return {
                "id": self.id,
                "created": CREATED,
                "is_archived": False,
                "is_im": True,
                "is_org_shared": False,
                "user": person,
                "is_user_deleted": False,
                "is_open": True,
                "priority": 0,
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": self.is_mpim,
            "is_private": self.is_private or self.is_mpim,
            "is_general": self.is_general,
            "is_archived": self.is_archived,
            "is_member": bot_user in self.members,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "created": CREATED,
            "creator": self.members[0] if self.members else "",
            "num_members": len(self.members),
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
        }


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    description: str = ""
    disabled: bool = False

    def as_usergroup(self, team_id: str, *, with_users: bool, with_count: bool) -> Json:
        document: Json = {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "description": self.description,
            "date_create": CREATED,
            "date_update": CREATED,
            "date_delete": CREATED if self.disabled else 0,
            "created_by": self.users[0] if self.users else "",
        }
        if with_users:
            document["users"] = list(self.users)
        if with_count:
            document["user_count"] = len(self.users)
        return document
