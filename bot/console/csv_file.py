"""Tables as CSV that spreadsheets open safely: no cell becomes a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from starlette.responses import Response

from bot.spreadsheet import spreadsheet_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Make a file to download, in UTF-8 with the mark that spreadsheets ask for."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([spreadsheet_safe(cell) for cell in row] for row in rows)
    return Response(
        "\ufeff" + text.getvalue(),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )
