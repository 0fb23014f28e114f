"""Settings: environment over `config.yaml` over defaults; secrets from the environment only.

`config.example.yaml` explains every key.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from intents.problems import explain, nearest
from intents.yaml_source import YamlSource, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

PREFIX = "HOIDAP_"
DEFAULT_FILE = Path("config.yaml")
_FILE_VARIABLE = f"{PREFIX}CONFIG"
SECRETS = frozenset({"telegram_token", "secret_key"})


class ConfigError(Exception):
    """The settings cannot be used: what, where, how to mend it (Vietnamese)."""


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    data_dir: Path = Path("data")
    database_url: str | None = None
    faq_dir: Path = Path("faq")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    telegram_token: SecretStr | None = None
    telegram_base_url: AnyHttpUrl | None = None
    secret_key: SecretStr | None = None

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


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings. `path` (or HOIDAP_CONFIG) must exist when given; else `config.yaml` may.

    Raises:
        ConfigError: with every fault that was found, one a line.
    """
    faults = _unknown_variables(os.environ)
    source = YamlSource(str(DEFAULT_FILE))
    named = path or (Path(os.environ[_FILE_VARIABLE]) if os.environ.get(_FILE_VARIABLE) else None)
    chosen = named or DEFAULT_FILE
    if named or chosen.is_file():
        source = read_yaml(chosen, str(chosen))
        faults += [str(problem) for problem in source.problems]
    data = {} if source.data is None else source.data
    if not isinstance(data, dict):
        raise ConfigError(
            f"{source.name}:1:1: tệp phải gồm các dòng “tên: giá trị” – xem config.example.yaml"
        )
    faults += _misplaced_secrets(source, data)
    if faults:
        raise ConfigError("\n".join(faults))
    try:
        return Settings(**data)
    except ValidationError as error:
        raise ConfigError("\n".join(_fault(source, detail) for detail in error.errors())) from None


def _fault(source: YamlSource, error: ErrorDetails) -> str:
    what, mend = explain(error, {"": [key for key in Settings.model_fields if key not in SECRETS]})
    # The environment's source names a variable, the file's a key.
    key = str(error["loc"][0]).lower().removeprefix(PREFIX.lower())
    variable = f"{PREFIX}{key.upper()}"
    if variable in os.environ:
        return f"biến môi trường {variable}: {what} – {mend}"
    return str(source.problem((key,), what, mend, at_key=error["type"] == "extra_forbidden"))


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = {f"{PREFIX}{key.upper()}" for key in Settings.model_fields} | {_FILE_VARIABLE}
    faults = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            guess = nearest(name, known)
            mend = f"có phải bạn muốn viết {guess}?" if guess else "bỏ biến này"
            faults.append(f"không có biến môi trường “{name}” – {mend}")
    return faults


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
