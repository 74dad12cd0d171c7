"""All settings, in one frozen object: defaults, then `presswatch.toml`, then `PRESSWATCH_*` variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.errors import SettingsError

IS_ROOT = os.geteuid() == 0


def default_home() -> Path:
    """Where state is kept unless PRESSWATCH_HOME says otherwise."""
    return Path("/var/lib/presswatch") if IS_ROOT else Path(platformdirs.user_data_path("presswatch"))


def default_cache() -> Path:
    """Where the engines' programs are kept, shared by all state folders of this user."""
    return Path("/var/cache/presswatch") if IS_ROOT else Path(platformdirs.user_cache_path("presswatch"))


def home_folder() -> Path:
    """The state folder, needed before the other settings can be read."""
    return Path(os.environ.get("PRESSWATCH_HOME") or default_home()).expanduser().absolute()


class Settings(BaseSettings):
    """What a person who runs presswatch can set. Lists are comma-separated in variables, arrays in TOML."""

    model_config = SettingsConfigDict(env_prefix="PRESSWATCH_", frozen=True, extra="forbid", env_ignore_empty=True)

    # Where things are
    home: Path = Field(default_factory=home_folder, description="State folder, readable by its owner only.")
    cache: Path = Field(default_factory=default_cache, description="The embedded engines' programs.")
    secret_key: SecretStr = Field(SecretStr(""), description="Encrypts channel secrets, derives Airflow's keys; default: HOME/secret.key.")

    # Engines; an empty URL means the embedded one
    database_url: SecretStr = Field(SecretStr(""), description="postgresql://user:password@host:port/name")
    database_port: int = Field(5490, ge=1, le=65535, description="Embedded PostgreSQL; the next free port if this one is busy.")
    airflow_database_url: SecretStr = Field(SecretStr(""), description="Default: database `airflow` on the same server.")
    elasticsearch_url: str = Field("", description="http(s)://host:port")
    elasticsearch_user: str = ""
    elasticsearch_password: SecretStr = SecretStr("")
    elasticsearch_api_key: SecretStr = SecretStr("")
    elasticsearch_ca: Path | None = Field(None, description="PEM file of the authority that signed the server's certificate.")
    elasticsearch_port: int = Field(9290, ge=1, le=65535, description="Embedded Elasticsearch; the next free port if this one is busy.")
    elasticsearch_heap: str = Field("512m", pattern=r"^\d+[mg]$")
    index_prefix: str = Field("", pattern=r"^[a-z0-9-]*$", description="Put before the names of index and alias.")
    index_shards: int = Field(1, ge=1, le=64)
    index_replicas: int = Field(0, ge=0, le=8)

    # Web and Airflow
    web_host: str = "127.0.0.1"
    web_port: int = Field(8290, ge=1, le=65535)
    web_url: str = Field("", description="The address that people use, for links in messages; default: http://web_host:web_port.")
    websub_url: str = Field(
        "",
        pattern=r"^(https?://[^/?#@\s]+(/[^?#\s]*)?)?$",
        max_length=500,
        description="The public address of the web pages, for hubs that tell of new items (WebSub); empty: none are asked to.",
    )
    airflow_host: str = "127.0.0.1"
    airflow_port: int = Field(8291, ge=1, le=65535)

    # Collecting
    contact: str = Field("", description="A URL or address in the user agent, so that outlets can reach you.")
    allow_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Private `host` or `host:port` that may be fetched or notified."
    )
    delay_s: float = Field(1.0, ge=0, le=3600, description="Between two requests to one host.")
    per_host: int = Field(1, ge=1, le=16, description="Connections to one host at a time.")
    concurrency: int = Field(32, ge=1, le=512, description="Connections in all.")
    feed_interval_s: int = Field(300, ge=10, le=86_400, description="The shortest time between two polls of a feed.")
    feed_interval_longest_s: int = Field(1_800, ge=10, le=604_800, description="The longest; between them each feed's own rhythm decides.")
    refetch_after_s: Annotated[tuple[float, ...], NoDecode] = Field(
        (3_600, 21_600, 86_400, 259_200, 604_800), description="Ages at which a page is fetched again to find edits."
    )
    fetch_timeout_s: float = Field(30, ge=1, le=600)
    page_max_bytes: int = Field(10_000_000, ge=10_000, description="A longer page is refused, also after decompression.")
    new_pages_per_day: int = Field(
        5_000, ge=1, description="Of one outlet; of one that usually has more, twice as many as usual. The others wait."
    )
    respect_noarchive: bool = Field(
        False, description="Of pages that ask for it (noarchive) no bytes are kept; their text is searched, and only its beginning shown."
    )
    browser_path: Path | None = Field(
        None, description="The Chromium for pages that show nothing without one; default: what is installed, if anything is."
    )
    browser_pages: int = Field(10, ge=0, le=10_000, description="Pages that a crawl may show in the browser; 0: none.")
    browser_concurrency: int = Field(2, ge=1, le=16, description="Pages in the browser at a time.")
    retention_days: int = Field(90, ge=1, description="How long captures are kept, in the database and in the archive.")
    archive_url: str = Field(
        "",
        description="Folder or fsspec address (s3://bucket/prefix) for the WARC files of older captures; empty: all stay in the database.",
    )
    archive_after_days: int = Field(14, ge=0, description="Age at which captures move to the archive.")
    archive_segment_mb: int = Field(256, ge=1, le=10_000, description="About how large a WARC file gets.")

    # Working
    rules: Path | None = Field(None, description="Folder of your own outlet rules (TOML); default: HOME/rules.")
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256, description="Processes for extraction and entities.")
    page_timeout_s: float = Field(30, ge=1, description="One page in one worker; then the worker is killed and the page quarantined.")

    # Alerting
    alert_window_s: int = Field(60, ge=0, le=3600, description="How long a message waits for more articles of the same story.")
    smtp_url: SecretStr = Field(SecretStr(""), description="apprise mailto(s):// URL of the server that sends mail.")

    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_format: Literal["text", "json"] = "text"

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip().lower() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("refetch_after_s", mode="before")
    @classmethod
    def _split_numbers(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("home", "cache", "rules", "browser_path", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("archive_url", mode="after")
    @classmethod
    def _absolute_folder(cls, value: str) -> str:
        return str(Path(value).expanduser().absolute()) if value and "://" not in value else value

    @model_validator(mode="after")
    def _archive_before_retention(self) -> Self:
        if self.archive_url and self.archive_after_days >= self.retention_days:
            raise ValueError(
                f"nothing would be archived: PRESSWATCH_ARCHIVE_AFTER_DAYS ({self.archive_after_days}) must be below PRESSWATCH_RETENTION_DAYS ({self.retention_days})"
            )
        return self

    @property
    def rules_folder(self) -> Path | None:
        """Where the user's own outlet rules are; None: there are none."""
        own = self.home / "rules"
        return self.rules or (own if own.is_dir() else None)

    @property
    def public_url(self) -> str:
        """The web pages' address without a final slash."""
        return (self.web_url or f"http://{self.web_host}:{self.web_port}").rstrip("/")

    def environment(self) -> dict[str, str]:
        """The variables that let another process of ours see the same settings."""
        return {f"PRESSWATCH_{name.upper()}": _as_variable(getattr(self, name)) for name in sorted(self.model_fields_set | {"home"})}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables before the file; no .env, no secrets folder: one way each."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=home_folder() / "presswatch.toml")


def _as_variable(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def load(**overrides: Any) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a variable or a line of `presswatch.toml` has a value that makes no sense.

    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        # What concerns several settings at once names them itself.
        problems = "; ".join(
            f"PRESSWATCH_{str(fault['loc'][0]).upper()}: {fault['msg'].lower()}" if fault["loc"] else str(fault["ctx"]["error"])
            for fault in error.errors()
        )
        raise SettingsError(problem=problems) from error
    except (ValueError, OSError) as error:  # tomllib.TOMLDecodeError is a ValueError
        raise SettingsError(problem=f"{home_folder() / 'presswatch.toml'}: {error}") from error
