"""users.* and usergroups.*: members, guests, strangers, those who left, and the groups they are in."""

import pytest


async def test_a_member_a_guest_a_stranger_and_somebody_who_left(client):
    people = {
        name: (await client.users_info(user=f"U0{name.upper()}"))["user"]
        for name in ("ana", "gus", "dia", "sol")
    }
    assert people["ana"]["profile"]["email"] == "ana@demo.example"
    assert not people["ana"]["is_restricted"]
    assert people["gus"]["is_restricted"]
    assert people["dia"]["deleted"]
    assert people["sol"]["is_stranger"]
    assert people["sol"]["team_id"] != people["ana"]["team_id"]
    assert "email" not in people["sol"]["profile"]


async def test_an_email_needs_its_scope(slack, client):
    slack.workspace.app.scopes.discard("users:read.email")
    assert "email" not in (await client.users_info(user="U0ANA"))["user"]["profile"]


async def test_lookup_by_email_finds_who_is_there(client, refused):
    assert (await client.users_lookupByEmail(email="ben@demo.example"))["user"]["id"] == "U0BEN"
    for email in ("dia@demo.example", "nobody@demo.example"):
        assert (await refused(client.users_lookupByEmail(email=email)))["error"] == "users_not_found"
    assert (await refused(client.users_info(user="U0NOBODY")))["error"] == "user_not_found"


async def test_user_groups(slack, client, refused):
    group = (await client.usergroups_list(include_users=True))["usergroups"][0]
    assert (group["handle"], group["users"]) == ("sre", ["U0ANA", "U0BEN"])
    assert (await client.usergroups_users_list(usergroup="S0SRE"))["users"] == ["U0ANA", "U0BEN"]
    assert (await refused(client.usergroups_users_list(usergroup="S0NONE")))["error"] == "no_such_subteam"
    slack.workspace.plan = "free"
    assert (await refused(client.usergroups_list()))["error"] == "plan_upgrade_required"


@pytest.mark.parametrize("person", ["U0GUS", "U0SOL"])
async def test_guests_and_strangers_see_their_channels_alone(hands, person):
    state = await hands.sees(person)
    assert [one["name"] for one in state["channels"] if not one["is_im"]] == ["shop"]
    assert (await hands.command("/k8s", channel="C0OPS", person=person))["error"] == "channel_not_found"


async def test_members_see_public_channels_and_their_own_private_ones(hands):
    async def names(person):
        return [one["name"] for one in (await hands.sees(person))["channels"] if not one["is_im"]]

    assert await names("U0ANA") == ["shop", "ops", "general", "incident"]
    assert await names("U0CHO") == ["shop", "ops", "general"]


async def test_somebody_who_left_is_locked_out_at_once(hands):
    assert (await hands.command("/k8s", person="U0DIA"))["error"] == "account_inactive"
    await hands.plant(fault="person", user="U0ANA", set={"deleted": True})
    assert (await hands.command("/k8s"))["error"] == "account_inactive"


async def test_people_groups_and_channels_change_while_it_runs(client, hands):
    await hands.plant(fault="person", user="U0CHO", set={"is_restricted": True})
    await hands.plant(fault="group", group="S0SRE", users=["U0CHO"])
    await hands.plant(fault="channel", channel="C0SHOP", set={"bot_is_member": False})
    assert (await client.users_info(user="U0CHO"))["user"]["is_restricted"]
    assert (await client.usergroups_users_list(usergroup="S0SRE"))["users"] == ["U0CHO"]
    assert not (await client.conversations_info(channel="C0SHOP"))["channel"]["is_member"]
    assert (await hands.do("invite", channel="C0SHOP"))["ok"]
    assert (await client.conversations_info(channel="C0SHOP"))["channel"]["is_member"]


async def test_the_team_and_its_people(slack, client, refused):
    told = await client.users_list(limit=3)
    names = [one["name"] for one in told["members"]]
    while cursor := told["response_metadata"]["next_cursor"]:
        told = await client.users_list(limit=3, cursor=cursor)
        names += [one["name"] for one in told["members"]]
    assert names == ["ana", "ben", "cho", "gus", "dia", "k8s-bot"]
    slack.workspace.app.scopes.add("team:read")
    assert (await client.team_info())["team"]["domain"] == "demo"
    assert (await refused(client.team_info(team="T0OTHER")))["error"] == "team_not_found"
