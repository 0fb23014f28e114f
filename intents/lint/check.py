"""Everything an editor should know about a FAQ folder: all rules, the costly ones too.

`catalog.load` asks whether a FAQ can be used; `check` asks whether it may be published. A FAQ
with a list of official sites (`_sites.yaml`) is strict: its answers must name their sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intents.catalog import Loading
from intents.examples import Examples
from intents.lint.answers import check_accents, check_composed, check_lengths, check_sentences
from intents.lint.confusions import check_preferences
from intents.lint.dates import check_dates, check_lapsed, check_trust
from intents.lint.masked import check_masked
from intents.lint.phrasings import check_enough, check_near_duplicates, check_repeated
from intents.lint.terms import TermsFile, check_abbreviations, check_outdated
from intents.lint.titles import check_same_titles
from intents.problems import CatalogError, Problem, Severity
from intents.unseen import solved

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from intents.catalog import Catalog
    from intents.entry import Entry
    from intents.unseen import Solve


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    `catalog` holds what could be read, and is None when there was nothing; it is `usable` when a
    bot would load it. `problems` are sorted by place.
    """

    catalog: Catalog | None
    usable: bool
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors


def check(
    folder: Path,
    today: dt.date,
    written: Callable[[Catalog, Entry], str],
    *,
    read: Callable[[Catalog], Examples] = Examples.of,
    solve: Solve = solved,
) -> Checked:
    """Apply every rule to a folder as of a day. Takes seconds for thousands of phrasings.

    `written` makes the text of the message that answers with an entry. Who fitted the very same
    folder before gives its examples (`read`) and what was solved of them.
    """
    loading = Loading(folder)
    try:
        loading.read()
    except CatalogError as error:
        return Checked(None, usable=False, problems=error.problems)
    catalog = loading.assemble()
    usable = not any(problem.severity is Severity.ERROR for problem in loading.problems)
    examples = read(catalog)
    found = [
        *_editorial(loading, catalog, today, written),
        *check_near_duplicates(examples, loading.entries),
        *check_preferences(examples, loading.entries, solve),
    ]
    return Checked(catalog, usable, tuple(sorted([*loading.problems, *found])))


def _editorial(
    loading: Loading,
    catalog: Catalog,
    today: dt.date,
    written: Callable[[Catalog, Entry], str],
) -> Iterator[Problem]:
    entries = list(loading.entries.values())
    yield from check_same_titles(entries)
    yield from check_repeated(entries)
    yield from check_masked(entries)
    yield from check_composed(entries)
    yield from check_accents(entries)
    yield from check_sentences(entries)
    yield from check_lengths(entries, lambda entry: written(catalog, entry))
    yield from check_dates(entries, today)
    if loading.sites:
        yield from check_trust(entries)
        yield from check_enough(entries)
    if loading.values_source:
        yield from check_lapsed(entries, loading.values, loading.values_source, today)
    _, terms = loading.shared("_terms.yaml", TermsFile)
    if terms:
        yield from check_abbreviations(entries, terms.known_abbreviations)
        yield from check_outdated(entries, terms.outdated)
