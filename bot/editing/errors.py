"""What an edit says when it cannot be made."""

from __future__ import annotations

from bot.errors import Fault


class EditError(Fault):
    """The edit cannot be made: what, where, how to mend it (Vietnamese). Nothing was changed."""

    def __init__(self, what: str, where: str, mend: str) -> None:
        super().__init__(what, where, mend)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.where}: {self.what} – {self.mend}"
