"""What the checker says of an entry while it is typed, at the field it is about.

The rules are those of `hoidap faq check`, but for those that fit the whole FAQ: these speak up
when the proposal is tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.drafts import days
from bot.drafts.draft import DATES, LABELS
from bot.privacy import personal
from bot.replies import facet_labels
from intents.entry import Entry, Facet
from intents.lint.answers import check_accents, check_composed, check_lengths, check_sentences
from intents.lint.dates import check_dates, check_trust
from intents.lint.located import Located
from intents.lint.masked import check_masked
from intents.lint.phrasings import check_enough, check_repeated
from intents.lint.references import check_links, check_values
from intents.lint.sentences import cited
from intents.lint.terms import check_abbreviations, check_outdated
from intents.lint.titles import check_title_lengths
from intents.lint.unfinished import check_unfinished
from intents.problems import Problem, Rule, Severity, explain, nearest
from intents.text import clean, fold
from intents.yaml_source import YamlSource

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from pydantic_core import ErrorDetails

    from bot.drafts.draft import Draft
    from bot.drafts.written import WrittenFaq
    from intents.lint.neighbours import Neighbours
    from intents.yaml_source import Place

_WITHOUT = {"id": "muc_moi", "title": "…", "phrasings": ["…"], "answer": "…"}
_ELSEWHERE = {Rule.NO_SOURCE: ("sources",), Rule.NOT_VERIFIED: ("verified",)}
_MOST_TRIES = 5


class About(StrEnum):
    """What a finding is about, where a page tells such findings apart."""

    OTHER = ""
    LENGTH = "length"  # more than the field may hold
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding at a field, named "title", "facets.fee", "sources.0.url" and so on."""

    field: str
    what: str
    mend: str
    severity: Severity
    about: About = About.OTHER

    @property
    def grave(self) -> bool:
        """Whether it must be mended before the change can be published."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft as an entry – without the fields that cannot be read – and what was found."""

    entry: Entry
    findings: tuple[Finding, ...]

    def at(self, field: str) -> list[Finding]:
        """What was found at a field and inside it."""
        return [
            one for one in self.findings if one.field == field or one.field.startswith(f"{field}.")
        ]


def look(
    draft: Draft,
    faq: WrittenFaq,
    today: dt.date,
    *,
    neighbours: Neighbours | None,
    written: Callable[[Entry], str],
    new: bool = False,
) -> Looked:
    """Check a draft. Milliseconds for the rules, some more for the `neighbours`; any thread.

    `written` makes the text of the message that answers with an entry.
    """
    entry, errors = as_entry(draft)
    found = [_told(error) for error in errors]
    wrong = {one.field.split(".")[0] for one in found} & {*_WITHOUT, *DATES}
    checked = _checked(entry, draft, faq, today, written)
    found += (one for one in checked if one.field.split(".")[0] not in wrong)
    found += _elsewhere(draft, faq, new=new)
    found += _personal(draft)
    if neighbours:
        found += _alike(draft, neighbours)
    return Looked(entry, tuple(sorted(set(found), key=lambda one: (not one.grave, one))))


def as_entry(draft: Draft) -> tuple[Entry, list[ErrorDetails]]:
    """The draft as an entry, and what had to be left out of it or is missing."""
    data = draft.data()
    told: list[ErrorDetails] = []
    for _ in range(_MOST_TRIES):
        try:
            return Entry.model_validate(data), told
        except ValidationError as error:
            details = error.errors()
            told += details
            for detail in details:
                _leave_out(data, detail)
    return Entry.model_validate(dict(_WITHOUT)), told


def _leave_out(data: dict[str, Any], error: ErrorDetails) -> None:
    """Make the data valid at the place of an error."""
    place = [part for part in error["loc"] if part != "[key]"]
    match place:
        case []:
            data.pop("valid_from", None)
            data.pop("valid_until", None)
        case ["facets", name, *_]:
            data["facets"] = {k: v for k, v in data.get("facets", {}).items() if k != name}
        case ["sources", int(row), str(name), *_] if name != "document":
            data["sources"][row] = {k: v for k, v in data["sources"][row].items() if k != name}
        case ["sources", int(row), *_]:
            data["sources"][row] = {**data["sources"][row], "document": "…"}
        case [name, *_] if name in _WITHOUT:
            data[str(name)] = _WITHOUT[str(name)]
        case [name, *_]:
            data.pop(str(name), None)


def _told(error: ErrorDetails) -> Finding:
    place = [part for part in error["loc"] if part != "[key]"]
    if not place:
        what = "Ngày cuối còn đúng đứng trước ngày bắt đầu đúng"
        return Finding("valid_until", what, "sửa lại một trong hai ngày", Severity.ERROR)
    if error["type"] in {"missing", "string_too_short", "too_short"}:
        return Finding(
            _field(tuple(place)), f"Chưa có {_name(place)}", "viết nội dung", Severity.ERROR
        )
    if "date" in error["type"]:
        what, mend = days.trouble(str(error["input"]))
    else:
        what, mend = (_in_words(text) for text in explain(error, {}))
    about = About.LENGTH if error["type"] == "string_too_long" else About.OTHER
    what = what[0].upper() + what[1:]
    return Finding(_field(tuple(place)), what, mend, Severity.ERROR, about)


def _name(place: list[int | str]) -> str:
    if place[0] == "sources" and place[-1] == "document":
        return "tên văn bản"
    label = LABELS.get(str(place[0]), str(place[0]))
    return label[0].lower() + label[1:]


def _checked(
    entry: Entry,
    draft: Draft,
    faq: WrittenFaq,
    today: dt.date,
    written: Callable[[Entry], str],
) -> Iterator[Finding]:
    """The rules that look at one entry."""
    places = _places(entry)
    source = YamlSource("mục này", values={place: (n, 1) for n, place in enumerate(places)})
    one = [Located(entry, source, 0)]
    problems: list[Problem] = [
        *check_unfinished(one),
        *check_title_lengths(one),
        *check_links(one, faq.official),
        *check_values(one, faq.values),
        *check_repeated(one),
        *check_masked(one),
        *check_composed(one),
        *check_accents(one),
        *check_sentences(one),
        *check_lengths(one, written),
        *check_dates(one, today),
        *check_abbreviations(one, faq.terms.known_abbreviations),
        *check_outdated(one, faq.terms.outdated),
    ]
    if faq.official is not None:
        problems += [*check_trust(one), *check_enough(one)]
    for problem in problems:
        place = _ELSEWHERE.get(problem.rule, places[problem.line][2:])
        what, mend = problem.what, problem.mend
        if entry.id != draft.id:  # one that stands for an id that is missing or cannot be used
            what, mend = (text.replace(f"“{entry.id}”", "này") for text in (what, mend))
        what = _in_words(what[0].upper() + what[1:])
        about = About.PERSONAL if problem.rule is Rule.MASKED else About.OTHER
        yield Finding(_field(place), what, _in_words(mend), problem.rule.severity, about)


def _places(entry: Entry) -> list[Place]:
    """Every place of an entry; a rule's finding is told by the number of its place."""
    inside: list[Place] = [(), *((name,) for name in LABELS)]
    inside += [("phrasings", i) for i in range(len(entry.phrasings))]
    for facet, texts in entry.facets.items():
        inside += [
            ("facets", facet.value),
            *(("facets", facet.value, i) for i in range(len(texts))),
        ]
    for i in range(len(entry.sources)):
        inside += [("sources", i), ("sources", i, "url")]
    return [("entries", 0, *place) for place in inside]


def _elsewhere(draft: Draft, faq: WrittenFaq, *, new: bool) -> Iterator[Finding]:
    """What other entries have to do with it: ids and titles."""
    if new and draft.id in faq.entries:
        what = f"Mã “{draft.id}” đã dùng cho mục khác"
        yield Finding("id", what, "đặt một mã khác", Severity.ERROR)
    if new and draft.topic not in {topic.id for topic in faq.topics}:
        yield Finding("topic", "Chưa chọn chủ đề", "chọn một chủ đề", Severity.ERROR)
    title = fold(clean(draft.title))
    for other in faq.entries.values():
        if title and other.entry.id != draft.id and fold(clean(other.entry.title)) == title:
            what = f"Tên câu hỏi trùng với mục “{other.entry.id}”"
            mend = "đặt tên khác để người dân phân biệt được hai nút"
            yield Finding("title", what, mend, Severity.ERROR)
    for i, name in enumerate(draft.related):
        if name == draft.id:
            yield Finding(
                f"related.{i}", "Mục này dẫn tới chính nó", "bỏ mã này", Severity.WARNING
            )
        elif name not in faq.entries:
            guess = nearest(name, faq.entries)
            mend = f"có phải bạn muốn viết “{guess}”?" if guess else "bỏ mã này"
            what = f"Không có mục nào mang mã “{name}”"
            yield Finding(f"related.{i}", what, mend, Severity.ERROR)


def _personal(draft: Draft) -> Iterator[Finding]:
    """Answers are not looked at: they rightly hold hotlines."""
    wordings = [("title", "Tên câu hỏi", draft.title)]
    wordings += [
        (f"phrasings.{i}", f"Cách hỏi {cited(text)}", text)
        for i, text in enumerate(draft.phrasings)
    ]
    for field, name, text in wordings:
        if found := dict.fromkeys(personal(text)):
            what = f"{name} có thông tin cá nhân: {', '.join(found)}"
            mend = "bỏ phần đó khỏi câu: ai cũng đọc được"
            yield Finding(field, what, mend, Severity.WARNING, About.PERSONAL)


def _alike(draft: Draft, neighbours: Neighbours) -> Iterator[Finding]:
    for one in neighbours.of(draft.phrasings, draft.id):
        mine, theirs = cited(draft.phrasings[one.typed]), cited(one.phrasing)
        field = f"phrasings.{one.typed}"
        if one.same:
            what = f"Cách hỏi {mine} đã có ở mục “{one.entry}”"
            yield Finding(field, what, "chỉ giữ ở một mục", Severity.ERROR)
        else:
            what = f"Cách hỏi {mine} gần giống {theirs} của mục “{one.entry}”"
            mend = "giữ ở một mục, hoặc nói rõ chỗ khác nhau"
            yield Finding(field, what, mend, Severity.WARNING)


def _field(place: Place) -> str:
    return ".".join(map(str, place)) or "title"


_WORDS = {
    **{f"“{key}”": f"“{label}”" for key, label in LABELS.items()},
    **{f"“{key.value}”": f"“{facet_labels([key])[0]}”" for key in Facet},
    "“document”": "“Tên văn bản”",
    "“url”": "“Địa chỉ trang”",
    "“verified: năm-tháng-ngày”": "“Ngày kiểm tra”",
}

_ASKED_DAY = re.compile(r"(?<=muộn nhất là )\d{4}-\d\d-\d\d")


def _in_words(text: str) -> str:
    """The keys of the files as the form calls them."""
    for key, label in _WORDS.items():
        text = text.replace(key, label)
    return _ASKED_DAY.sub(lambda day: days.as_shown(day[0]), text)
