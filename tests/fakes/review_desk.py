"""A review held in memory, for the pages of the queue: two reviewers, versions, undo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.review.cluster import (
    Cluster,
    Decision,
    Filters,
    Likely,
    Page,
    Progress,
    ReviewError,
    Row,
    Sample,
    StaleError,
    State,
    Waiting,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def cluster(number: int, *texts: str, likely: Sequence[Likely] = (), people: int = 5) -> Cluster:
    """An open cluster of these wordings."""
    row = Row(
        id=number,
        version=1,
        state=State.OPEN,
        title=texts[0],
        people=people,
        turns=people + 2,
        trend=1.5,
        last_at=NOW - timedelta(hours=3),
        channels={"web": 3, "zalo_oa": 4},
        likely=likely[0] if likely else None,
    )
    samples = [
        Sample(number * 100 + place, text, people, people, row.last_at)
        for place, text in enumerate(texts)
    ]
    return Cluster(
        row=row,
        first_at=NOW - timedelta(days=9),
        reasons={"unknown:weak": people + 2},
        why=["điểm 0,42 dưới ngưỡng trả lời 0,61"],
        likely=likely,
        samples=samples,
        more=0,
        history=(),
    )


@dataclass
class ReviewInMemory:
    """Does to its clusters what is asked, when the version is the newest."""

    clusters: dict[int, Cluster] = field(default_factory=dict)
    accepted: list[tuple[int, str, tuple[int, ...]]] = field(default_factory=list)
    gathered: Progress | None = None
    before: dict[int, Cluster] = field(default_factory=dict)

    def put(self, *found: Cluster) -> None:
        self.clusters |= {one.row.id: one for one in found}

    async def queue(self, filters: Filters) -> Page:
        rows = [
            one.row
            for one in self.clusters.values()
            if filters.state in {"", one.row.state} and filters.words in one.row.title
        ]
        return Page(rows[(filters.page - 1) * 25 : filters.page * 25], len(rows), 25)

    async def cluster(self, number: int) -> Cluster | None:
        return self.clusters.get(number)

    async def progress(self) -> Progress | None:
        return self.gathered

    async def waiting(self) -> Waiting:
        rows = [one.row for one in self.clusters.values() if one.row.state is State.OPEN]
        return Waiting(len(rows), 1 if rows else 0)

    async def last_of(self, account: str) -> Decision | None:
        made = [d for one in self.clusters.values() for d in one.history]
        own = [d for d in made if d.account == account and d.undone_by is None]
        return max(own, key=lambda d: d.id, default=None)

    async def claim(self, number: int, *, by: str) -> None:
        if number not in self.clusters:
            raise ReviewError(f"Không có nhóm {number}.")
        one = self.clusters[number]
        self.clusters[number] = replace(one, row=replace(one.row, viewer=by))

    async def accept(
        self, number: int, version: int, *, by: str, entry: str, questions: Sequence[int]
    ) -> int:
        self.decide(number, version, by, "accept", State.ACCEPTED, detail=entry)
        self.accepted.append((number, entry, tuple(questions)))
        return 7

    async def out_of_scope(
        self, number: int, version: int, *, by: str, questions: Sequence[int]
    ) -> None:
        del questions
        self.decide(number, version, by, "out_of_scope", State.OUT_OF_SCOPE)

    async def case_data(self, number: int, version: int, *, by: str) -> None:
        self.decide(number, version, by, "case_data", State.CASE_DATA)

    async def ignore(self, number: int, version: int, *, by: str) -> None:
        self.decide(number, version, by, "ignore", State.IGNORED)

    async def reopen(self, number: int, version: int, *, by: str) -> None:
        self.decide(number, version, by, "reopen", State.OPEN)

    async def merge(self, number: int, version: int, *, by: str, other: int) -> None:
        one, target = self._fresh(number, version), self.clusters.get(other)
        if target is None:
            raise ReviewError(f"Không có nhóm {other}: bạn hãy xem lại số trong danh sách.")
        del by
        self.clusters[other] = replace(target, samples=[*target.samples, *one.samples])
        del self.clusters[number]

    async def split(self, number: int, version: int, *, by: str, questions: Sequence[int]) -> int:
        del by
        made = max(self.clusters) + 1
        self.clusters[made] = cluster(made, "mới")
        self._taken(number, version, questions, made)
        return made

    async def move(
        self, number: int, version: int, *, by: str, questions: Sequence[int], other: int
    ) -> None:
        del by
        self._taken(number, version, questions, other)

    async def undo(self, decision: int, *, by: str) -> int:
        for number, one in self.clusters.items():
            for made in one.history:
                if made.id == decision and made.undone_by is None:
                    undone = replace(made, undone_by=by)
                    row = replace(self.before[decision].row, version=one.row.version + 1)
                    self.clusters[number] = replace(one, row=row, history=[undone])
                    return number
        raise ReviewError("Việc này đã được hoàn tác rồi: tải lại trang để xem.")

    def _fresh(self, number: int, version: int) -> Cluster:
        one = self.clusters[number]
        if one.row.version != version:
            last = one.history[0]
            raise StaleError(f"{last.account} vừa xử lý nhóm này trước bạn; chưa đổi gì.")
        return one

    def _taken(self, number: int, version: int, questions: Sequence[int], other: int) -> None:
        one, target = self._fresh(number, version), self.clusters[other]
        going = [sample for sample in one.samples if sample.id in questions]
        left = [sample for sample in one.samples if sample.id not in questions]
        self.clusters[number] = replace(one, samples=left)
        self.clusters[other] = replace(target, samples=[*target.samples, *going])

    def decide(
        self, number: int, version: int, by: str, act: str, state: State, *, detail: str = ""
    ) -> None:
        one = self._fresh(number, version)
        made = Decision(len(self.before) + 1, number, NOW, by, act, detail)
        self.before[made.id] = one
        row = replace(one.row, state=state, version=version + 1)
        self.clusters[number] = replace(one, row=row, history=[made, *one.history])
