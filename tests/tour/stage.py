"""Where the tour is played: people who type and press, what is printed of it, and how steps are counted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TextIO

from tests.tour.cluster import Cluster
from tests.tour.page import OPS, SHOP, MissingError, Page, until
from tests.tour.said import Button, Form, Said

_WHO = 9
_ROLLOUT = 30.0


@dataclass(frozen=True)
class Step:
    """A row of the tutorial, what is done for it, and the play, which gives what the cluster then says."""

    row: str
    what: str
    play: Callable[[Stage], str]


class Stage:
    """`clusters` by their names, the first being the one that lines mean by default."""

    def __init__(self, page: Page, clusters: dict[str, Cluster], out: TextIO = sys.stdout) -> None:
        self._page = page
        self.clusters = clusters
        self.cluster = next(iter(clusters.values()))
        self._out = out

    # ------------------------------------------------------------ what people do

    def types(self, line: str, who: str = "ana") -> Said:
        """Type a line, read the answer."""
        self._print(who, f"/k8s {line}".rstrip())
        answer = self._page.types(who, line)
        self._show(answer)
        return answer

    def changes(self, line: str, who: str = "ana", *, ends: Callable[[Said], bool] | None = None) -> Said:
        """Type a line, read the plan, press its one affirmative button, and watch the card to its end."""
        return self.agrees(self.types(line, who), who, ends=ends)

    def agrees(self, plan: Said, who: str = "ana", *, ends: Callable[[Said], bool] | None = None) -> Said:
        """Press a plan's one affirmative button, and watch the card to its end."""
        yes = plan.affirmative
        if yes is None:
            raise MissingError(f"no plan with a button that says yes, but: {plan.headline}")
        before = {said.ts for said in self._page.messages(who)}
        self._print(who, f"presses [{yes.label}]")
        self._page.presses(who, plan, yes)
        return self._watch(who, before, ends or (lambda card: card.has_ended))

    def presses(self, said: Said, label: str, who: str = "ana") -> Said:
        """Press the button that has these words, read the answer."""
        button = self._button(said, label)
        self._print(who, f"presses [{button.label}]")
        answer = self._page.asks(who, said, button)
        self._show(answer)
        return answer

    def opens(self, said: Said, label: str, who: str = "ana") -> Form:
        """Press a button that opens a form."""
        button = self._button(said, label)
        self._print(who, f"presses [{button.label}]")
        self._page.presses(who, said, button)
        form = self._page.form(who)
        self._print("k8s-bot", f"(a form) {form.title}: {', '.join(form.labels)}")
        return form

    def fills(self, form: Form, chosen: dict[str, str], typed: dict[str, str], who: str = "ana") -> Said:
        """Choose from a form's menus, type into its fields, send it, and read the answer."""
        self._print(who, "fills in " + ", ".join(f"{key}: {one}" for key, one in (chosen | typed).items()))
        for key, value in chosen.items():
            self._page.chooses(who, form, key, value)
        answer = self._page.submits(who, form, **typed)
        self._show(answer)
        return answer

    def gives(self, said: Said, label: str, who: str = "ana", **typed: str) -> None:
        """Press a button that opens a form, and send that filled in."""
        form = self.opens(said, label, who)
        self._print(who, "fills in " + ", ".join(f"{key}: {one}" for key, one in typed.items()))
        self._page.sends(who, form, **typed)

    def approves(self, asked: Said, who: str) -> None:
        """Say yes to what somebody else asks for."""
        button = self._button(asked, "Approve")
        self._print(who, f"presses [{button.label}]")
        self._page.presses(who, asked, button)

    def replies(self, said: Said, words: str, who: str = "ana") -> None:
        """Write in a thread."""
        self._print(who, f"(in its thread) {words}")
        self._page.replies(who, said, words)

    def breaks(self, fault: str, **how: str) -> None:
        """Plant trouble in the cluster."""
        self._print("(trouble)", " ".join([fault, *how.values()]))
        self._page.breaks(fault, **how)

    @staticmethod
    def _button(said: Said, words: str) -> Button:
        found = next((button for button in said.buttons if words in button.label), None)
        if found is None:
            raise MissingError(f"no button with {words!r} in: {said.headline}")
        return found

    def _watch(self, who: str, before: set[str], ends: Callable[[Said], bool]) -> Said:
        """Read the card each time it is edited."""
        states: list[str] = []

        def ended() -> Said | None:
            new = [said for said in self._page.messages(who) if said.ts not in before]
            card = next((said for said in new if not said.is_whisper and not said.thread), None)
            if card is None:
                return None
            if card.text not in states:
                states.append(card.text)
                self._show(card)
            return card if ends(card) else None

        return until(ended, f"end to the card, which said: {' | '.join(states) or 'nothing'}", _ROLLOUT)

    def card(self, *words: str, who: str = "ana", channel: str = SHOP) -> Said:
        """Wait until a card says this."""

        def found() -> Said | None:
            cards = [
                one for one in self._page.messages(who, channel) if not one.is_whisper and not one.thread
            ]
            return next((card for card in cards if all(word in card.text for word in words)), None)

        return until(found, f"card with {words}", _ROLLOUT)

    def asked(self, *words: str, who: str) -> Said:
        """Wait for what is asked of @sre, in #ops."""
        card = self.card(*words, who=who, channel=OPS)
        self._show(card, "in #ops")
        return card

    def thread(self, card: Said, *words: str, who: str = "ana") -> Said:
        """Wait for a line in a card's thread."""

        def line() -> Said | None:
            replies = [said for said in self._page.messages(who) if said.thread == card.ts]
            return next((said for said in replies if all(word in said.text for word in words)), None)

        found = until(line, f"line in the thread with {words}")
        self._show(found, "  in its thread")
        return found

    def replied(self, card: Said, who: str = "ana") -> list[Said]:
        """What the bot has written in a card's thread."""
        return [said for said in self._page.messages(who) if said.thread == card.ts and said.is_bots]

    # ------------------------------------------------------------ what is printed

    def _print(self, who: str, line: str) -> None:
        print(f"  {who:>{_WHO}}  {line}".rstrip(), file=self._out, flush=True)

    def _show(self, said: Said, where: str = "") -> None:
        lines = said.lines
        if said.buttons:
            lines.append(" ".join(f"[{button.label}]" for button in said.buttons))
        if where:
            lines.insert(0, f"({where.strip()})")
        for number, line in enumerate(lines):
            name = "k8s-bot" if number == 0 else ""
            self._print(name, line)

    # ------------------------------------------------------------ how it is counted

    def play(self, steps: Iterable[Step]) -> bool:
        """Play every step, whatever became of those before it; true when each had its effect."""
        row, count, checked = "", 0, 0
        for count, step in enumerate(steps, start=1):
            if step.row != row:
                row = step.row
                print(f"\n── {row} " + "─" * (76 - len(row)), file=self._out)
            print(f"\n{count}. {step.what}", file=self._out)
            checked += self._is_played(step)
        print(f"\n{count} steps, {checked} checked", file=self._out, flush=True)
        return count == checked > 0

    def _is_played(self, step: Step) -> bool:
        try:
            effect = step.play(self)
        except MissingError as missing:
            print(f"  ✗ {missing}", file=self._out, flush=True)
            return False
        print(f"  ✓ {effect}", file=self._out, flush=True)
        return True


def expect(holds: object, what: str) -> None:
    """Raise `MissingError` where something does not hold."""
    if not holds:
        raise MissingError(what)


def shows(said: Said, *words: str) -> None:
    """Raise `MissingError` for the first of these that does not stand in the message."""
    for word in words:
        expect(word in said.text, f"{word!r} is not in the answer")
