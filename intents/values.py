"""Shared values with effective dates: `{luong_co_so}` in an answer becomes today's amount."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # pydantic reads it at run time
import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, model_validator

from intents.entry import Day, Model, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"\{([^{}]*)\}")
LAPSED = "(đang chờ mức mới)"


def _figure_or_text(value: object) -> object:
    """YAML also holds true, nothing and lists; a float without a fraction is a whole number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or value == "":
        message = "phải là số, hoặc chữ đặt trong ngoặc kép"
        raise ValueError(message)
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Step(Model):
    """What a value is from a day on, until the next step begins or `until` has passed."""

    from_: Annotated[Day, Field(alias="from")]
    value: Annotated[int | float | str, BeforeValidator(_figure_or_text)]
    until: Day | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _not_backwards(self) -> Step:
        if self.until is not None and self.until < self.from_:
            message = "ngày “until” đứng trước ngày “from”"
            raise ValueError(message)
        return self


class Value(Model):
    """A number, hotline or name that many answers share."""

    title: Text
    unit: str = ""
    series: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Value:
        starts = [step.from_ for step in self.series]
        if starts != sorted(set(starts)):
            message = "các mốc “from” phải tăng dần và không trùng"
            raise ValueError(message)
        return self

    def at(self, today: dt.date) -> str | None:
        """The text that stands on that day, None when nothing does."""
        current = [step for step in self.series if step.from_ <= today]
        if not current or (current[-1].until is not None and current[-1].until < today):
            return None
        return _written(current[-1].value) + (f" {self.unit}" if self.unit else "")


class ValuesFile(Model):
    """`_values.yaml`."""

    values: dict[str, Value]


def names(text: str) -> list[str]:
    """The value names used in a text."""
    return _NAME.findall(text)


def fill(text: str, values: Mapping[str, Value], today: dt.date) -> str:
    """Put the values of that day into a text; a value that has lapsed says so."""
    return _NAME.sub(lambda m: (v.at(today) or LAPSED) if (v := values.get(m[1])) else m[0], text)


def _written(value: float | str) -> str:
    """Vietnamese figures: 2.530.000 and 4,5."""
    if isinstance(value, str):
        return value
    whole = f"{value:,}"
    return whole.translate(str.maketrans(",.", ".,"))
