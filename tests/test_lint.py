"""Every rule of `faq check`: what it finds, what it lets pass, and how grave it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intents.catalog import load
from intents.problems import Rule, Severity
from tests.faq import FOLDER, ROOT
from tests.faq_faults import EXAMPLES, TODAY, checked, told
from tests.small_faq import topic, write

if TYPE_CHECKING:
    from pathlib import Path


def test_every_rule_has_an_example() -> None:
    """A rule nobody has seen at work is not kept."""
    assert set(EXAMPLES) == set(Rule)


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_finds_its_fault_once(tmp_path: Path, rule: Rule) -> None:
    """One finding with a place inside the file, as grave as the rule is."""
    found = [one for one in checked(tmp_path, EXAMPLES[rule].bad).problems if one.rule is rule]
    assert [one.severity for one in found[:1]] == [rule.severity]
    assert len({one.what for one in found}) == len(found)
    assert all(one.line > 1 or one.file.endswith("_values.yaml") for one in found)


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_lets_a_sound_faq_pass(tmp_path: Path, rule: Rule) -> None:
    """So does every rule that would stop it from being used."""
    result = checked(tmp_path, EXAMPLES[rule].good)
    assert [one for one in result.problems if one.rule is rule] == []
    assert result.errors == 0


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule is not Rule.FORM])
def test_an_example_breaks_no_other_rule_gravely(tmp_path: Path, rule: Rule) -> None:
    """What an editor reads is about the fault, not about what follows from it."""
    found = checked(tmp_path, EXAMPLES[rule].bad).problems
    assert {one.rule for one in found if one.severity is Severity.ERROR} <= {rule}


@pytest.mark.parametrize("rule", Rule)
def test_the_guide_for_editors_explains_a_rule(tmp_path: Path, rule: Rule) -> None:
    """With what is said of the example, word for word, and how grave it is."""
    one = next(p for p in checked(tmp_path, EXAMPLES[rule].bad).problems if p.rule is rule)
    what = one.what.replace(str(tmp_path), "faq")
    row = f"| {rule.value} | {rule.severity.value} | {what} | {one.mend} |"
    assert row in (ROOT / "docs" / "bien-tap.md").read_text("utf-8").splitlines()


def test_a_faq_of_the_least_form_has_nothing_to_mend(tmp_path: Path) -> None:
    """Id, title, phrasings, answer: sources and dates are asked of strict FAQs alone."""
    assert checked(tmp_path, {"t.yaml": topic("a", "b", "c")}).problems == ()


def test_a_strict_faq_asks_nothing_more_of_talk(tmp_path: Path) -> None:
    """Small talk and signposts need no source, no date, no dozen phrasings."""
    talk = topic("a", more="    kind: small_talk\n")
    files = {"t.yaml": talk, "_sites.yaml": "official: [gov.vn]\n"}
    assert checked(tmp_path, files).problems == ()


def test_a_finding_for_editors_does_not_stop_the_bot(tmp_path: Path) -> None:
    """Loading asks only whether the FAQ can be used; it must be quick and keep serving."""
    files = EXAMPLES[Rule.REPEATED_ELSEWHERE].bad
    result = checked(tmp_path, files)
    assert (result.errors, result.usable) == (1, True)
    assert load(write(tmp_path, files)).warnings == ()


def test_findings_for_editors_stand_beside_those_that_stop_the_bot(tmp_path: Path) -> None:
    """One run tells everything, even where a file cannot be read."""
    files = EXAMPLES[Rule.OUTDATED].bad | {"b.yaml": "entries: [\n"}
    result = checked(tmp_path, files)
    assert {one.rule for one in result.problems} == {Rule.FORM, Rule.OUTDATED}
    assert not result.usable


def test_a_folder_without_a_faq_is_told(tmp_path: Path) -> None:
    """As one finding, like any other."""
    result = checked(tmp_path, {})
    assert (result.catalog, result.usable, result.errors) == (None, False, 1)


def test_faults_of_the_terms_file_have_their_place(tmp_path: Path) -> None:
    """It is read as strictly as every other file."""
    files = {"t.yaml": topic("a"), "_terms.yaml": "outdated:\n  - {term: x, insted: y}\n"}
    assert told(tmp_path, files, Rule.FORM) == [
        "_terms.yaml:2:5: thiếu mục bắt buộc “instead” – thêm dòng “instead: …”",
        "_terms.yaml:2:15: không có mục “insted” – có phải bạn muốn viết “instead”?",
    ]


def test_the_faq_of_this_repository_has_no_errors() -> None:
    """Whoever adds to it runs the checker first."""
    result = checked(FOLDER, {}, TODAY)
    assert [str(one) for one in result.problems if one.severity is Severity.ERROR] == []
