"""The commands. Each turns its words into one call and shows the result; no logic of its own.

A command imports what it alone needs: a question asked once does not wait for the web server.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from bot.changes_commands import add_changes_commands
from bot.command_options import ConfigOption, JsonOption, print_json
from bot.doctor.command import doctor_command
from bot.errors import Fault
from bot.inbox_commands import inbox_app
from bot.report_commands import report_command
from bot.review_commands import review_app
from bot.show_faq import MOST_WARNINGS
from bot.users_commands import users_app
from bot.zalo_commands import zalo_app
from intents.embedding import EmbeddingError
from intents.noise import ALL_NOISES, Noise
from intents.problems import CatalogError

if TYPE_CHECKING:
    import socket
    from collections.abc import Coroutine
    from datetime import date

    from bot.config import Settings
    from bot.faq import Faq
    from bot.zalo_login import Setup as ZaloSetup
    from intents.embedding import Embedder

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

app = typer.Typer(
    name="hoidap",
    help="Hỏi đáp dịch vụ công số: trả lời người dân từ bộ câu hỏi đã được kiểm tra.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
faq_app = typer.Typer(help="Kiểm tra và xem bộ câu hỏi (FAQ).", no_args_is_help=True)
app.add_typer(faq_app, name="faq")
add_changes_commands(faq_app, lambda path: _settings(path))  # noqa: PLW0108  (it stands below)
app.add_typer(inbox_app(lambda path: _settings(path)), name="inbox")  # noqa: PLW0108  (it stands below)
_review = review_app(lambda path: _settings(path), lambda settings: _faq(settings))  # noqa: PLW0108
app.add_typer(_review, name="review")
app.add_typer(users_app(lambda path: _settings(path)), name="users")  # noqa: PLW0108
app.add_typer(zalo_app(lambda path: _zalo_setup(path)), name="zalo")  # noqa: PLW0108
app.command("doctor")(doctor_command(lambda path: _settings(path)))  # noqa: PLW0108
app.command("report")(report_command(lambda path: _settings(path)))  # noqa: PLW0108

FaqOption = Annotated[
    Path | None, typer.Option("--faq", help="Thư mục FAQ khác với cấu hình.", show_default=False)
]
TodayOption = Annotated[
    datetime | None,
    typer.Option(
        "--today",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="Xem như hôm nay là ngày này.",
        show_default=False,
    ),
]
NoSemanticOption = Annotated[
    bool, typer.Option("--no-semantic", help="Chỉ so theo từ, không dùng mô hình ngữ nghĩa.")
]


_FAULTS = (Fault, CatalogError, EmbeddingError)


def main() -> None:
    """Run the command line; expected faults are sentences, never tracebacks."""
    command = typer.main.get_command(app)
    _explain_help(command)
    try:
        command()
    except _FAULTS as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _explain_help(command: object) -> None:
    """Say in Vietnamese what `--help` does, here and in every command below."""
    assert isinstance(command, TyperCommand | TyperGroup)
    option = command.get_help_option(typer.Context(command))
    assert option is not None
    option.help = "Xem hướng dẫn này."
    for below in command.commands.values() if isinstance(command, TyperGroup) else ():
        _explain_help(below)


def _fail(message: str, code: int = 1) -> NoReturn:
    err.print(message, style="red", markup=False, soft_wrap=True)
    sys.exit(code)


@app.command()
def run(config: ConfigOption = None) -> None:
    """Chạy bot: trang chat trên web, và Telegram, Zalo nếu đã cấu hình."""
    from bot.service import bind

    settings = _settings(config)
    if config:  # a process that is started beside reads the same file
        os.environ["HOIDAP_CONFIG"] = str(config)
    listener = bind(settings)  # first, so that a port in use is told at once
    faq = _faq(settings)
    _until_interrupted(_serve(settings, faq, listener))


def _zalo_setup(path: Path | None) -> ZaloSetup:
    from bot.zalo_setup import zalo_setup

    return zalo_setup(_settings(path))


@app.command("answer-waiting", hidden=True)
def answer_waiting() -> None:
    """Trả lời các tin đang chờ; do hoidap run tự chạy."""
    from bot.answering_process import answer_waiting as work
    from bot.app import App

    settings = _settings(None)
    faq = _faq(settings)

    async def answer() -> None:
        bot = await App.open(settings, faq)
        try:
            await work(bot, settings)
        finally:
            await bot.close()

    _until_interrupted(answer())


async def _serve(settings: Settings, faq: Faq, listener: socket.socket) -> None:
    from bot import show
    from bot.app import App
    from bot.service import Service

    bot = await App.open(settings, faq)
    try:
        service = Service(bot, settings, listener)
        await service.start()
        show.banner(err, settings, bot, service)
        await service.serve()
    finally:
        await bot.close()


@app.command()
def chat(config: ConfigOption = None) -> None:
    """Trò chuyện với bot ngay trong cửa sổ dòng lệnh."""
    from bot.app import App
    from bot.channels import console

    settings = _settings(config, talks=True)
    faq = _faq(settings)

    async def talk() -> None:
        bot = await App.open(settings, faq)
        try:
            await console.chat(bot.desk, out, user=getpass.getuser())
        finally:
            await bot.close()

    _until_interrupted(talk())


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="Câu hỏi, để trong ngoặc kép.")],
    explain: Annotated[
        bool, typer.Option("--explain", help="Cho thấy vì sao bot chọn câu trả lời này.")
    ] = False,
    no_semantic: NoSemanticOption = False,
    as_json: JsonOption = False,
    faq: FaqOption = None,
    config: ConfigOption = None,
) -> None:
    """Hỏi thử một câu. Không lưu lại gì."""
    from bot import show
    from bot.conversation import Conversation, Message, Session
    from bot.embeddings import choose_embedder
    from bot.faq import knows_meaning, with_meaning
    from bot.messages import Content, readable
    from bot.privacy import mask

    settings = _settings(config)
    served = _faq(settings, faq)
    embedder = None if no_semantic else choose_embedder(settings)
    # One question is not worth minutes of embedding: only what is learned already is used.
    if embedder and knows_meaning(served, settings.data_dir, embedder):
        served = with_meaning(served, settings.data_dir, embedder)
    masked = mask(readable(question))
    message = Message(Content.TEXT, masked.text, None, holds_personal_data=bool(masked.found))
    today = datetime.now(UTC).astimezone().date()
    conversation = Conversation(served.catalog, served.matcher)
    asked = conversation.asked(message, Session())
    reading = None if asked is None else served.matcher.read(asked)
    decision = conversation.respond(message, Session(), today, reading)
    if as_json:
        print_json(show.decision_as_json(decision, reading if explain else None))
        return
    for one in (decision, *decision.following):
        show.reply(out, one.reply)
    if reading and explain:
        show.reading(out, reading)


@faq_app.command("check")
def faq_check(
    folder: Annotated[Path | None, typer.Argument(help="Thư mục FAQ.", show_default=False)] = None,
    today: TodayOption = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help=f"Coi là hỏng khi còn hơn {MOST_WARNINGS} điều cần xem lại.",
        ),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Kiểm tra mọi tệp FAQ: báo hết các lỗi, ở đâu, sửa thế nào."""
    from bot import show, show_faq
    from intents.lint.check import check

    where, day = folder or _settings(config).faq_dir, _day(today)
    with err.status("Đang kiểm tra FAQ…"):
        checked = check(where, day, lambda catalog, entry: show.as_message(catalog, entry, day))
    if as_json:
        print_json([show_faq.problem_as_json(problem) for problem in checked.problems])
    else:
        show_faq.problems(out, checked.problems)
        show_faq.check_summary(out, where, checked)
    if strict and checked.warnings > MOST_WARNINGS:
        _fail(show_faq.too_many_warnings(checked.warnings))
    if checked.errors:
        sys.exit(1)


@faq_app.command("calendar")
def faq_calendar(
    months: Annotated[int, typer.Option(help="Nhìn trước bao nhiêu tháng.", min=1, max=120)] = 6,
    today: TodayOption = None,
    as_json: JsonOption = False,
    faq: FaqOption = None,
    config: ConfigOption = None,
) -> None:
    """Xem những ngày sắp tới: hết hiệu lực, hạn rà soát, giá trị dùng chung thay đổi."""
    from bot import show_faq
    from intents.catalog import load
    from intents.upcoming import months_later, upcoming

    catalog, day = load(faq or _settings(config).faq_dir), _day(today)
    events = upcoming(catalog, day, months_later(day, months))
    if as_json:
        print_json([show_faq.event_as_json(event) for event in events])
    else:
        show_faq.calendar(out, events, months)


@faq_app.command("new")
def faq_new(
    entry: Annotated[str, typer.Argument(help="Mã của mục mới, sau này không đổi.")],
    topic: Annotated[str, typer.Option(help="Mã chủ đề; chưa có thì tạo tệp mới.")],
    title: Annotated[
        str | None, typer.Option(help="Tên câu hỏi hiện trên nút.", show_default=False)
    ] = None,
    faq: FaqOption = None,
    config: ConfigOption = None,
) -> None:
    """Thêm một mục mới vào cuối tệp của chủ đề, có sẵn khuôn để điền."""
    from bot import show_faq
    from bot.new_entry import begin_entry

    folder = faq or _settings(config).faq_dir
    show_faq.begun(out, entry, begin_entry(folder, entry, topic, title, _day(None)))


@faq_app.command("show")
def faq_show(
    entry: Annotated[str, typer.Argument(help="Mã của mục, ví dụ vneid_quen_mat_khau.")],
    faq: FaqOption = None,
    config: ConfigOption = None,
) -> None:
    """Xem một mục như người dân thấy, cùng các cách hỏi."""
    from bot import show
    from intents.catalog import load

    catalog = load(faq or _settings(config).faq_dir)
    if entry not in catalog.entries:
        _fail(show.no_such_entry(entry, catalog))
    show.entry(out, catalog, catalog.entries[entry], datetime.now(UTC).astimezone().date())


@faq_app.command("schema")
def faq_schema(
    path: Annotated[Path, typer.Argument(help="Tệp sẽ ghi.")] = Path("faq/schema.json"),
) -> None:
    """Ghi lược đồ JSON để trình soạn thảo gợi ý và báo lỗi khi gõ."""
    from bot import show

    _write(path, show.schema())
    out.print(f"Đã ghi {path}.")


@app.command("evaluate")
def evaluate_command(
    questions: Annotated[
        Path | None,
        typer.Argument(help="Tệp JSONL: mỗi dòng một câu hỏi và mã mục đúng.", show_default=False),
    ] = None,
    *,
    faq: FaqOption = None,
    no_semantic: NoSemanticOption = False,
    noise: Annotated[
        str | None,
        typer.Option(
            metavar="KIỂU,…",
            help=f"Hỏi lại mọi câu, gõ nhiễu: {ALL_NOISES} (tất cả) hay vài kiểu trong "
            f"{', '.join(Noise)}.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Với --noise: thử bộ nhiễu khác; cùng số thì nhiễu như nhau. Mặc định: 0.",
            show_default=False,
        ),
    ] = None,
    leave_one_out: Annotated[
        bool,
        typer.Option(
            "--leave-one-out",
            help="Bỏ từng cách hỏi của FAQ ra rồi hỏi chính câu đó; không cần tệp câu hỏi.",
        ),
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Với --leave-one-out: chỉ hỏi chừng này câu, rải đều. Mặc định: tất cả.",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="THƯ_MỤC",
            help="Hỏi cả FAQ cũ ở thư mục này, và cho biết câu nào tốt lên, xấu đi.",
            show_default=False,
        ),
    ] = None,
    details: Annotated[
        bool,
        typer.Option(
            "--details",
            help="Thêm các mục hay bị nhầm, mục bị bỏ sót, độ chính xác theo độ bao phủ.",
        ),
    ] = False,
    curve: Annotated[
        Path | None,
        typer.Option(
            metavar="TỆP.svg",
            help="Vẽ đường độ bao phủ – độ chính xác vào tệp này.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Đo bot trả lời đúng, sai, hỏi lại và từ chối bao nhiêu."""
    from bot import evaluation, show_evaluation
    from bot.embeddings import choose_embedder

    options = evaluation.Options(
        questions, noise, seed, leave_one_out, sample, compare, details, curve
    )
    try:
        options.check()
        cases = evaluation.read_questions(questions) if questions else None
    except evaluation.OptionError as error:
        _fail(str(error), 2)
    settings = _settings(config)
    started = time.perf_counter()
    served = _faq(settings, faq)
    embedder = None if no_semantic else choose_embedder(settings)
    if embedder:
        served = _learned(settings, served, embedder)
    built = time.perf_counter() - started
    old = _faq(settings, compare) if compare else None
    if old and embedder:  # two FAQs are compared by the same matcher
        old = _learned(settings, old, embedder)
    with err.status("Đang đo…"):
        measured = evaluation.measure(options, cases, served, old, time.perf_counter)
    facts = {
        "entries": len(served.catalog.entries),
        "phrasings": sum(len(entry.phrasings) for entry in served.catalog.entries.values()),
        "semantic": served.matcher.semantic,
        "build_seconds": round(built, 2),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    if curve:
        _write(curve, show_evaluation.curve_picture(measured))
    if as_json:
        print_json(evaluation.as_json(measured, facts, details=details))
    else:
        show_evaluation.evaluation(out, measured, facts, details=details)


def _day(given: datetime | None) -> date:
    return (given or datetime.now(UTC).astimezone()).date()


def _settings(path: Path | None, *, talks: bool = False) -> Settings:
    """Read the settings and begin to log; amid a talk a line for every turn would be in the way."""
    from bot.config import load_settings
    from bot.log import set_up_logging

    settings = load_settings(path)
    if talks and settings.log_level == "info":
        settings = settings.model_copy(update={"log_level": "warning"})
    set_up_logging(settings)
    return settings


def _faq(settings: Settings, folder: Path | None = None) -> Faq:
    from bot.faq import load_faq

    with err.status("Đang đọc FAQ…") as status:
        return load_faq(
            folder or settings.faq_dir,
            settings.data_dir,
            fitting=lambda: status.update("Đang học từ FAQ, lần đầu mất vài giây…"),
        )


def _learned(settings: Settings, faq: Faq, embedder: Embedder) -> Faq:
    """The FAQ matched by its meaning too; what is new is embedded while one waits."""
    from rich.progress import Progress

    from bot.faq import with_meaning

    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Đang học ý nghĩa của FAQ…", total=None)
        return with_meaning(
            faq,
            settings.data_dir,
            embedder,
            lambda done, total: bar.update(task, completed=done, total=total),
        )


def _until_interrupted(work: Coroutine[object, object, None]) -> None:
    from bot.learning import unfinished
    from bot.loop import fast_loop

    try:
        with asyncio.Runner(loop_factory=fast_loop()) as runner:
            runner.run(work)
    except KeyboardInterrupt:
        err.print("Đã dừng.")
        # The chat's thread may still wait for a line; at a usual end Python would abort over it.
        _end_at_once()
    if unfinished():  # a thread in the middle of a large computation could hold up a usual end
        _end_at_once()


def _end_at_once() -> NoReturn:
    """End without waiting for threads; everything that must be kept is kept already."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        _fail(f"{path}: không ghi được ({error.strerror}) – kiểm tra đường dẫn và quyền ghi")
