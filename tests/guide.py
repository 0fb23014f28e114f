"""Follows a guide as its reader would: its commands are pasted into one shell, in order.

What the machine of a test has not got stands in: `systemctl --user` starts what the unit says,
the Internet leads the guide's domain to this machine (by HTTPS_PROXY), platforms are the fakes.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.program import ROOT, environment

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    Hands = Mapping[str, Callable[["Shell"], Awaitable[None]]]

PATIENCE = 60.0  # seconds for what takes a few on an idle machine
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HIDDEN = re.compile(r"\x1b\[[0-9;]*m")

_SYSTEMCTL = """#!{python}
import os, signal, subprocess, sys, time
from configparser import ConfigParser
from pathlib import Path
home = Path.home()
assert sys.argv[1] == "--user", sys.argv
command, name = sys.argv[2], sys.argv[-1]
if command == "daemon-reload":
    sys.exit()
assert (command, name) in {{("enable", "hoidap"), ("restart", "hoidap"), ("stop", "hoidap")}}
units = ConfigParser(interpolation=None)
units.optionxform = str
assert units.read(home / f".config/systemd/user/{{name}}.service")
unit = {{key: value.replace("%h", str(home)) for key, value in units["Service"].items()}}
running = home / "hoidap.pid"
if running.exists():
    number = int(running.read_text())
    os.kill(number, signal.SIGTERM)
    while Path(f"/proc/{{number}}/stat").exists() and ") Z" not in Path(f"/proc/{{number}}/stat").read_text():
        time.sleep(0.05)
    running.unlink()
if command != "stop":
    file = Path(unit["EnvironmentFile"].removeprefix("-"))  # "-": it need not be there
    lines = file.read_text().splitlines() if file.exists() else ()
    variables = dict(line.split("=", 1) for line in lines)
    log = open(home / "hoidap.log", "ab")
    process = subprocess.Popen(
        unit["ExecStart"].split(), cwd=unit["WorkingDirectory"], env=os.environ | variables,
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
    )
    running.write_text(str(process.pid))
"""
_TOOLS = {
    "systemctl": _SYSTEMCTL,
    "loginctl": "#!/bin/sh\n",
    "journalctl": '#!/bin/sh\ncat "$HOME/hoidap.log"\n',
}


def blocks(guide: str) -> Iterator[tuple[str, str]]:
    """Take the code blocks out of a guide: their language and their text, in order."""
    for found in _BLOCK.finditer((ROOT / "docs" / guide).read_text(encoding="utf-8")):
        yield found[1], found[2]


def missing(expected: str, shown: str) -> list[str]:
    """List the lines of an expected output that were not shown; … stands for anything."""
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    wanted = [" ".join(line.split()) for line in expected.splitlines() if line.strip()]

    def seen(line: str) -> bool:
        pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
        return any(re.fullmatch(pattern, one) for one in lines)

    return [line for line in wanted if not seen(line)]


@dataclass(slots=True)
class Shell:
    """A shell in which the guide's commands run."""

    home: Path
    process: Process
    shown: str = ""
    _hearing: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def paste(self, block: str, hands: Hands) -> str:
        """Type a block; after a line that `hands` knows, do by hand what it needs. Gives the output."""
        start = len(self.shown)
        for line in block.splitlines():
            self.type(line)
            for beginning, act in hands.items():
                if line.startswith(beginning):
                    await act(self)
        mark = f"__het_{start}__"
        self.type(f"echo {mark}")
        await self.until(f"{mark}\n")
        output = self.shown[start:].replace(f"{mark}\n", "")
        assert "__hong__" not in output, f"{block}\n{output}"
        return output

    def type(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())

    def answer(self, line: str) -> None:
        """Type what a command asks for; a terminal shows the Enter."""
        self.type(line)
        self.shown += "\n"

    async def until(self, words: str, start: int = 0) -> None:
        """Wait until something is shown."""
        assert self._hearing
        try:
            async with asyncio.timeout(PATIENCE):
                while words not in self.shown[start:] and not self._hearing.done():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        assert words in self.shown[start:], self.shown[-3000:]

    def interrupt(self) -> None:
        """Press Ctrl-C: the newest child of the shell gets it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        os.kill(int(children.split()[-1]), signal.SIGINT)

    async def hear(self) -> None:
        assert self.process.stdout
        while piece := await self.process.stdout.read(65536):
            self.shown += _HIDDEN.sub("", piece.decode("utf-8", "replace"))
            self._news.set()
        self._news.set()


@asynccontextmanager
async def shell(home: Path, **settings: str) -> AsyncIterator[Shell]:
    """Open a shell whose ~/hoidap holds the program; settings are those of the fakes."""
    _install(home)
    outside = environment(**settings) | {"HOME": str(home), "COLUMNS": "200"}
    outside["PATH"] = f"{home / 'tools'}:{Path(sys.executable).parent}:{outside['PATH']}"
    process = await asyncio.create_subprocess_exec(
        "bash",
        cwd=home,
        env=outside,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    opened = Shell(home, process)
    opened._hearing = asyncio.create_task(opened.hear())
    # A command that fails is told; those that may fail say so themselves.
    opened.type("set -o pipefail; trap 'echo __hong__ $BASH_COMMAND' ERR")
    try:
        yield opened
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        running = home / "hoidap.pid"
        if running.exists():
            with suppress(ProcessLookupError):
                os.killpg(int(running.read_text()), signal.SIGKILL)
        await process.wait()
        await opened._hearing


def _install(home: Path) -> None:
    program = home / "hoidap" / ".venv" / "bin" / "hoidap"
    tools = {home / "tools" / name: text for name, text in _TOOLS.items()}
    tools[program] = f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n'
    for path, text in tools.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(python=sys.executable), encoding="utf-8")
        path.chmod(0o755)
