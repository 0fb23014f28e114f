"""One measurement: the processes, the events, and what became of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bot.channels.zalo_oa.webhook import PATH
from tests.chaos import faq
from tests.chaos.program import free_port
from tests.load import echo
from tests.load.events import APP, OA, SECRET, person, subject
from tests.program import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTING = 60.0  # seconds for a server to be there
_STILL = 20.0  # seconds without any answer until nobody waits for more


@dataclass(frozen=True, slots=True)
class Load:
    """What is put on a server."""

    rate: float
    seconds: float
    people: int
    new: bool = False  # no question twice; else some hundred wordings that come again and again

    @property
    def events(self) -> int:
        return int(self.rate * self.seconds)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a server made of a load. Times in seconds."""

    statuses: Counter[int]
    accepted_per_second: float
    p50: float
    p95: float
    p99: float
    slowest: float
    answered: int = 0
    answered_per_second: float = 0.0  # from the first event to the last answer
    behind: float = 0.0  # from the last acknowledgement to the last answer
    wrong: int = 0  # answers that nobody asked for, or questions without one
    processor: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time for an event, of each process."""


class LoadError(Exception):
    """A measurement that came to nothing."""


def of_bot(home: Path, load: Load, warm_up: Load) -> Figures:
    """Measure the real program, with its own folder, against a stand-in of Zalo."""
    faq.install(home)
    zalo_port, port = free_port(), free_port()
    zalo, log = f"http://127.0.0.1:{zalo_port}", home / "bot.log"
    settings = {
        "port": str(port),
        "answering_process": "true",
        "zalo_oa_app_id": APP,
        "zalo_oa_id": OA,
        "zalo_oa_app_secret": "khoa-cua-ung-dung",
        "zalo_oa_webhook_secret": SECRET,
        "zalo_oa_refresh_token": "REFRESH-dau-tien",
        "zalo_oa_base_url": zalo,
        "zalo_oauth_base_url": zalo,
    }
    with ExitStack() as stack:
        standin = stack.enter_context(_process("-m", "tests.load.zalo", str(zalo_port)))
        _wait_for(zalo)
        bot = stack.enter_context(_process("-m", "bot", "run", home=home, log=log, **settings))
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        _wait_until_taken(port)
        _drained(zalo, _generated(port, PATH, warm_up, "a"), warm_up.events, log)
        known, used = len(_got(zalo)["at"]), _used(bot=bot, zalo=standin)
        sent = _generated(port, PATH, load, "b")
        accepted = sent["statuses"].get("200", 0)
        got = _drained(zalo, sent, known + accepted, log)
        used = _since(used, _used(bot=bot, zalo=standin))
        answers = got["at"][known:]
        last = max(answers, default=sent["begun"])
        return _figures(
            sent,
            answered=len(answers),
            answered_per_second=len(answers) / (last - sent["begun"]),
            behind=max(0.0, last - sent["last"]),
            wrong=_wrong(got["got"], [warm_up, load]),
            processor=_each(used, sent, load),
        )


def of_echo(load: Load, warm_up: Load) -> Figures:
    """Measure a route that does nothing."""
    port = free_port()
    with _process("-m", "tests.load.echo", str(port)) as server:
        _wait_for(f"http://127.0.0.1:{port}/")
        _generated(port, echo.PATH, warm_up, "a")
        used = _used(server=server)
        sent = _generated(port, echo.PATH, load, "b")
        used = _since(used, _used(server=server))
        return _figures(sent, processor=_each(used, sent, load))


def _figures(sent: Any, **more: Any) -> Figures:
    waits = sorted(sent["waits"])
    statuses = Counter({int(status): count for status, count in sent["statuses"].items()})

    def quantile(share: float) -> float:
        return float(waits[min(int(share * len(waits)), len(waits) - 1)])

    rate = statuses[200] / (sent["last"] - sent["begun"])
    return Figures(
        statuses, rate, quantile(0.5), quantile(0.95), quantile(0.99), waits[-1], **more
    )


def _generated(port: int, path: str, load: Load, run: str) -> Any:
    options = {
        "port": port,
        "path": path,
        "run": run,
        "people": load.people,
        "rate": load.rate,
        "events": load.events,
    }
    command = [sys.executable, "-m", "tests.load.generator"]
    command += [f"--{name}={value}" for name, value in options.items()]
    limit = load.seconds + 60
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.json"
        command += [f"--found={found}", *(["--new"] if load.new else [])]
        subprocess.run(command, cwd=ROOT, env=environment(), check=True, timeout=limit)
        return json.loads(found.read_text(encoding="ascii"))


def _drained(zalo: str, sent: Any, answers: int, log: Path) -> Any:
    """Wait for so many answers, for as long as they come."""
    known, give_up = -1, 0.0
    while len((got := _got(zalo))["at"]) < answers:
        if len(got["at"]) > known:
            known, give_up = len(got["at"]), time.monotonic() + _STILL
        if time.monotonic() > give_up:
            tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise LoadError(
                f"{known} of {answers} answers, and no more for {_STILL:.0f} s; "
                f"statuses {sent['statuses']}; the log ends:\n{tail}"
            )
        time.sleep(0.2)
    return got


def _wrong(got: dict[str, list[int]], loads: list[Load]) -> int:
    """Count the differences between what was asked and what was answered, person by person."""
    asked = Counter(
        (person(number % load.people), subject(number))
        for load in loads
        for number in range(load.events)
    )
    answered = Counter((who, what) for who, answers in got.items() for what in answers)
    return ((asked - answered) + (answered - asked)).total()


def _got(zalo: str) -> Any:
    return httpx.get(f"{zalo}/got", timeout=20).json()


def _wait_for(url: str) -> None:
    give_up = time.monotonic() + _STARTING
    while True:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            if time.monotonic() > give_up:
                raise LoadError(f"{url} is not there after {_STARTING:.0f} s") from None
            time.sleep(0.1)
        else:
            return


def _wait_until_taken(port: int) -> None:
    """Wait until the channel is open: Zalo's probe is taken then, and 503 before."""
    give_up = time.monotonic() + _STARTING
    while httpx.post(f"http://127.0.0.1:{port}{PATH}", content=b"{}", timeout=5).is_error:
        if time.monotonic() > give_up:
            raise LoadError("the Zalo OA channel does not open")
        time.sleep(0.1)


@contextmanager
def _process(
    *arguments: str, home: Path = ROOT, log: Path | None = None, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    with ExitStack() as stack:
        out = stack.enter_context(log.open("wb")) if log else subprocess.DEVNULL
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=home,
            env=environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _each(used: dict[str, float], sent: Any, load: Load) -> dict[str, float]:
    """Share the processor time of the processes out among the events."""
    seconds = {**used, "generator": sent["processor"]}
    return {name: one / load.events for name, one in seconds.items()}


def _since(before: dict[str, float], now: dict[str, float]) -> dict[str, float]:
    return {name: used - before.get(name, 0.0) for name, used in now.items()}


def _used(**processes: subprocess.Popen[bytes]) -> dict[str, float]:
    """Read the processor time in seconds of processes and their children (Linux; 0 elsewhere)."""
    used: dict[str, float] = {}
    for name, process in processes.items():
        used[name] = _processor(process.pid)
        for number, child in enumerate(_children(process.pid), start=1):
            used[f"{name}, child {number}"] = _processor(child)
    return used


def _children(parent: int) -> list[int]:
    try:
        found = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in found.split()]


def _processor(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2]
    except OSError:
        return 0.0
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
