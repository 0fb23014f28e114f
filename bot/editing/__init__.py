"""Edits of the FAQ's YAML files as splices of their text: see docs/editing.md."""

from bot.editing.apply import GOLDEN, OUT_OF_SCOPE, apply
from bot.editing.edits import (
    AddGolden,
    AddOutOfScope,
    AddPhrasings,
    Edit,
    NewEntry,
    RemoveEntry,
    RemovePhrasings,
    SetFields,
    from_json,
    to_json,
)
from bot.editing.errors import EditError

__all__ = [
    "GOLDEN",
    "OUT_OF_SCOPE",
    "AddGolden",
    "AddOutOfScope",
    "AddPhrasings",
    "Edit",
    "EditError",
    "NewEntry",
    "RemoveEntry",
    "RemovePhrasings",
    "SetFields",
    "apply",
    "from_json",
    "to_json",
]
