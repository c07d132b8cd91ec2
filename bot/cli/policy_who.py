"""`policy who-can` and `policy table`: a policy from the side of those whom it speaks of."""

from __future__ import annotations

import sys

from bot.cli.policy_lines import VERBS, loaded
from bot.cli.serve import complain
from bot.domain.errors import SettingsError
from bot.domain.resources import BUILT_IN, nearest
from bot.service.rights import table, who_can

_PLURALS = {word: kind.plural for kind in BUILT_IN for word in kind.words}
_PARTS = 3


def who(verb: str, target: str, *, config: str | None, context: str, namespace: str) -> int:
    """0 with a line for each rule that speaks of it, 2 for what is no verb or no target."""
    if verb not in VERBS:
        near = nearest(verb, VERBS)
        hint = f", did you mean {near[0]!r}?" if near else ""
        print(f"k8s-bot: there is no verb {verb!r}{hint}", file=sys.stderr)
        return 2
    parts = target.split("/") if target else []
    if len(parts) > _PARTS or not all(parts):
        print(f"k8s-bot: {target!r} is no CLUSTER/NAMESPACE/KIND", file=sys.stderr)
        return 2
    cluster, place, kind = (*parts, "", "", "")[:_PARTS]
    try:
        found = loaded(config)
    except SettingsError as error:
        return complain(error)
    said = who_can(
        found.policy,
        VERBS[verb].name,
        cluster=context or cluster,
        namespace=namespace or place,
        kind=_PLURALS.get(kind, kind),
    )
    print("\n".join(said))
    return 0


def show_table(config: str | None) -> int:
    """0 with what each subject of the policy may, 2 for a broken one."""
    try:
        found = loaded(config)
    except SettingsError as error:
        return complain(error)
    names = [verb.name for verb in VERBS.values()]
    for subject, rows in table(found.policy, names):
        print(subject)
        for effect, verbs, within in rows:
            print(f"  {effect:8}{verbs}\n          {within}")
    return 0
