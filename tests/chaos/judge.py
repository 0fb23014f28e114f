"""What must be true after a run, and what is told of it."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.privacy import pseudonym
from tests.chaos import faq
from tests.chaos.database import kept_tokens, rows
from tests.program import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.ledger import Ledger, Person
    from tests.chaos.run import Chaos

_SHOWN = 20  # faults


class Judge:
    """Reads the database after the program has ended."""

    def __init__(self, chaos: Chaos) -> None:
        self._chaos = chaos
        self._ledger: Ledger = chaos.ledger
        self.repeated = {"after a kill": 0, "after an answer that was lost": 0}
        self.longest_unnoted = 0.0  # seconds between a reply that came again and the kill

    def faults(self) -> list[str]:
        """List everything that is not as promised."""
        if not (self._chaos.home / "data" / "hoidap.db").exists():
            return [f"the bot made no database; it said:\n{self._chaos.bot.log[-2000:]}"]
        found = [*itertools.chain(*map(self._of_person, self._ledger.people)), *self._of_store()]
        kept, oauth = kept_tokens(self._chaos.home), self._chaos.platforms.oa.oauth
        if kept is None or kept.access != oauth.access or kept.refresh in oauth.spent:
            found.append("the newest Zalo tokens are not in the store")
        if oauth.in_vain:
            found.append(
                f"Zalo was asked {oauth.in_vain} times with a refresh token that was used"
            )
        log = self._chaos.bot.log
        if "Traceback" in log:
            found.append(f"a traceback in the log: {log[log.index('Traceback') :][:2000]}")
        secrets = [
            self._chaos.platforms.telegram.token,
            self._chaos.platforms.bot.token,
            "ACCESS-",
        ]
        found += [f"the log holds a secret: {secret[:12]}…" for secret in secrets if secret in log]
        return found

    def _of_person(self, person: Person) -> Iterator[str]:
        who = f"{person.side} {person.id}"
        for text in person.odd:
            yield f"{who}: got what is no answer: {text[:80]!r}"
        for subject in person.waiting:
            yield f"{who}: no answer to {faq.question(subject, 0)!r}: {self._last_seen(person, subject)}"
        order = [subject for subject, _ in itertools.groupby(copy.subject for copy in person.got)]
        unanswered = set(person.unanswered)
        if order != [subject for subject in person.asked if subject not in unanswered]:
            yield f"{who}: asked {person.asked}, was answered {order}"
        for one, other in itertools.pairwise(person.got):
            if one.subject == other.subject:
                yield from self._of_repeated(who, person, one, other)

    def _of_repeated(self, who: str, person: Person, one: Any, other: Any) -> Iterator[str]:
        if one.subject in self._ledger.lost[person.side, person.id]:
            self.repeated["after an answer that was lost"] += 1
        elif one.process != other.process:
            self.repeated["after a kill"] += 1
            gap = self._ledger.kills[one.process][1] - one.at
            self.longest_unnoted = max(self.longest_unnoted, gap)
        else:
            yield f"{who}: got the answer {one.subject} twice from one process"

    def _of_store(self) -> Iterator[str]:
        if (ok := self._rows("PRAGMA integrity_check")) != [("ok",)]:
            yield f"the database is damaged: {ok}"
        for table, query in (
            ("inbox", "SELECT state, count(*) FROM inbox WHERE state <> 'done' GROUP BY state"),
            ("outbox", "SELECT state, count(*) FROM outbox GROUP BY state"),
        ):
            for state, count in self._rows(query):
                yield f"{table}: {count} rows are {state}"
        turns = Counter(self._rows("SELECT user_key, entry, text FROM turns"))
        order = self._rows("SELECT user_key, entry FROM turns ORDER BY id")
        for person in self._ledger.people:
            key = _key(person)
            lost = person.excused.intersection(person.unanswered)
            asked = zip(person.asked, person.texts, strict=True)
            wanted = [(faq.entry(subject), text) for subject, text in asked if subject not in lost]
            if [entry for user, entry in order if user == key] != [entry for entry, _ in wanted]:
                yield f"{person.side} {person.id}: the turns are not those of the messages, in order"
            for entry, text in wanted:
                if turns.pop((key, entry, text), 0) != 1:
                    yield f"{person.side} {person.id}: not one turn for {text!r}"
        if turns:
            yield f"{sum(turns.values())} turns that belong to no message"

    def _last_seen(self, person: Person, subject: int) -> str:
        """Tell how far a message came that was not answered."""
        place = person.asked.index(subject)
        text, key = person.texts[place], _key(person)
        if place >= len(person.events):
            return "the platform could not deliver it"
        waits = "SELECT state, attempts, error FROM inbox WHERE user_key = ? AND text = ?"
        if found := self._rows(waits, key, text):
            return f"in the inbox: state, attempts, error = {found[0]}"
        turn = self._rows("SELECT id FROM turns WHERE user_key = ? AND text = ?", key, text)
        if not turn:
            return "handed to the platform, in no table"
        sending = "SELECT state, attempts, error FROM outbox WHERE turn_id = ?"
        if found := self._rows(sending, turn[0][0]):
            return f"answered as turn {turn[0][0]}, in the outbox: {found[0]}"
        return f"answered as turn {turn[0][0]}, noted as sent, not seen by the platform"

    def _rows(self, query: str, *values: object) -> list[Any]:
        return rows(self._chaos.home, query, *values)


def _key(person: Person) -> str:
    return pseudonym(SECRET.encode(), person.side, person.id)


def figures(chaos: Chaos, judge: Judge) -> str:
    """Write what happened, for whoever reads the output of CI."""
    ledger, size, oauth = chaos.ledger, chaos.plan.size, chaos.platforms.oa.oauth
    sides = Counter(person.side for person in ledger.people)
    how = "webhooks" if size.webhooks else "asking for messages"
    refused = sum(count for status, count in ledger.deliveries.items() if status != 200)
    excused = sum(len(person.excused.intersection(person.unanswered)) for person in ledger.people)
    lines = {
        "seed": f"{chaos.plan.seed} (CHAOS_SEED)",
        "messages": f"{size.messages:,} of {size.people} people ({_list(sides)}), {how}",
        "time": f"{ledger.ended - ledger.begun:.0f} s",
        "killed": f"{len(ledger.kills)} times: {_list(Counter(what for what, _ in ledger.kills.values()))}",
        "deliveries": f"{sum(ledger.deliveries.values()):,}, of which {refused:,} not taken",
        "injected": _list(ledger.injected),
        "answered": f"{ledger.answered:,}, in order; {excused} lost by Zalo Bot's polling"
        " (it gives a message once, then comes the kill)"
        if not size.webhooks
        else f"{ledger.answered:,}, in order",
        "repeated": f"{_list(Counter(judge.repeated))}"
        f"; at most {judge.longest_unnoted * 1000:.0f} ms before the kill",
        "Zalo tokens": f"{len(oauth.spent)} renewals, {oauth.in_vain} asked for in vain",
    }
    return "\n".join(f"  {name:<12}{text}" for name, text in lines.items())


def complaint(faults: list[str]) -> str:
    """Write the first faults."""
    more = f"\n… and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    return "\n".join(faults[:_SHOWN]) + more


def _list(counts: Counter[Any]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"
