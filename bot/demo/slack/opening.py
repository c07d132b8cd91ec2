"""The workspace as it stands when the simulator starts."""

from __future__ import annotations

from bot.demo.slack.app import App
from bot.demo.slack.people import Channel, Person, UserGroup
from bot.demo.slack.workspace import Workspace

HOME, AWAY = "T0DEMO", "T0ELSEWHERE"


def demo_workspace(app: App | None = None) -> Workspace:
    """A team with an on-call engineer, a guest, a stranger and somebody who has left; and the app."""
    app = app or App()
    people = [
        Person(
            "U0ANA", "ana", "Ana Alves", HOME, "Platform, on call", "ana@demo.example", "b0455a", on_call=True
        ),
        Person("U0BEN", "ben", "Ben Bauer", HOME, "Platform", "ben@demo.example", "2f7d5b"),
        Person("U0CHO", "cho", "Cho Choi", HOME, "Developer, shop", "cho@demo.example", "3b6fb6"),
        Person(
            "U0GUS", "gus", "Gus Garcia", HOME, "Agency", "gus@agency.example", "9a6b1f", is_restricted=True
        ),
        Person(
            "U0DIA", "dia", "Dia Diallo", HOME, "Left the team", "dia@demo.example", "777777", deleted=True
        ),
        Person(
            "U0SOL", "sol", "Sol Silva", AWAY, "Partner", "sol@partner.example", "6b4fa0", is_stranger=True
        ),
        Person(app.user_id, app.name, app.name, HOME, is_bot=True, color="326ce5"),
    ]
    members = ["U0ANA", "U0BEN", "U0CHO"]
    channels = [
        Channel(
            "C0SHOP",
            "shop",
            [*members, "U0GUS", "U0SOL", app.user_id],
            "The shop and its deployments",
            is_ext_shared=True,
        ),
        Channel("C0OPS", "ops", [*members, app.user_id], "Running things"),
        Channel("C0GENERAL", "general", [*members, "U0DIA"], "Everybody", is_general=True),
        Channel("C0INCIDENT", "incident", ["U0ANA", "U0BEN"], "Behind closed doors", is_private=True),
    ]
    channels += [
        Channel(f"D0{one.name.upper()}", members=[one.id, app.user_id], is_im=True)
        for one in people
        if not one.deleted and not one.is_bot
    ]
    groups = [UserGroup("S0SRE", "sre", "Site reliability", ["U0ANA", "U0BEN"])]
    return Workspace(
        app=app,
        people={one.id: one for one in people},
        channels={one.id: one for one in channels},
        groups={one.id: one for one in groups},
    )
