"""Options that several commands share."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Tệp cấu hình. Mặc định: config.yaml nếu có.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="In JSON cho máy đọc.")]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="TÊN",
        help="Tên ghi vào nhật ký. Mặc định: dòng lệnh (tài khoản của máy).",
        show_default=False,
    ),
]


def who(name: str | None = None) -> str:
    """The name for the trail: the one that was given, else the command line with the machine's account."""
    return (name or _machine())[:64]


def _machine() -> str:
    try:
        return f"dòng lệnh ({getpass.getuser()})"
    except (KeyError, OSError):  # a container runs under a number that has no name
        return "dòng lệnh"


def print_json(told: object) -> None:
    """Print for programs."""
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n")
