"""The command `hoidap doctor`: shows the findings, and fails if one of them is bad."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from bot.command_options import ConfigOption, JsonOption
from bot.doctor.findings import AREAS, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.config import Settings
    from bot.doctor.findings import Finding

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

_SIGNS = {
    Level.OK: "[green]✓[/green]",
    Level.WARN: "[yellow]⚠[/yellow]",
    Level.BAD: "[red]✗[/red]",
}


def doctor_command(settings: Callable[[Path | None], Settings]) -> Callable[..., None]:
    """Make the command; `settings` reads the settings when it runs."""

    def doctor(
        *,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Khám cấu hình, các kênh, kho dữ liệu, FAQ và máy: có gì sai, sửa thế nào.

        Không đổi gì, không in bí mật. Mã thoát là 1 khi có mục ✗.
        """
        from bot.doctor.examination import examine

        set_up = settings(config)
        with err.status("Đang khám…"):
            findings = asyncio.run(examine(set_up, now=datetime.now(UTC)))
        if as_json:
            shown = [asdict(finding) for finding in findings]
            sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
        else:
            _show(findings)
        if any(finding.level is Level.BAD for finding in findings):
            raise typer.Exit(1)

    return doctor


def _show(findings: Sequence[Finding]) -> None:
    for area, title in AREAS.items():
        lines = [finding for finding in findings if finding.area == area]
        if not lines:
            continue
        out.print(f"[bold]{title}[/bold]")
        for finding in lines:
            out.print(f"  {_SIGNS[finding.level]} {escape(finding.what)}", soft_wrap=True)
            if finding.mend:
                out.print(f"    → {escape(finding.mend)}", soft_wrap=True)
    counts = Counter(finding.level for finding in findings)
    out.print(f"\n{_summary(counts[Level.BAD], counts[Level.WARN])}")


def _summary(bad: int, warnings: int) -> str:
    if not bad and not warnings:
        return "[green]Mọi thứ đều ổn.[/green]"
    parts = [f"[red]{bad} lỗi phải sửa[/red]"] if bad else []
    parts += [f"[yellow]{warnings} điều cần xem[/yellow]"] if warnings else []
    return f"{', '.join(parts)}."
