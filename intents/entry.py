"""The FAQ's own types: what an editor writes, checked and frozen.

The JSON Schema for editors (`faq/schema.json`) is made from these models.
Positions, files and checks across entries live in `catalog`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)


class Facet(StrEnum):
    """One typed part of an answer."""

    STEPS = "steps"
    DOCUMENTS = "documents"
    FEE = "fee"
    DURATION = "duration"
    WHERE = "where"
    ONLINE = "online"
    LEGAL_BASIS = "legal_basis"
    HOTLINE = "hotline"
    WARNING = "warning"


class Kind(StrEnum):
    """What an entry is for: an answer, small talk, or a signpost to another office."""

    ANSWER = "answer"
    SMALL_TALK = "small_talk"
    SIGNPOST = "signpost"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def _written_date(value: object) -> object:
    """Accept a date as editors write it, not as a number of seconds."""
    return value if isinstance(value, dt.date) else str(value)


def _at_most(most: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value.encode()) > most:
            message = f"mã dài quá {most} byte (chữ có dấu tính 2–3 byte)"
            raise ValueError(message)
        return value

    return AfterValidator(check)


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


# Letters and digits of any script, so that a FAQ made elsewhere keeps its own ids; so short that
# an id with its prefix fits a Telegram button (64 bytes), a topic's with the number of a page too.
_Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\s:|]+$")]
Id = Annotated[_Name, _at_most(60)]
TopicId = Annotated[_Name, _at_most(58)]
Day = Annotated[dt.date, BeforeValidator(_written_date)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
TopicTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Phrasing = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
_WRITTEN = {"type": "string", "minLength": 1}
OneOrMany = Annotated[
    tuple[Text, ...],
    BeforeValidator(_one_or_many),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [_WRITTEN, {"type": "array", "items": _WRITTEN, "minItems": 1}]}),
]


class Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, coerce_numbers_to_str=True
    )


class Source(Model):
    """The document an answer rests on."""

    document: Text = Field(description="Tên văn bản: loại và nội dung")
    number: Text | None = Field(None, description="Số hiệu, ví dụ 69/2024/NĐ-CP")
    date: Day | None = Field(None, description="Ngày ký")
    article: Text | None = Field(None, description="Điều, khoản")
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = Field(
        None, description="Trang chính thức"
    )

    @property
    def name(self) -> str:
        """The source as citizens read it: document, number, date, article."""
        parts = [" ".join(p for p in (self.document, self.number) if p)]
        if self.date:
            parts.append(f"ngày {self.date:%d/%m/%Y}")
        if self.article:
            parts.append(self.article)
        return ", ".join(parts)


class Topic(Model):
    """A group of entries."""

    id: TopicId
    title: TopicTitle
    emoji: str = Field("", max_length=8)
    order: int = Field(1000, description="Thứ tự trong danh mục chủ đề")


class Entry(Model):
    """One FAQ item: an id, a title citizens see, phrasings, a structured answer, sources, dates."""

    id: Id
    kind: Kind = Kind.ANSWER
    title: Title = Field(description="Tên câu hỏi hiện trên nút, nên từ 60 ký tự trở xuống")
    phrasings: tuple[Phrasing, ...] = Field(min_length=1, description="Các cách người dân hỏi")
    answer: Text = Field(description="Câu trả lời ngay: 1–3 câu ngắn")
    facets: dict[Facet, OneOrMany] = Field(
        default_factory=dict, description="Các phần của câu trả lời"
    )
    sources: tuple[Source, ...] = ()
    verified: Day | None = Field(None, description="Ngày kiểm tra lại nội dung")
    valid_from: Day | None = Field(None, description="Ngày bắt đầu đúng")
    valid_until: Day | None = Field(None, description="Ngày cuối cùng còn đúng")
    review_by: Day | None = Field(None, description="Phải rà soát lại trước ngày này")
    confidence: Confidence = Confidence.MEDIUM
    related: tuple[Id, ...] = Field((), description="Mã các mục liên quan")
    tags: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _not_backwards(self) -> Entry:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            message = "“valid_until” đứng trước “valid_from”"
            raise ValueError(message)
        return self

    def in_force(self, today: dt.date) -> bool:
        """Whether the answer may be shown as current law on that day."""
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_until is None or today <= self.valid_until
        )

    def review_due(self, today: dt.date) -> bool:
        """Whether the date by which somebody should have looked again has passed."""
        return self.review_by is not None and self.review_by < today

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text of the answer, lead first."""
        return (self.answer, *(text for texts in self.facets.values() for text in texts))


class TopicFile(Model):
    """One file of the FAQ: a topic (optional) and its entries."""

    topic: Topic | None = None
    entries: tuple[Entry, ...]
