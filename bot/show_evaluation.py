"""What `hoidap evaluate` prints for people; the JSON form is in `evaluation`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from bot.curve_svg import curve_svg
from intents.comparison import Comparison, Trend, said
from intents.evaluate import InScope, OutOfScope, Report, Result
from intents.measures import at_coverage, confusions, curve, missed, operating_point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bot.evaluation import Evaluation, Noisy
    from intents.evaluate import Outcome
    from intents.noise import Noise

_MOST_ROWS = 20  # of a table that people read; --json has all
_COVERAGES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_COLUMNS = (
    "n",
    "đúng",
    "sai",
    "hỏi lại, có câu đúng",
    "hỏi lại, thiếu",
    "chưa biết",
    "top-1",
    "top-3",
)
RESULTS = {
    Result.ANSWERED_RIGHT: "đúng",
    Result.ANSWERED_WRONG: "sai",
    Result.ANSWERED: "trả lời",
    Result.CLARIFIED_WITH_RIGHT: "hỏi lại, có câu đúng",
    Result.CLARIFIED_WITHOUT_RIGHT: "hỏi lại, thiếu",
    Result.CLARIFIED: "hỏi lại",
    Result.UNKNOWN: "chưa biết",
}
_TRENDS = {
    Trend.WORSE: ("red", "Xấu đi"),
    Trend.BETTER: ("green", "Tốt lên"),
    Trend.OTHER: ("yellow", "Khác đi, không hơn không kém"),
}


def evaluation(
    console: Console, measured: Evaluation, facts: dict[str, Any], *, details: bool
) -> None:
    """Everything that was measured."""
    if measured.report:
        _report(console, measured.report)
        _times(console, measured.report, facts)
    if measured.report and measured.noise:
        _noise(console, measured.report, measured.noise)
    if measured.left_out:
        _left_out(console, measured.left_out)
    if details:
        _details(console, measured.outcomes)
    if measured.comparison:
        _comparison(console, measured.comparison)
    if measured.report and measured.report.misses:
        console.print("\n[bold]Trả lời sai[/bold]")
        for miss in measured.report.misses:
            console.print(f"  {_short(miss.case.text)} → {escape(miss.answered)}", soft_wrap=True)


def _table(title: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold")
    table.add_column(title, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _counted(counts: InScope) -> list[str]:
    numbers = (
        counts.answered_right,
        counts.answered_wrong,
        counts.clarified_with_right,
        counts.clarified_without_right,
        counts.unknown,
    )
    shares = (number / (counts.n or 1) for number in numbers)
    return [str(counts.n), *(f"{share:.1%}" for share in (*shares, counts.top1, counts.top3))]


def _report(console: Console, report: Report) -> None:
    table = _table("câu trong phạm vi", *_COLUMNS)
    for name, counts in ({"tất cả": report.in_scope} | report.styles).items():
        table.add_row(escape(name), *_counted(counts))
    console.print(table)
    console.print(f"\n[bold]ngoài phạm vi[/bold]  {_outside(report.out_of_scope)}")


def _outside(counts: OutOfScope) -> str:
    total = counts.n or 1
    return (
        f"n {counts.n}, trả lời {counts.answered} ({counts.answered / total:.1%}), "
        f"hỏi lại {counts.clarified} ({counts.clarified / total:.1%}), "
        f"từ chối {counts.unknown} ({counts.unknown / total:.1%})"
    )


def _times(console: Console, report: Report, facts: dict[str, Any]) -> None:
    console.print(
        f"[bold]thời gian[/bold]      p50 {report.ms['p50']} ms, p95 {report.ms['p95']} ms, "
        f"p99 {report.ms['p99']} ms; dựng {facts['build_seconds']} s; {facts['rss_mb']} MB; "
        f"{facts['entries']} mục, {facts['phrasings']} cách hỏi"
    )


def _noise(console: Console, clean: Report, noise: dict[Noise, Noisy]) -> None:
    console.print()
    table = _table("gõ nhiễu", "câu đổi", *_COLUMNS, "ngoài: trả lời")
    rows = [("clean", 0, clean)]
    rows += [(kind.value, noisy.changed, noisy.report) for kind, noisy in noise.items()]
    for name, changed, report in rows:
        outside = report.out_of_scope
        answered = f"{outside.answered / (outside.n or 1):.1%}"
        table.add_row(name, str(changed), *_counted(report.in_scope), answered)
    console.print(table)


def _left_out(console: Console, report: Report) -> None:
    console.print("\n[bold]Bỏ từng cách hỏi ra rồi hỏi lại chính câu đó[/bold]")
    table = _table("cách hỏi của FAQ", *_COLUMNS)
    table.add_row("tất cả", *_counted(report.in_scope))
    console.print(table)
    console.print(f"[bold]câu ngoài phạm vi của FAQ[/bold]  {_outside(report.out_of_scope)}")


def _details(console: Console, outcomes: Sequence[Outcome]) -> None:
    wrong, entries, points = confusions(outcomes), missed(outcomes), curve(outcomes)
    console.print()
    if wrong:
        console.print("[bold]Nhầm[/bold]: mục đúng → mục đứng đầu (mấy câu, mấy câu trả lời sai)")
    for one in wrong[:_MOST_ROWS]:
        right, found = escape(", ".join(one.right)), escape(one.found or "không thấy mục nào")
        console.print(f"  {right} → {found} ({one.count}, {one.answered})", soft_wrap=True)
        console.print(f"      [dim]{_short(one.example)}[/dim]", soft_wrap=True)
    _rest(console, len(wrong))
    table = _table("mục bị bỏ sót", "câu", "đứng đầu", "trong 3", "trả lời đúng")
    for entry in entries[:_MOST_ROWS]:
        counts = (entry.n, entry.first, entry.in_three, entry.answered_right)
        table.add_row(escape(entry.entry), *map(str, counts))
    if entries:
        console.print(table)
    _rest(console, len(entries))
    table = _table("độ bao phủ", "độ chính xác", "ngoài: trả lời", "ngưỡng")
    rows = [(f"{share:.0%}", at_coverage(points, share)) for share in _COVERAGES]
    here = operating_point(outcomes)
    if here:
        rows.append((f"bot hiện nay: {here.coverage:.1%}", here))
    for name, point in rows:
        if point:
            numbers = f"{point.precision:.1%}", f"{point.outside:.1%}", f"{point.threshold:.2f}"
            table.add_row(name, *numbers)
    console.print(table)


def _rest(console: Console, count: int) -> None:
    if count > _MOST_ROWS:
        console.print(f"  [dim]… và {count - _MOST_ROWS} mục nữa; --json có đủ.[/dim]")
    if count:
        console.print()


def _comparison(console: Console, compared: Comparison) -> None:
    console.print("\n[bold]So với FAQ cũ[/bold]")
    table = _table("câu trong phạm vi", *_COLUMNS)
    table.add_row("FAQ cũ", *_counted(compared.before.in_scope))
    table.add_row("FAQ này", *_counted(compared.after.in_scope))
    console.print(table)
    console.print(f"ngoài phạm vi, FAQ cũ   {_outside(compared.before.out_of_scope)}")
    console.print(f"ngoài phạm vi, FAQ này  {_outside(compared.after.out_of_scope)}")
    counts = {trend: len(compared.of(trend)) for trend in Trend}
    console.print(
        f"\n{len(compared.changes)} câu đổi kết luận: {counts[Trend.BETTER]} tốt lên, "
        f"{counts[Trend.WORSE]} xấu đi, {counts[Trend.OTHER]} khác đi."
    )
    for old, new, count in compared.moves():
        if old is not new:
            console.print(f"{count:5}  {RESULTS[old]} → {RESULTS[new]}")
    for trend, (colour, label) in _TRENDS.items():
        changes = compared.of(trend)
        if changes:
            console.print(f"\n[bold {colour}]{label}[/bold {colour}] ({len(changes)})")
        for change in changes:
            before, after = _said(change.before), _said(change.after)
            console.print(f"  {_short(change.case.text)}: {before} → {after}", soft_wrap=True)


def _said(outcome: Outcome) -> str:
    entries = ", ".join(said(outcome.verdict))
    return RESULTS[outcome.result] + (f" ({escape(entries)})" if entries else "")


def _short(text: str) -> str:
    return escape(text[:100])


def curve_picture(measured: Evaluation) -> str:
    """The curve as SVG."""
    inside = sum(bool(outcome.case.right) for outcome in measured.outcomes)
    what = "câu hỏi" if measured.report else "cách hỏi của FAQ, mỗi cách được bỏ ra rồi hỏi"
    subject = f"{inside} {what}; {len(measured.outcomes) - inside} câu ngoài phạm vi"
    return curve_svg(curve(measured.outcomes), operating_point(measured.outcomes), subject)
