"""A folder of YAML files → `Catalog`: immutable, checked as a whole, with the place of every problem.

`<topic>.yaml` and `<topic>/*.yaml` hold entries. Files whose name begins with an underscore hold
what entries share: `_values.yaml`, `_lexicon.yaml`, `_out_of_scope.yaml`, `_sites.yaml`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from intents.entry import Entry, Kind, Model, Source, Topic, TopicFile
from intents.lexicon import Lexicon, LexiconFile
from intents.problems import CatalogError, Problem, Severity, explain, nearest
from intents.values import Step, Value, ValuesFile, names
from intents.yaml_source import YamlSource, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LINK = re.compile(r"\]\(\s*([^)\s]*)")
MAX_TITLE = 60

_File = TypeVar("_File", bound=BaseModel)


class OutOfScopeFile(Model):
    """`_out_of_scope.yaml`: questions that no entry answers; thresholds are fitted on them."""

    questions: tuple[str, ...] = ()


class SitesFile(Model):
    """`_sites.yaml`: domains that answers may link to. Without the file any https link may stand."""

    official: tuple[str, ...]


_SHARED: dict[str, type[Model]] = {
    "_values.yaml": ValuesFile,
    "_lexicon.yaml": LexiconFile,
    "_out_of_scope.yaml": OutOfScopeFile,
    "_sites.yaml": SitesFile,
}

_KEYS: dict[str, list[str]] = {
    "": ["topic", "entries", "values", "official", "questions", *LexiconFile.model_fields],
    "topic": list(Topic.model_fields),
    "entries": list(Entry.model_fields),
    "sources": list(Source.model_fields),
    "facets": [
        "steps",
        "documents",
        "fee",
        "duration",
        "where",
        "online",
        "legal_basis",
        "hotline",
        "warning",
    ],
    "values": list(Value.model_fields),
    "series": ["from", *(key for key in Step.model_fields if key != "from_")],
}


@dataclass(frozen=True)
class Catalog:
    """The whole FAQ.

    `entries` by id, in the order of their topics; `topics` in menu order; `topic_of` maps an
    entry's id to its topic's; `warnings` are findings that do not stop the FAQ from being used;
    `digest` changes whenever any file does.
    """

    topics: tuple[Topic, ...]
    entries: Mapping[str, Entry]
    topic_of: Mapping[str, str]
    values: Mapping[str, Value]
    lexicon: Lexicon
    out_of_scope: tuple[str, ...]
    warnings: tuple[Problem, ...]
    digest: str

    def entries_of(self, topic: str) -> tuple[Entry, ...]:
        """The answer entries of a topic, in the order of the file."""
        return tuple(
            entry
            for entry in self.entries.values()
            if entry.kind is Kind.ANSWER and self.topic_of[entry.id] == topic
        )


def load(folder: Path) -> Catalog:
    """Read and check a FAQ folder.

    Raises:
        CatalogError: with every problem of every file, when any of them is an error.
    """
    return _Loading(folder).catalog()


class _Loading:
    """Collects files and problems until the catalog stands or the list of problems does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.entries: dict[str, Entry] = {}
        self.topics: dict[str, Topic] = {}
        self.topic_of: dict[str, str] = {}
        self.places: dict[str, tuple[YamlSource, int]] = {}  # entry id → file, index in it
        self.hash = hashlib.sha256()

    def catalog(self) -> Catalog:
        paths = self._paths()
        shared = {name: self._shared(name, model) for name, model in _SHARED.items()}
        for path in paths:
            self._topic_file(path)
        values, lexicon, out_of_scope, sites = shared.values()
        assert isinstance(values, ValuesFile | None)
        assert isinstance(lexicon, LexiconFile | None)
        assert isinstance(out_of_scope, OutOfScopeFile | None)
        assert isinstance(sites, SitesFile | None)
        self._check_related()
        self._check_titles()
        self._check_values(values.values if values else {})
        self._check_links(sites.official if sites else None)
        if any(problem.severity is Severity.ERROR for problem in self.problems):
            raise CatalogError(self.problems)
        topics = tuple(sorted(self.topics.values(), key=lambda topic: (topic.order, topic.id)))
        rank = {topic.id: i for i, topic in enumerate(topics)}
        entries = dict(sorted(self.entries.items(), key=lambda item: rank[self.topic_of[item[0]]]))
        return Catalog(
            topics=topics,
            entries=entries,
            topic_of=self.topic_of,
            values=values.values if values else {},
            lexicon=Lexicon(lexicon or LexiconFile(), _well_typed(entries)),
            out_of_scope=out_of_scope.questions if out_of_scope else (),
            warnings=tuple(sorted(self.problems)),
            digest=self.hash.hexdigest(),
        )

    def _paths(self) -> list[Path]:
        if not self.folder.is_dir():
            raise CatalogError(
                [_about(self.folder, "không có thư mục này", "kiểm tra đường dẫn của FAQ")]
            )
        found = [*self.folder.glob("*.yaml"), *self.folder.glob("*/*.yaml")]
        paths = sorted(path for path in found if not path.name.startswith(("_", ".")))
        if not paths:
            mend = "thêm ít nhất một tệp <chủ đề>.yaml"
            raise CatalogError([_about(self.folder, "thư mục không có tệp YAML nào", mend)])
        return paths

    def _read(self, path: Path) -> YamlSource:
        source = read_yaml(path, str(path))
        self.hash.update(path.name.encode() + b"\0")
        if path.is_file():
            self.hash.update(path.read_bytes())
        self.problems += source.problems
        return source

    def _shared(self, name: str, model: type[Model]) -> Model | None:
        path = self.folder / name
        return self._validated(self._read(path), model) if path.is_file() else None

    def _validated(self, source: YamlSource, model: type[_File]) -> _File | None:
        if source.problems:
            return None
        try:
            return model.model_validate({} if source.data is None else source.data)
        except ValidationError as error:
            for detail in error.errors():
                what, mend = explain(detail, _KEYS)
                place = tuple(part for part in detail["loc"] if part != "[key]")
                at_key = detail["type"] == "extra_forbidden" or detail["loc"][-1:] == ("[key]",)
                self.problems.append(source.problem(place, what, mend, at_key=at_key))
            return None

    def _topic_file(self, path: Path) -> None:
        source = self._read(path)
        file = self._validated(source, TopicFile)
        if file is None:
            return
        nested = path.parent != self.folder
        topic = file.topic or Topic(id=path.parent.name if nested else path.stem, title=path.stem)
        if file.topic or topic.id not in self.topics:
            if file.topic and self.topics.get(topic.id, topic) != topic:
                self.problems.append(
                    source.problem(
                        ("topic", "id"),
                        f"chủ đề “{topic.id}” đã khai báo khác ở tệp khác",
                        "chỉ khai báo chủ đề ở một tệp",
                    )
                )
            self.topics[topic.id] = topic
        for index, entry in enumerate(file.entries):
            self._add(source, index, entry, topic.id)

    def _add(self, source: YamlSource, index: int, entry: Entry, topic: str) -> None:
        if entry.id in self.places:
            first, at = self.places[entry.id]
            line = first.values["entries", at, "id"][0]
            self.problems.append(
                source.problem(
                    ("entries", index, "id"),
                    f"mã “{entry.id}” đã dùng ở {first.name}:{line}",
                    "đặt một mã khác",
                )
            )
            return
        self.entries[entry.id] = entry
        self.topic_of[entry.id] = topic
        self.places[entry.id] = (source, index)

    def _problem(self, entry: str, place: tuple[int | str, ...], what: str, mend: str) -> Problem:
        source, index = self.places[entry]
        return source.problem(("entries", index, *place), what, mend)

    def _warn(self, problem: Problem) -> None:
        self.problems.append(
            Problem(
                problem.file,
                problem.line,
                problem.column,
                problem.what,
                problem.mend,
                Severity.WARNING,
            )
        )

    def _check_related(self) -> None:
        for entry in self.entries.values():
            for i, other in enumerate(entry.related):
                if other not in self.entries:
                    guess = nearest(other, self.entries)
                    mend = f"có phải bạn muốn viết “{guess}”?" if guess else "bỏ mã này"
                    self.problems.append(
                        self._problem(
                            entry.id, ("related", i), f"không có mục nào mang mã “{other}”", mend
                        )
                    )

    def _check_titles(self) -> None:
        for entry in self.entries.values():
            if len(entry.title) > MAX_TITLE:
                self._warn(
                    self._problem(
                        entry.id,
                        ("title",),
                        f"tên câu hỏi dài {len(entry.title)} ký tự, nút bấm chỉ hiện {MAX_TITLE}",
                        "rút ngắn lại",
                    )
                )

    def _check_values(self, values: Mapping[str, Value]) -> None:
        for entry, place, text in self._texts():
            for name in names(text):
                if name not in values:
                    guess = nearest(name, values)
                    mend = f"có phải {{{guess}}}?" if guess else "khai báo nó trong _values.yaml"
                    self.problems.append(
                        self._problem(entry, place, f"không có giá trị dùng chung “{name}”", mend)
                    )

    def _check_links(self, official: tuple[str, ...] | None) -> None:
        for entry, place, text in self._texts():
            for url in _LINK.findall(text):
                self._check_link(entry, place, url, official)
        for entry_id, one in self.entries.items():
            for i, source in enumerate(one.sources):
                if source.url:
                    self._check_link(entry_id, ("sources", i, "url"), source.url, official)

    def _check_link(
        self, entry: str, place: tuple[int | str, ...], url: str, official: tuple[str, ...] | None
    ) -> None:
        host = re.match(r"https://([^/:?#\s]+)", url)
        if not host:
            self.problems.append(
                self._problem(
                    entry, place, f"liên kết “{url}” không phải https", "viết đầy đủ https://…"
                )
            )
        elif official is not None and not any(
            host[1] == site or host[1].endswith(f".{site}") for site in official
        ):
            self.problems.append(
                self._problem(
                    entry,
                    place,
                    f"“{host[1]}” không phải trang chính thức",
                    "dùng trang của cơ quan nhà nước, hoặc thêm tên miền vào _sites.yaml",
                )
            )

    def _texts(self) -> Iterator[tuple[str, tuple[int | str, ...], str]]:
        for entry in self.entries.values():
            yield entry.id, ("answer",), entry.answer
            for facet, texts in entry.facets.items():
                for i, text in enumerate(texts):
                    yield entry.id, ("facets", facet.value, i), text


def _about(path: Path, what: str, mend: str) -> Problem:
    return Problem(str(path), 1, 1, what, mend)


def _well_typed(entries: Mapping[str, Entry]) -> Iterator[str]:
    """Titles and answers: text that an editor wrote with care."""
    for entry in entries.values():
        yield entry.title
        yield from entry.texts
