"""The rows of a month: tallied day by day, then published as far as people cannot be found in them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.messages import Status
from bot.open_data.partition import Crowd, Partition, partition
from bot.store.open_data import Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.store.open_data import Numbers

TOTAL, CHANNEL, TOPIC = "total", "channel", "topic"
OTHERS = "_others"
"""The id of a row that holds several cells together."""
NO_TOPIC = "_none"
"""The id of answers whose entry belongs to no topic any more."""
COLUMNS = (
    "month",
    "group",
    "id",
    "title",
    "questions",
    "answered",
    "clarified",
    "unknown",
    "answered_rate",
    "answers_shown",
    "satisfaction",
)
Row = dict[str, Any]


class Tally:
    """Adds up the days of one month."""

    def __init__(self, floor: int, topic_of: Mapping[str, str]) -> None:
        self._floor = floor
        self._topic_of = topic_of
        self._statuses: dict[str, Counter[str]] = {}
        self._useful = {CHANNEL: Counter[str](), TOPIC: Counter[str]()}
        self._cells: dict[str, dict[str, Crowd]] = {CHANNEL: {}, TOPIC: {}}
        self._raters: dict[str, dict[str, Crowd]] = {CHANNEL: {}, TOPIC: {}}

    @property
    def known(self) -> Known:
        """What has enough people already."""
        enough = {
            group: {name for name, cell in cells.items() if len(cell.people) >= self._floor}
            for group, cells in self._cells.items()
        }
        topics = enough[TOPIC]
        return Known(
            sorted(enough[CHANNEL]),
            sorted(entry for entry, topic in self._topic_of.items() if topic in topics),
        )

    def add(self, day: Numbers) -> None:
        """Count a day."""
        for channel, status, number in day.asked:
            self._statuses.setdefault(channel, Counter())[status] += number
            self._count(CHANNEL, channel, number)
        for channel, person in day.askers:
            self._count(CHANNEL, channel, 0, person)
        for entry, number in day.shown:
            self._count(TOPIC, self._topic(entry), number)
        for entry, person in day.readers:
            self._count(TOPIC, self._topic(entry), 0, person)
        for channel, entry, person, useful, number in day.rated:
            for group, name in ((CHANNEL, channel), (TOPIC, self._topic(entry))):
                self._useful[group][name] += useful
                raters = self._raters[group].setdefault(name, Crowd())
                raters.add(number, (person,), self._floor)

    def rows(self) -> list[Row]:
        """What may be published: nothing, or the total with its parts."""
        channels, topics = self._partition(CHANNEL), self._partition(TOPIC)
        if channels.is_empty:
            return []
        total = self._asked(self._statuses) | {
            "group": TOTAL,
            "id": "",
            "answers_shown": None
            if topics.is_empty
            else sum(cell.weight for cell in self._cells[TOPIC].values()),
            "satisfaction": self._satisfaction(CHANNEL, self._raters[CHANNEL]),
        }
        return [total, *self._rows(CHANNEL, channels), *self._rows(TOPIC, topics)]

    def _count(self, group: str, name: str, number: int, *people: str) -> None:
        self._cells[group].setdefault(name, Crowd()).add(number, people, self._floor)

    def _topic(self, entry: str) -> str:
        return self._topic_of.get(entry, NO_TOPIC)

    def _partition(self, group: str) -> Partition:
        return partition(self._cells[group], self._floor)

    def _rows(self, group: str, parts: Partition) -> list[Row]:
        """A row for each cell that stands alone, and one for the others beside them."""
        blocks: dict[str, tuple[str, ...]] = {name: (name,) for name in parts.alone}
        if parts.alone and parts.others:
            blocks[OTHERS] = parts.others
        inside = {member for members in blocks.values() for member in members}
        outside: dict[str, tuple[str, ...]] = {
            name: (name,) for name in self._raters[group] if name not in inside
        }
        raters = {name: self._rated(group, each) for name, each in (outside | blocks).items()}
        shares = partition(raters, self._floor).alone
        return [
            {
                "group": group,
                "id": name,
                **self._numbers(group, members),
                "satisfaction": self._satisfaction(group, members) if name in shares else None,
            }
            for name, members in blocks.items()
        ]

    def _numbers(self, group: str, members: Iterable[str]) -> Row:
        if group == CHANNEL:
            return self._asked(members) | {"answers_shown": None}
        shown = sum(self._cells[TOPIC][name].weight for name in members)
        return dict.fromkeys(COLUMNS[4:9]) | {"answers_shown": shown}

    def _asked(self, channels: Iterable[str]) -> Row:
        counts = sum((self._statuses[name] for name in channels), Counter[str]())
        unknown = sum(n for status, n in counts.items() if status.startswith("unknown:"))
        questions, answered = counts.total(), counts[Status.ANSWERED]
        return {
            "questions": questions,
            "answered": answered,
            "clarified": counts[Status.CLARIFIED],
            "unknown": unknown,
            "answered_rate": round(answered / questions, 3) if questions else None,
        }

    def _rated(self, group: str, members: Iterable[str]) -> Crowd:
        """Who rated anything of these cells."""
        found = Crowd()
        for name in members:
            cell = self._raters[group].get(name, Crowd())
            found.add(cell.weight, sorted(cell.people), self._floor)
        return found

    def _satisfaction(self, group: str, members: Iterable[str]) -> float | None:
        """The share of 👍, of enough people only."""
        names = list(members)
        rated = self._rated(group, names)
        if len(rated.people) < self._floor:
            return None
        useful = sum(self._useful[group][name] for name in names)
        return round(useful / rated.weight, 2)
