"""What goes into the store and comes out of it, and how it is written as JSON.

Rows and SQL are in `store`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from bot.messages import Choice, Content, Status
from intents.reading import Explanation
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown, Verdict

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """Everything of a turn. `text` is already masked, `at` is aware.

    `number` is its id; there is none before it is stored.
    """

    at: datetime
    channel: str
    user_key: str
    content: Content
    text: str
    normalised: str = ""
    status: Status = Status.FAILED
    entry: str | None = None
    choice: str | None = None
    offered: tuple[Choice, ...] = ()
    verdict: Verdict | None = None
    latency_ms: float = 0.0
    reading: Json | None = None  # how the verdict came about: see `as_stored`
    number: int | None = field(default=None, compare=False)


def as_stored(explanation: Explanation) -> Json:
    """How a verdict came about, beside the ranking with its parts that the verdict holds."""
    return {
        "repaired": " ".join(explanation.question.spoken),
        "scope": round(explanation.scope, 4),
        "bands": asdict(explanation.bands),
        "by_meaning": explanation.by_meaning,
    }


def verdict_to_json(verdict: Verdict) -> Json:
    """Write a verdict as {kind, reason, ranking}, and entry or choices where it has them."""
    own: Json
    match verdict:
        case Answer(entry=entry, asked=asked):
            own = {"kind": "answer", "reason": None, "entry": entry, "asked": list(asked)}
        case Clarify(choices=choices):
            own = {"kind": "clarify", "reason": None, "choices": list(choices)}
        case Unknown(reason=reason):
            own = {"kind": "unknown", "reason": reason.value}
    return {**own, "ranking": [_candidate_to_json(one) for one in verdict.ranking]}


def _candidate_to_json(candidate: Candidate) -> Json:
    # `asdict` copies every number of every candidate: a tenth of the work for an answer.
    return {"entry": candidate.entry, "score": candidate.score, "parts": dict(candidate.parts)}


def verdict_from_json(data: Mapping[str, Any]) -> Verdict:
    ranking = tuple(Candidate(**candidate) for candidate in data["ranking"])
    match data["kind"]:
        case "answer":
            return Answer(data["entry"], ranking, tuple(data.get("asked", ())))
        case "clarify":
            return Clarify(tuple(data["choices"]), ranking)
        case "unknown":
            return Unknown(Reason(data["reason"]), ranking)
        case other:
            raise ValueError(f"no such kind of verdict: {other}")


def _verdict_and_reading(turn: TurnRecord) -> Json | None:
    """One column holds both: nobody asks the database about either."""
    if turn.verdict is None:
        return None
    stored = verdict_to_json(turn.verdict)
    return stored | {"reading": turn.reading} if turn.reading else stored


def turn_to_row(turn: TurnRecord) -> Json:
    return {
        "at": turn.at,
        "channel": turn.channel,
        "user_key": turn.user_key,
        "content": turn.content.value,
        "text": storable(turn.text),
        "normalised": storable(turn.normalised),
        "status": turn.status.value,
        "entry": turn.entry,
        "choice": None if turn.choice is None else storable(turn.choice),
        "offered": [asdict(choice) for choice in turn.offered],
        "verdict": _verdict_and_reading(turn),
        "latency_ms": turn.latency_ms,
    }


def turn_from_row(row: Mapping[str, Any]) -> TurnRecord:
    return TurnRecord(
        at=row["at"],
        channel=row["channel"],
        user_key=row["user_key"],
        content=Content(row["content"]),
        text=row["text"],
        normalised=row["normalised"],
        status=Status(row["status"]),
        entry=row["entry"],
        choice=row["choice"],
        offered=tuple(Choice(**choice) for choice in row["offered"]),
        verdict=verdict_from_json(row["verdict"]) if row["verdict"] else None,
        reading=row["verdict"].get("reading") if row["verdict"] else None,
        latency_ms=row["latency_ms"],
        number=row["id"],
    )


def storable(text: str) -> str:
    """Replace what no database takes: NUL, and halves of characters (lone surrogates)."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
