"""Where the tour is played: people who type and press, what is printed of it, and how steps are counted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TextIO

from tests.tour.cluster import Cluster
from tests.tour.page import MissingError, Page, until
from tests.tour.said import Said

_WHO = 9
_ROLLOUT = 30.0


@dataclass(frozen=True)
class Step:
    """A row of the tutorial, what is done for it, and the play, which gives what the cluster then says."""

    row: str
    what: str
    play: Callable[[Stage], str]


class Stage:
    def __init__(self, page: Page, cluster: Cluster, out: TextIO = sys.stdout) -> None:
        self._page = page
        self.cluster = cluster
        self._out = out

    # ------------------------------------------------------------ what people do

    def types(self, line: str, who: str = "ana") -> Said:
        """Type a line, read the answer."""
        self._say(who, f"/k8s {line}")
        answer = self._page.types(who, line)
        self._show(answer)
        return answer

    def changes(self, line: str, who: str = "ana", *, ends: Callable[[Said], bool] | None = None) -> Said:
        """Type a line, read the plan, press its one affirmative button, and watch the card to its end."""
        plan = self.types(line, who)
        yes = plan.affirmative
        if yes is None:
            raise MissingError(f"no plan with a button that says yes, but: {plan.headline}")
        before = {said.ts for said in self._page.messages(who)}
        self._say(who, f"presses [{yes.label}]")
        self._page.presses(who, plan, yes)
        return self._watch(who, before, ends or (lambda card: card.has_ended))

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

    def card(self, *words: str, who: str = "ana") -> Said:
        """Wait until a card of before says this."""

        def found() -> Said | None:
            cards = [said for said in self._page.messages(who) if not said.is_whisper and not said.thread]
            return next((card for card in cards if all(word in card.text for word in words)), None)

        return until(found, f"card with {words}")

    def thread(self, card: Said, *words: str, who: str = "ana") -> Said:
        """Wait for a line in a card's thread."""

        def line() -> Said | None:
            replies = [said for said in self._page.messages(who) if said.thread == card.ts]
            return next((said for said in replies if all(word in said.text for word in words)), None)

        found = until(line, f"line in the thread with {words}")
        self._show(found, "  in its thread")
        return found

    # ------------------------------------------------------------ what is printed

    def _say(self, who: str, line: str) -> None:
        print(f"  {who:>{_WHO}}  {line}", file=self._out, flush=True)

    def _show(self, said: Said, where: str = "") -> None:
        lines = said.lines
        if said.buttons:
            lines.append(" ".join(f"[{button.label}]" for button in said.buttons))
        if where:
            lines.insert(0, f"({where.strip()})")
        for number, line in enumerate(lines):
            name = "k8s-bot" if number == 0 else ""
            print(f"  {name:>{_WHO}}  {line}".rstrip(), file=self._out, flush=True)

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
