"""A folder of YAML files → `Catalog`: immutable, checked as a whole, with the place of every problem.

`<topic>.yaml` and `<topic>/*.yaml` hold entries. Files whose name begins with an underscore hold
what entries share: `_values.yaml`, `_lexicon.yaml`, `_out_of_scope.yaml`, `_sites.yaml`. Loading
checks what a FAQ cannot be used without; the rules for editors are in `lint`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from intents.entry import Entry, Kind, Model, Source, Topic, TopicFile
from intents.lexicon import Lexicon, LexiconFile
from intents.lint.located import Located
from intents.lint.references import check_links, check_related, check_values
from intents.lint.terms import Outdated, TermsFile
from intents.lint.titles import check_title_lengths
from intents.lint.unfinished import TO_FILL, check_unfinished
from intents.problems import CatalogError, Problem, Rule, Severity, explain
from intents.values import Step, Value, ValuesFile
from intents.yaml_source import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from intents.yaml_source import Place, YamlSource

_NO_ID = re.compile(r"[\s:|]+")
_LONGEST_NAME = 20  # characters, so that the id keeps below its bytes

_File = TypeVar("_File", bound=BaseModel)


class OutOfScopeFile(Model):
    """`_out_of_scope.yaml`: questions that no entry answers; thresholds are fitted on them."""

    questions: tuple[str, ...] = ()


class SitesFile(Model):
    """`_sites.yaml`: domains that answers may link to. Without the file any https link may stand."""

    official: tuple[str, ...]


_KEYS: dict[str, list[str]] = {
    "": [
        *("topic", "entries", "values", "official", "questions"),
        *LexiconFile.model_fields,
        *TermsFile.model_fields,
    ],
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
    "outdated": list(Outdated.model_fields),
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
    loading = Loading(folder)
    loading.read()
    return loading.catalog()


class Loading:
    """Collects files and problems until the catalog stands or the list of problems does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.entries: dict[str, Located] = {}
        self.topics: dict[str, Topic] = {}
        self.topic_of: dict[str, str] = {}
        self.values: Mapping[str, Value] = {}
        self.values_source: YamlSource | None = None
        self.sites: SitesFile | None = None
        self._lexicon = LexiconFile()
        self._out_of_scope = OutOfScopeFile()
        self._declared: set[str] = set()
        self._values_known = True
        self._whole = True  # whether every file could be read
        self._hash = hashlib.sha256()

    def read(self) -> None:
        """Read every file, and check what the FAQ cannot be used without.

        Raises:
            CatalogError: when there is no folder, or nothing in it.
        """
        paths = self._paths()
        self.values_source, values = self.shared("_values.yaml", ValuesFile)
        self.values = values.values if values else {}
        self._values_known = self._whole
        self._lexicon = self.shared("_lexicon.yaml", LexiconFile)[1] or self._lexicon
        outside = self.shared("_out_of_scope.yaml", OutOfScopeFile)[1]
        self._out_of_scope = outside or self._out_of_scope
        self.sites = self.shared("_sites.yaml", SitesFile)[1]
        for path in paths:
            self._topic_file(path)
        self._lint()

    def catalog(self) -> Catalog:
        """What was read, when it can be used.

        Raises:
            CatalogError: with every problem, when any of them is an error.
        """
        if any(problem.severity is Severity.ERROR for problem in self.problems):
            raise CatalogError(self.problems)
        return self.assemble()

    def assemble(self) -> Catalog:
        """What could be read, whether it can be used or not."""
        topics = tuple(sorted(self.topics.values(), key=lambda topic: (topic.order, topic.id)))
        rank = {topic.id: i for i, topic in enumerate(topics)}
        ordered = sorted(self.entries, key=lambda entry: rank[self.topic_of[entry]])
        entries = {entry: self.entries[entry].entry for entry in ordered}
        return Catalog(
            topics=topics,
            entries=entries,
            topic_of=self.topic_of,
            values=self.values,
            lexicon=Lexicon(
                self._lexicon,
                _well_typed(entries.values()),
                (text for entry in entries.values() for text in entry.phrasings),
            ),
            out_of_scope=self._out_of_scope.questions,
            warnings=tuple(sorted(self.problems)),
            digest=self._hash.hexdigest(),
        )

    def shared(
        self, name: str, model: type[_File]
    ) -> tuple[YamlSource, _File] | tuple[None, None]:
        """A file that entries share and where its parts stand; nothing when it cannot be used."""
        path = self.folder / name
        if not path.is_file():
            return None, None
        source, file = self._read(path, model)
        return (source, file) if file is not None else (None, None)

    def _lint(self) -> None:
        entries = list(self.entries.values())
        self.problems += check_unfinished(entries)
        self.problems += check_title_lengths(entries)
        self.problems += check_links(entries, self.sites.official if self.sites else None)
        # What is missing may well stand in a file that could not be read.
        if self._whole:
            self.problems += check_related(entries)
        if self._values_known:
            self.problems += check_values(entries, self.values)

    def _paths(self) -> list[Path]:
        if not self.folder.is_dir():
            what, mend = "không có thư mục này", "kiểm tra đường dẫn của FAQ"
            raise CatalogError([Problem(str(self.folder), 1, 1, what, mend)])
        found = [*self.folder.glob("*.yaml"), *self.folder.glob("*/*.yaml")]
        paths = sorted(path for path in found if not path.name.startswith(("_", ".")))
        if not paths:
            what, mend = "thư mục không có tệp YAML nào", "thêm ít nhất một tệp <chủ đề>.yaml"
            raise CatalogError([Problem(str(self.folder), 1, 1, what, mend)])
        return paths

    def _read(self, path: Path, model: type[_File]) -> tuple[YamlSource, _File | None]:
        """Read and validate one file; its problems are noted, and None stands for what is unusable."""
        source = read_yaml(path, str(path))
        self._hash.update(path.relative_to(self.folder).as_posix().encode() + b"\0")
        self._hash.update(hashlib.sha256(source.raw).digest())
        file = None
        if not source.problems:
            try:
                file = model.model_validate({} if source.data is None else source.data)
            except ValidationError as error:
                source.problems += _explained(source, error)
        self.problems += source.problems
        self._whole &= file is not None
        return source, file

    def _topic_file(self, path: Path) -> None:
        source, file = self._read(path, TopicFile)
        if file is None:
            return
        topic = file.topic or self._undeclared(path)
        if file.topic and topic.id in self._declared and self.topics[topic.id] != topic:
            what = f"chủ đề “{topic.id}” đã khai báo khác ở tệp khác"
            mend = "chỉ khai báo chủ đề ở một tệp"
            self.problems.append(source.problem(("topic", "id"), what, mend))
        if TO_FILL in topic.title:
            what, mend = "tên chủ đề chưa điền", "viết tên hiện trong danh mục cho người dân chọn"
            problem = source.problem(("topic", "title"), what, mend, rule=Rule.UNFINISHED)
            self.problems.append(problem)
        if file.topic:
            self._declared.add(topic.id)
            self.topics[topic.id] = topic
        self.topics.setdefault(topic.id, topic)
        for index, entry in enumerate(file.entries):
            self._add(Located(entry, source, index), topic.id)

    def _undeclared(self, path: Path) -> Topic:
        """The topic of a file that declares none: named after its folder, or after itself."""
        name = path.stem if path.parent == self.folder else path.parent.name
        return Topic(id=_NO_ID.sub("_", name)[:_LONGEST_NAME], title=name[:_LONGEST_NAME])

    def _add(self, new: Located, topic: str) -> None:
        entry = new.entry.id
        if entry in self.entries:
            what = f"mã “{entry}” đã dùng ở {self.entries[entry].where(('id',))}"
            self.problems.append(new.problem(Rule.FORM, ("id",), what, "đặt một mã khác"))
            return
        self.entries[entry] = new
        self.topic_of[entry] = topic


def _explained(source: YamlSource, error: ValidationError) -> Iterator[Problem]:
    """One problem a place, and none for a list that is only called short for its wrong items."""
    # What is wrong with a key explains what is wrong with its value.
    details = sorted(error.errors(), key=lambda detail: detail["loc"][-1:] != ("[key]",))
    places = [tuple(part for part in detail["loc"] if part != "[key]") for detail in details]
    told: set[Place] = set()
    for detail, place in zip(details, places, strict=True):
        inside = any(other[: len(place)] == place and len(other) > len(place) for other in places)
        if place in told or (detail["type"] == "too_short" and inside):
            continue
        told.add(place)
        what, mend = explain(detail, _KEYS)
        at_key = detail["type"] == "extra_forbidden" or detail["loc"][-1:] == ("[key]",)
        yield source.problem(place, what, mend, at_key=at_key)


def _well_typed(entries: Iterable[Entry]) -> Iterator[str]:
    """Titles and answers: text that an editor wrote with care."""
    for entry in entries:
        yield entry.title
        yield from entry.texts
