"""What `hoidap evaluate` measures: the options that fit together, and all that is asked for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from intents.comparison import Change, Comparison, Trend, compare, said
from intents.evaluate import CaseError, Outcome, Report, ask, read_cases
from intents.leave_one_out import leave_one_out
from intents.measures import confusions, curve, missed, operating_point
from intents.noise import ALL_NOISES, Noise, NoiseMaker
from intents.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.faq import Faq
    from intents.evaluate import Case


class OptionError(ValueError):
    """Options that do not fit together, or a file that cannot be read."""


@dataclass(frozen=True, slots=True)
class Options:
    """The words of the command."""

    questions: Path | None = None
    noise: str | None = None
    seed: int | None = None
    leave_one_out: bool = False
    sample: int | None = None
    compare: Path | None = None
    details: bool = False
    curve: Path | None = None

    def check(self) -> None:
        """See that the options fit together, before anything slow begins.

        Raises:
            OptionError: with what to do instead.
        """
        if self.questions is None:
            if not self.leave_one_out:
                raise OptionError("thiếu tệp câu hỏi – thêm tệp JSONL, hoặc dùng --leave-one-out")
            for name, given in (("--noise", self.noise), ("--compare", self.compare)):
                if given is not None:
                    raise OptionError(f"{name} cần tệp câu hỏi – thêm tệp JSONL vào lệnh")
        if self.sample is not None and not self.leave_one_out:
            raise OptionError("--sample chỉ dùng cùng --leave-one-out")
        if self.seed is not None and self.noise is None:
            raise OptionError("--seed chỉ dùng cùng --noise")
        if self.curve is not None:
            if self.curve.suffix.lower() != ".svg":
                raise OptionError(f"--curve {self.curve}: chỉ vẽ được tệp .svg")
            if not self.curve.parent.is_dir():
                raise OptionError(f"--curve {self.curve}: không có thư mục {self.curve.parent}")
        self.noises()

    def noises(self) -> tuple[Noise, ...]:
        """The kinds of noise, in the order they were told.

        Raises:
            OptionError: when one of them is unknown.
        """
        if self.noise is None:
            return ()
        if self.noise == ALL_NOISES:
            return tuple(Noise)
        names = [name.strip() for name in self.noise.split(",")]
        for name in names:
            if name not in list(Noise):
                guess = nearest(name, list(Noise))
                meant = f" – có phải “{guess}”?" if guess else "."
                kinds = ", ".join([ALL_NOISES, *Noise])
                raise OptionError(
                    f"--noise: không có kiểu nhiễu “{name}”{meant} Các kiểu: {kinds}"
                )
        return tuple(dict.fromkeys(map(Noise, names)))


@dataclass(frozen=True, slots=True)
class Noisy:
    """The same questions with one noise; `changed` of them differ from what was asked."""

    report: Report
    changed: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured.

    `outcomes` are the file's, or of leaving one out where there is no file: what the details and
    the curve are made from.
    """

    outcomes: Sequence[Outcome]
    report: Report | None = None
    noise: dict[Noise, Noisy] = field(default_factory=dict)
    left_out: Report | None = None
    comparison: Comparison | None = None


def read_questions(path: Path) -> list[Case]:
    """Read a question file.

    Raises:
        OptionError: when it cannot be read, with the malformed line if it is for one.
    """
    try:
        # Only a line feed ends a line: the other separators of Unicode stand inside questions.
        return read_cases(path.read_bytes().decode("utf-8-sig").split("\n"))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: không đọc được ({error}) – kiểm tra đường dẫn và mã UTF-8"
        raise OptionError(message) from None
    except CaseError as error:
        raise OptionError(f"{path}: {error}") from None


def measure(
    options: Options,
    cases: Sequence[Case] | None,
    faq: Faq,
    old: Faq | None,
    clock: Callable[[], float],
) -> Evaluation:
    """Measure what the options ask for. `cases` and `old` are what they name, read."""
    left_out = (
        leave_one_out(faq.catalog, faq.knowledge, faq.matcher.fitted, options.sample)
        if options.leave_one_out
        else None
    )
    left_out_report = Report.of(left_out) if left_out is not None else None
    if cases is None:
        return Evaluation(left_out or [], left_out=left_out_report)
    outcomes = ask(faq.matcher, faq.catalog, cases, clock)
    return Evaluation(
        outcomes,
        Report.of(outcomes),
        with_noise(faq, cases, options.noises(), options.seed or 0, clock),
        left_out_report,
        compare(ask(old.matcher, old.catalog, cases, clock), outcomes) if old else None,
    )


def with_noise(
    faq: Faq,
    cases: Sequence[Case],
    noises: Sequence[Noise],
    seed: int,
    clock: Callable[[], float],
) -> dict[Noise, Noisy]:
    """Ask every question again in each noise."""
    maker = NoiseMaker(faq.catalog.lexicon.teencode, seed)
    measured = {}
    for noise in noises:
        spoilt = [replace(case, text=maker.variant(case.text, noise)) for case in cases]
        changed = sum(one.text != case.text for one, case in zip(spoilt, cases, strict=True))
        report = Report.of(ask(faq.matcher, faq.catalog, spoilt, clock))
        measured[noise] = Noisy(report, changed)
    return measured


def as_json(measured: Evaluation, facts: dict[str, Any], *, details: bool) -> dict[str, Any]:
    """The published keys first; others only for what was asked beyond them."""
    shown = (measured.report.as_json() if measured.report else {}) | facts
    if measured.noise:
        shown["noise"] = {
            kind.value: {"changed": noisy.changed} | _counts_as_json(noisy.report)
            for kind, noisy in measured.noise.items()
        }
    if measured.left_out:
        shown["leave_one_out"] = _counts_as_json(measured.left_out)
    if measured.comparison:
        shown["compare"] = _comparison_as_json(measured.comparison)
    if details:
        here = operating_point(measured.outcomes)
        shown["details"] = {
            "confusions": [asdict(one) for one in confusions(measured.outcomes)],
            "missed": [asdict(one) for one in missed(measured.outcomes)],
            "curve": [asdict(point) for point in curve(measured.outcomes)],
            "operating_point": asdict(here) if here else None,
        }
    return shown


def _counts_as_json(report: Report) -> dict[str, Any]:
    return {"in_scope": asdict(report.in_scope), "out_of_scope": asdict(report.out_of_scope)}


def _comparison_as_json(compared: Comparison) -> dict[str, Any]:
    return {
        "before": _counts_as_json(compared.before),
        "after": _counts_as_json(compared.after),
        **{trend.value: len(compared.of(trend)) for trend in Trend},
        "moves": [
            {"before": before.value, "after": after.value, "count": count}
            for before, after, count in compared.moves()
        ],
        "changes": [_change_as_json(change) for change in compared.changes],
    }


def _change_as_json(change: Change) -> dict[str, Any]:
    return {
        "text": change.case.text,
        "right": sorted(change.case.right),
        "trend": change.trend.value,
        "before": {"result": change.before.result.value, "said": said(change.before.verdict)},
        "after": {"result": change.after.result.value, "said": said(change.after.verdict)},
    }
