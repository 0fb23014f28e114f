"""The console's frame: who gets in, what a form must carry, what every answer says to the browser."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from starlette.routing import Mount, Route

from bot.console.composition import areas_of
from bot.console.frame import BASE
from bot.console.home import HomeArea
from bot.console.me import MyArea
from bot.console.office import Role
from bot.console.people import PeopleArea
from bot.console.trail_pages import TrailArea
from bot.editing import AddPhrasings
from tests.officials import HOST, PASSWORD, Client, client, close, hire, office, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.console.frame import Area
    from bot.console.office import Office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    made = await office(tmp_path)
    yield made
    await close(made)


def areas(desk: Office) -> list[Area]:
    own: list[Area] = [TrailArea(desk), PeopleArea(desk), MyArea(desk)]
    return [HomeArea(desk, own), *own]


async def test_nobody_sees_a_page_without_a_login(desk: Office) -> None:
    """Every page leads to the login, and from there back."""
    await hire(desk, "lan", Role.ADMIN)
    stranger = Client(served(desk, areas(desk)), "lan")
    answer = await stranger.get(f"{BASE}/nhat-ky?o=a")
    assert answer.headers["location"] == ("/quan-tri/dang-nhap?tiep=%2Fquan-tri%2Fnhat-ky%3Fo%3Da")
    page = await stranger.get(answer.headers["location"])
    assert 'value="/quan-tri/nhat-ky?o=a"' in page.text
    entered = await stranger.post(
        f"{BASE}/dang-nhap", name="lan", password=PASSWORD, tiep="/quan-tri/nhat-ky?o=a"
    )
    assert entered.headers["location"] == "/quan-tri/nhat-ky?o=a"


async def test_a_press_after_the_login_ended_is_told_to_be_undone(desk: Office) -> None:
    """Whoever pressed a button learns that nothing was done; who only read or left does not."""
    lan = await client(desk, areas(desk), Role.ADMIN)
    await desk.accounts.end_logins("admin", by="thử")
    said = "Phiên đăng nhập đã hết; việc bạn vừa bấm chưa được làm."

    pressed = await lan.follow(await lan.post(f"{BASE}/nguoi-dung", name="minh", role="viewer"))
    read = await lan.follow(await lan.get(f"{BASE}/nguoi-dung"))
    left = await lan.follow(await lan.post(f"{BASE}/dang-xuat"))

    assert [said in page.text for page in (pressed, read, left)] == [True, False, False]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://xau.example",
        "//xau.example",
        "/quan-tri//xau",
        "/quan-tri/\\xau",
        "/khac",
        "javascript:1",
    ],
)
async def test_a_login_leads_nowhere_else(desk: Office, elsewhere: str) -> None:
    """A link to the login page cannot send an official to another site."""
    await hire(desk, "lan", Role.ADMIN)
    stranger = Client(served(desk, areas(desk)), "lan")
    answer = await stranger.post(
        f"{BASE}/dang-nhap", name="lan", password=PASSWORD, tiep=elsewhere
    )
    assert answer.headers["location"] == "/quan-tri/"


async def test_the_cookie_is_for_the_console_alone(desk: Office) -> None:
    """No script reads it, no other site sends it, no other path gets it."""
    await hire(desk, "lan", Role.ADMIN)
    answer = await Client(served(desk, areas(desk)), "lan").log_in()
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Path=/quan-tri", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    over_tls = desk.settings.model_copy(update={"public_url": None})
    assert over_tls.public_url is None


async def test_over_tls_the_cookie_is_secure(desk: Office) -> None:
    """Its name has the prefix that browsers take over TLS only."""
    await hire(desk, "lan", Role.ADMIN)
    secure = Client(served(desk, areas(desk)), "lan")
    secure.http.base_url = HOST.replace("http", "https")
    cookie = (await secure.log_in()).headers["set-cookie"]
    assert cookie.startswith("__Secure-hoidap=")
    assert "Secure" in cookie.split("; ")
    assert (await secure.get(f"{BASE}/")).status_code == 200


async def test_a_form_without_the_token_is_refused(desk: Office) -> None:
    """Another site cannot make an official's browser do anything."""
    lan = await client(desk, areas(desk), Role.ADMIN)
    for token in ("", "0" * 64, lan.csrf[:-1]):
        answer = await lan.http.post(
            f"{BASE}/nguoi-dung", data={"csrf": token, "name": "minh", "role": "admin"}
        )
        assert answer.status_code == 403
    right = {"csrf": lan.csrf, "name": "minh", "role": "viewer"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://xau.example"}):
        answer = await lan.http.post(f"{BASE}/nguoi-dung", data=right, headers=headers)
        assert answer.status_code == 403
    assert [account.name for account in await desk.accounts.everybody()] == ["admin"]


async def test_a_form_that_is_too_large_or_none_is_refused(desk: Office) -> None:
    """The memory of the machine is not a sender's to fill."""
    lan = await client(desk, areas(desk), Role.ADMIN)
    assert (await lan.post(f"{BASE}/nguoi-dung", name="x" * 600_000)).status_code == 413
    answer = await lan.http.post(f"{BASE}/nguoi-dung", json={"csrf": lan.csrf})
    assert answer.status_code == 415


async def test_every_answer_keeps_others_out(desk: Office) -> None:
    """Nothing inline, nothing from elsewhere, no frame, no index, no copy on the way."""
    lan = await client(desk, areas(desk), Role.ADMIN)
    for path in ("/", "/toi", "/khong-co", "/static/console.css"):
        headers = (await lan.get(BASE + path)).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert "static" in path or headers["cache-control"] == "no-store"


async def test_no_route_of_the_console_lets_a_lower_role_in(desk: Office) -> None:
    """Each handler of every area refuses whoever has less than it asks for."""
    made = areas_of(desk)
    clients = {role: await client(desk, made, role) for role in Role}
    looked = 0
    for route in (route for area in made for route in area.routes()):
        assert isinstance(route, Route)
        least: Role = route.endpoint.least  # type: ignore[attr-defined]  # set by `guarded`
        path = BASE + route.path.replace("{number:int}", "1")
        path = path.replace("{", "").replace("}", "").replace(":path", "").replace(":int", "")
        for role, who in clients.items():
            if not role.covers(least):
                for method in route.methods or ():
                    if method in {"GET", "POST"}:
                        answer = await (who.get if method == "GET" else who.post)(path)
                        assert answer.status_code in {403, 404}, (path, role)
                        looked += 1
    assert looked > 20


async def test_the_mount_has_no_other_way_in(desk: Office) -> None:
    """Beside guarded pages there are static files and the login."""
    console = served(desk, areas_of(desk)).routes[0]
    assert isinstance(console, Mount)
    free = [
        route.path
        for route in console.app.routes  # type: ignore[attr-defined]  # a Starlette
        if not hasattr(getattr(route, "endpoint", None), "least")
    ]
    assert free == ["/static", "/dang-nhap", "/dang-nhap"]


async def test_an_admin_adds_changes_and_closes_accounts(desk: Office) -> None:
    """A password that was made up is shown once; the new account can log in with it."""
    lan = await client(desk, areas(desk), Role.ADMIN)
    page = await lan.post(f"{BASE}/nguoi-dung", name="minh", role="reviewer", password="")
    made_up = page.text.partition("<code>")[2].partition("</code>")[0]
    minh = Client(served(desk, areas(desk)), "minh")
    assert (await minh.log_in(made_up)).status_code == 303
    answer = await lan.post(f"{BASE}/nguoi-dung/minh", act="deactivate")
    assert "Đã đổi tài khoản minh." in (await lan.follow(answer)).text
    assert "Đã đổi" not in (await lan.get(f"{BASE}/nguoi-dung")).text
    assert (await minh.get(f"{BASE}/")).status_code == 303


async def test_what_cannot_be_taken_back_is_asked_first(desk: Office) -> None:
    """A new password, or locking somebody out, is a second press, which names the account."""
    lan = await client(desk, areas(desk), Role.ADMIN)
    await hire(desk, "minh", Role.VIEWER)
    page = (await lan.get(f"{BASE}/nguoi-dung")).text
    asked = re.findall(r"<details class=\"ask\".*?</details>", page, re.DOTALL)
    acts = re.compile(r'name="act" value="(\w+)"')
    assert [acts.findall(one) for one in asked] == [["password"], ["deactivate"]] * 2
    assert ["minh?" in one for one in asked] == [False, False, True, True]
    for one in asked:
        page = page.replace(one, "")
    assert set(acts.findall(page)) == {"role", "end_logins"}


async def test_what_is_wrong_comes_back_with_what_was_typed(desk: Office) -> None:
    """The form keeps the name; the sentence says why."""
    lan = await client(desk, areas(desk), Role.ADMIN)
    page = await lan.post(f"{BASE}/nguoi-dung", name="nguyễn lan", role="viewer", password="")
    assert page.status_code == 422
    assert 'value="nguyễn lan"' in page.text
    assert "chữ thường không dấu" in page.text


async def test_the_second_factor_is_turned_on_used_and_turned_off(desk: Office) -> None:
    """Scan, type a code, log in with another one, turn it off with the password."""
    lan = await client(desk, areas(desk), Role.ADMIN, "lan")
    page = await lan.post(f"{BASE}/toi/hai-lop")
    assert "<svg" in page.text
    secret = page.text.partition('name="secret" value="')[2].partition('"')[0]
    code = pyotp.TOTP(secret)
    moment = desk.now()
    on = await lan.post(
        f"{BASE}/toi/hai-lop/bat", secret=secret, code=code.at(moment), password=PASSWORD
    )
    assert "Đã bật" in (await lan.follow(on)).text
    again = Client(served(desk, areas(desk)), "lan")
    page = await again.log_in()
    assert (page.status_code, "Mã sáu số" in page.text) == (200, True)
    ticket = page.text.partition('name="ticket" value="')[2].partition('"')[0]
    wrong = await again.post(f"{BASE}/dang-nhap", ticket=ticket, code="000000")
    assert "Mã không đúng" in wrong.text
    later = code.at(moment + timedelta(seconds=30))
    assert (await again.post(f"{BASE}/dang-nhap", ticket=ticket, code=later)).status_code == 303
    await again.get(f"{BASE}/toi")
    assert (await again.post(f"{BASE}/toi/hai-lop/tat", password="sai")).status_code == 422
    off = await again.post(f"{BASE}/toi/hai-lop/tat", password=PASSWORD)
    assert "Đã tắt" in (await again.follow(off)).text


async def test_the_trail_is_read_filtered_and_exported(desk: Office) -> None:
    """Newest first; what others wrote stays text, in the page and in a spreadsheet."""
    lan = await client(desk, areas(desk), Role.ADMIN, "lan")
    await desk.trail.note("lan", "đổi", '=HYPERLINK("x")', {"a": "<script>"}, {"a": "mới"})
    page = (await lan.get(f"{BASE}/nhat-ky?nguoi=lan")).text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page.partition("<main")[2].partition("</main>")[0]
    exported = await lan.get(f"{BASE}/nhat-ky.csv?viec=%C4%91%E1%BB%95i")
    assert exported.text.count("\n") == 2
    assert '"\'=HYPERLINK(""x"")"' in exported.text


async def test_the_trail_names_changes_and_files_in_words(desk: Office) -> None:
    """A change is told with its title, files without brackets; a number that is none stays."""
    lan = await client(desk, areas(desk), Role.ADMIN, "lan")
    number = await desk.proposals.propose(
        [AddPhrasings("vneid_quen_mat_khau", ("bí mật khẩu",))], author="lan", title="Thêm <b>"
    )
    files = {"files": ["doi_song.yaml", "vneid.yaml"]}
    await desk.trail.note("lan", "publish", f"proposal:{number}", after=files)
    await desk.trail.note("lan", "publish", "proposal:999")
    page = (await lan.get(f"{BASE}/nhat-ky")).text
    assert page.count("Thêm &lt;b&gt;") == 2
    assert "doi_song.yaml, vneid.yaml</ins>" in page
    assert "thay đổi 999</a></td>" in page


async def test_the_first_admin_is_explained_where_there_is_none(desk: Office) -> None:
    """Whoever installs the bot reads what to do next."""
    page = await Client(served(desk, areas(desk)), "ai").get(f"{BASE}/dang-nhap")
    assert "hoidap users add TÊN --role admin" in page.text


async def test_trouble_inside_is_a_sentence(desk: Office) -> None:
    """A store that fails is told with how to mend it; nothing of it is shown raw."""
    lan = await client(desk, areas(desk), Role.ADMIN, "lan")
    await desk.store.close()
    answer = await lan.get(f"{BASE}/")
    assert answer.status_code == 503
    assert "khởi động lại hoidap" in answer.text
