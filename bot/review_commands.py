"""The commands `hoidap review …`: the review queue without the console."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from bot.command_options import AsOption, ConfigOption, JsonOption, print_json, who
from bot.show_review import as_row, out, show_cluster, show_csv, show_draft, show_rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.config import Settings
    from bot.faq import Faq
    from bot.review.cluster import Cluster, Near, Page
    from bot.review.opening import Opened

    Work = Callable[[Opened], Awaitable[Any]]

NumberArgument = Annotated[int, typer.Argument(metavar="SỐ", help="Số của nhóm.", min=1)]


def review_app(
    settings: Callable[[Path | None], Settings], load: Callable[[Settings], Faq]
) -> typer.Typer:
    """Make the sub-application; `settings` and `load` read settings and FAQ when a command runs."""
    app = typer.Typer(help="Câu hỏi chưa được trả lời, gom thành nhóm.", no_args_is_help=True)
    runner = _Runner(settings, load)
    _add_looks(app, runner)
    _add_decisions(app, runner)
    _add_release(app, runner)
    return app


class _Runner:
    """Opens what a command needs, and closes it."""

    def __init__(
        self, settings: Callable[[Path | None], Settings], load: Callable[[Settings], Faq]
    ) -> None:
        self.settings = settings
        self._load = load

    def run(self, config: Path | None, work: Work) -> Any:  # noqa: ANN401  # what the work gives
        from functools import cache

        from bot.review.opening import opened

        settings = self.settings(config)
        faq = cache(lambda: self._load(settings))

        async def all_of_it() -> Any:  # noqa: ANN401  # as above
            async with opened(settings, faq) as desk:
                return await work(desk)

        return asyncio.run(all_of_it())


def _add_looks(app: typer.Typer, runner: _Runner) -> None:
    @app.command("list")
    def list_(
        state: Annotated[
            str, typer.Option(help="Trạng thái: open, accepted, closed, ignored, …")
        ] = "open",
        page: Annotated[int, typer.Option(help="Trang thứ mấy.", min=1, max=10_000)] = 1,
        *,
        as_json: JsonOption = False,
        as_csv: Annotated[
            bool, typer.Option("--csv", help="In CSV để mở bằng bảng tính.")
        ] = False,
        config: ConfigOption = None,
    ) -> None:
        """Xem các nhóm câu hỏi, nhiều người hỏi và mới hỏi đứng trước."""
        found: Page = runner.run(config, lambda desk: _listed(desk, state, page))
        rows = [as_row(row) for row in found.rows]
        if as_json:
            print_json(rows)
        elif as_csv:
            show_csv(rows)
        elif rows:
            show_rows(rows)
            out.print(f"{found.found} nhóm. Xem một nhóm: hoidap review show SỐ")
        else:
            out.print("Không có nhóm câu hỏi nào đang chờ.")

    @app.command()
    def show(
        number: NumberArgument, *, as_json: JsonOption = False, config: ConfigOption = None
    ) -> None:
        """Xem một nhóm: câu mẫu, vì sao chưa trả lời được, mục gần nhất."""
        cluster: Cluster = runner.run(config, lambda desk: _cluster(desk, number))
        if as_json:
            print_json(asdict(cluster))
        else:
            show_cluster(cluster)

    @app.command()
    def near(
        number: NumberArgument, *, as_json: JsonOption = False, config: ConfigOption = None
    ) -> None:
        """Xem các nhóm khác có thể hỏi cùng một việc; gộp bằng hoidap review merge."""

        async def work(desk: Opened) -> Sequence[Near]:
            await _cluster(desk, number)
            return await desk.desk.near(number)

        rows = [as_row(one.row) | {"likeness": one.likeness} for one in runner.run(config, work)]
        if as_json:
            print_json(rows)
        elif rows:
            show_rows(rows)
            out.print(f"Gộp một nhóm vào nhóm {number}: hoidap review merge SỐ {number}")
        else:
            out.print("Không có nhóm nào khác gần giống.")


def _add_decisions(app: typer.Typer, runner: _Runner) -> None:
    def act(
        number: int,
        name: str | None,
        config: Path | None,
        told: str,
        *,
        as_json: bool,
        do: Callable[[Opened, int, int, str], Awaitable[Any]],
    ) -> None:
        official = who(name)

        async def work(desk: Opened) -> Any:  # noqa: ANN401  # what the action gives
            cluster = await _cluster(desk, number)
            return await do(desk, number, cluster.row.version, official)

        result = runner.run(config, work)
        if as_json:
            print_json({"cluster": number, "result": result})
        else:
            out.print(Text(told.format(number=number, result=result)))

    @app.command()
    def accept(
        number: NumberArgument,
        entry: Annotated[str, typer.Option(help="Mã của mục trả lời được.")],
        *,
        publish: Annotated[
            bool, typer.Option("--publish", help="Thử, rồi công bố luôn nếu không có lỗi.")
        ] = False,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Thêm các câu của nhóm làm cách hỏi của một mục."""

        async def do(desk: Opened, number: int, version: int, by: str) -> int:
            proposal = await desk.desk.accept(number, version, by=by, entry=entry, questions=())
            return await _published(desk, proposal, by) if publish else proposal

        told = (
            "Nhóm {number}: đã công bố thay đổi {result}."
            if publish
            else "Nhóm {number}: thay đổi {result}. Xem: hoidap faq diff {result}; công bố: hoidap faq publish {result}"
        )
        act(number, name, config, told, as_json=as_json, do=do)

    @app.command()
    def draft(
        number: NumberArgument,
        topic: Annotated[str, typer.Option(help="Chủ đề của mục mới.")],
        *,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """In phần đầu của một mục mới với các câu của nhóm, để dán vào tệp của chủ đề."""
        cluster: Cluster = runner.run(config, lambda desk: _cluster(desk, number))
        phrasings = [sample.text for sample in cluster.samples]
        made = {"topic": topic, "title": cluster.row.title[:60], "phrasings": phrasings}
        if as_json:
            print_json(made)
        else:
            show_draft(made)

    simple: dict[str, tuple[str, str, str]] = {
        "ignore": ("ignore", "Bỏ qua luôn một nhóm.", "Đã bỏ qua nhóm {number}."),
        "case": ("case_data", "Đánh dấu cần hồ sơ cá nhân.", "Nhóm {number}: cần hồ sơ cá nhân."),
        "reopen": ("reopen", "Mở lại một nhóm.", "Đã mở lại nhóm {number}."),
    }
    for command, (action, explained, told) in simple.items():
        _add_simple(app, act, command, action, explained, told)

    @app.command()
    def oos(
        number: NumberArgument,
        *,
        publish: Annotated[
            bool, typer.Option("--publish", help="Thử, rồi công bố luôn nếu không có lỗi.")
        ] = False,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Đánh dấu ngoài phạm vi; các câu được đề nghị thêm vào tập ngoài phạm vi."""

        async def do(desk: Opened, number: int, version: int, by: str) -> int | None:
            await desk.desk.out_of_scope(number, version, by=by, questions=())
            proposal = (await _cluster(desk, number)).proposal
            return await _published(desk, proposal, by) if publish and proposal else proposal

        told = "Nhóm {number}: ngoài phạm vi, thay đổi {result}."
        act(number, name, config, told, as_json=as_json, do=do)

    @app.command()
    def merge(
        number: NumberArgument,
        into: Annotated[int, typer.Argument(metavar="SỐ_NHÓM_KIA", help="Nhóm nhận các câu.")],
        *,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Gộp cả nhóm vào một nhóm khác; xem nhóm gần giống: hoidap review near."""

        async def do(desk: Opened, number: int, version: int, by: str) -> int:
            await desk.desk.merge(number, version, by=by, other=into)
            return into

        told = "Đã gộp nhóm {number} vào nhóm {result}."
        act(number, name, config, told, as_json=as_json, do=do)

    @app.command()
    def undo(
        number: NumberArgument,
        *,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Hoàn tác việc mới nhất với một nhóm."""

        async def do(desk: Opened, number: int, _version: int, by: str) -> int:
            history = (await _cluster(desk, number)).history
            last = next((made.id for made in history if made.undone_by is None), 0)
            return await desk.desk.undo(last, by=by)

        act(
            number,
            name,
            config,
            "Đã hoàn tác việc mới nhất của nhóm {number}.",
            as_json=as_json,
            do=do,
        )


def _add_release(app: typer.Typer, runner: _Runner) -> None:
    @app.command()
    def release(
        number: NumberArgument,
        title: Annotated[
            str, typer.Argument(metavar="[TIÊU ĐỀ]", help="Tiêu đề do bạn viết, một dòng.")
        ] = "",
        *,
        take_back: Annotated[
            bool, typer.Option("--take-back", help="Gỡ tiêu đề khỏi dữ liệu mở.")
        ] = False,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        """Công bố tiêu đề của một nhóm trong dữ liệu mở; bot đang chạy hiện sau tối đa một giờ."""
        official = who(name)

        async def work(desk: Opened) -> str | None:
            if take_back:
                await desk.releases.take_back(number, by=official)
                return None
            return await desk.releases.release(number, title, by=official)

        if bool(title) == take_back:
            raise typer.BadParameter(
                "ghi một tiêu đề, hoặc --take-back để gỡ", param_hint="TIÊU ĐỀ"
            )
        kept = runner.run(config, work)
        if as_json:
            print_json({"cluster": number, "title": kept})
        elif take_back:
            out.print(Text(f"Nhóm {number}: đã gỡ tiêu đề khỏi dữ liệu mở."))
        else:
            out.print(Text(f"Nhóm {number}: đã công bố tiêu đề “{kept}”."))
            if not runner.settings(config).open_data:
                out.print("Dữ liệu mở đang tắt: đặt open_data: true thì tiêu đề mới hiện ra.")


def _add_simple(
    app: typer.Typer,
    act: Callable[..., None],
    command: str,
    action: str,
    explained: str,
    told: str,
) -> None:
    @app.command(command, help=explained)
    def decide(
        number: NumberArgument,
        *,
        name: AsOption = None,
        as_json: JsonOption = False,
        config: ConfigOption = None,
    ) -> None:
        async def do(desk: Opened, number: int, version: int, by: str) -> None:
            await getattr(desk.desk, action)(number, version, by=by)

        act(number, name, config, told, as_json=as_json, do=do)


async def _listed(desk: Opened, state: str, page: int) -> Page:
    """Gather what is new first, into the clusters that the bot would make: it may not be running."""
    from bot.review.cluster import Filters
    from bot.review.intake import Intake
    from bot.review.opening import now

    await Intake(desk.store, places=desk.desk.places).run(now())
    return await desk.desk.queue(Filters(state=state, page=page))


async def _cluster(desk: Opened, number: int) -> Cluster:
    from bot.review.cluster import ReviewError

    cluster = await desk.desk.cluster(number)
    if cluster is None:
        into = await desk.desk.went_into(number)
        if into:
            raise ReviewError(
                f"Nhóm {number} đã được gộp vào nhóm {into} – xem hoidap review show {into}"
            )
        raise ReviewError(f"Không có nhóm {number} – xem hoidap review list")
    return cluster


async def _published(desk: Opened, proposal: int, by: str) -> int:
    from bot.office import Person, Role

    desk.proposals.cancel_trial(proposal)
    await desk.proposals.trial(proposal)
    await desk.proposals.publish(proposal, Person(0, by, Role.EDITOR))
    return proposal
