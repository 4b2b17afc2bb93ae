"""Settings: everything that can be set from outside, by an environment variable or a line of `.env`."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ByteSize, Field, SecretStr, TypeAdapter, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

NO_ZONES = frozenset({"Factory", "localtime"})
"""Names among the time zones that are none: "not set yet" and "as the machine has it"."""


@cache
def zones() -> tuple[str, ...]:
    """Every time zone's name, in the order of the alphabet; read from the disk once, which takes its time."""
    return tuple(sorted(available_timezones() - NO_ZONES))


class Settings(BaseSettings):
    """What an administrator decides; each is `TVOX_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="TVOX_", env_file=".env", extra="ignore", frozen=True)

    store: Path = Field(
        default=Path("data/tvox.duckdb"), description="File of the store; its control database lies beside it."
    )
    centre_zone: str = Field(default="Europe/Rome", description="Time zone of the contact centre (IANA name).")
    history: int = Field(default=13, ge=1, description="Months served when a question names no window.")
    public_url: str = Field(
        default="", description="Address under which people reach this service; taken from the request where empty."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 is every one of this machine.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    store_memory: str = Field(
        default="2GB", pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$", description="Memory that the store's engine may use."
    )
    kept_memory: str = Field(
        default="64MB",
        pattern=r"^(0|\d+(\.\d+)?\s?[KMG]i?B)$",
        description="Memory for small answers, which are given again while their rows are unchanged; 0 keeps none.",
    )
    views_memory: str = Field(
        default="256MB",
        pattern=r"^\d+(\.\d+)?\s?[KMG]i?B$",
        description="Memory for the rows of saved views; a view that needs more is refused.",
    )
    rows_seconds: float = Field(
        default=600, ge=0, description="Seconds after which rows that do not come are given up; 0 waits for ever."
    )
    jobs_space: str = Field(
        default="1GB",
        pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$",
        description="Disk space for the results of jobs; a job that needs more fails.",
    )
    jobs_hours: float = Field(default=1, gt=0, le=720, description="Hours for which the result of a job is kept.")
    datamodel_rate: int = Field(
        default=100, ge=0, description="Requests a minute that each key may send to the Data Model; 0 sets no limit."
    )
    datamodel_seconds: float = Field(
        default=10, gt=0, description="Seconds after which a request to the Data Model is given up."
    )
    advanced_seconds: float = Field(default=30, gt=0, description="Seconds after which an advanced query is given up.")
    advanced_memory: str = Field(
        default="512MB",
        pattern=r"^\d+(\.\d+)?\s?[KMG]i?B$",
        description="Memory that the engine of advanced queries may use; a statement that needs more is refused.",
    )
    advanced_kept: str = Field(
        default="256MB",
        pattern=r"^\d+(\.\d+)?\s?[KMG]i?B$",
        description="Memory for the columns that advanced queries read last.",
    )
    link_days: int = Field(default=90, ge=1, le=36500, description="Days for which a link opens where none are asked.")
    link_days_most: int = Field(default=366, ge=1, le=36500, description="Days for which a link may be asked to open.")
    google_audiences: str = Field(
        default="",
        description="OAuth client ids of the scripts whose users may sign in with Google, separated by commas.",
    )
    google_domains: str = Field(
        default="",
        description="Domains of the Google accounts that may sign in, separated by commas.",
    )
    google_key: str = Field(default="", description="Name of the key whose tables those see who sign in with Google.")
    google_credentials: Path | None = Field(
        default=None,
        description="File (JSON) with the key of the Google service account that pushes write spreadsheets with.",
    )
    sheets_url: str = Field(
        default="https://sheets.googleapis.com", description="Address of Google's Sheets API, or of a gateway to it."
    )
    sheets_rate: int = Field(
        default=60, ge=0, description="Requests a minute that Google may get from pushes; 0 sets no limit."
    )
    google_proxy: str | None = Field(default=None, description="Address of the proxy on the way to Google.")
    upstream_url: str = Field(
        default="",
        description="Address of a TVox to mirror; several, of a master and its slaves, are separated by commas.",
    )
    upstream_api_key: SecretStr = Field(default=SecretStr(""), description="Key that the TVox gave to this service.")
    upstream_rate: int = Field(
        default=100, ge=0, description="Requests a minute that the TVox may get from this service; 0 sets no limit."
    )
    upstream_ca: Path | None = Field(
        default=None, description="File (PEM) of the private authority that signed the certificate of the TVox."
    )
    upstream_proxy: str | None = Field(default=None, description="Address of the proxy on the way to the TVox.")
    upstream_seconds: float = Field(
        default=60, gt=0, description="Seconds after which a request to the TVox is given up."
    )
    fresh_seconds: float = Field(
        default=60, ge=0, description="Seconds for which an open month counts as fresh; then the TVox is asked again."
    )
    fresh_records_seconds: float = Field(
        default=3600, ge=0, description="The same for tables whose rows live on: contacts, tickets."
    )
    settle_days: float = Field(
        default=3, ge=0, description="Days after its end from which on an unchanged month is never asked for again."
    )
    demo_calls_per_month: int = Field(default=5000, ge=1, description="Inbound calls a month of the demo centre.")
    demo_seed: int = Field(default=1, description="Seed of the demo centre: another seed is another centre.")
    demo_months: int = Field(default=3, ge=1, le=240, description="Months that `serve` fills with the demo centre.")

    @field_validator("centre_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in zones():
            raise ValueError(f"{name} is no IANA time zone")
        return name

    @field_validator("upstream_ca", "upstream_proxy", "google_proxy", "google_credentials", mode="before")
    @classmethod
    def _unset(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _key_with_address(self) -> "Settings":
        if self.upstream_url and not self.upstream_api_key.get_secret_value():
            raise ValueError("TVOX_UPSTREAM_URL needs TVOX_UPSTREAM_API_KEY, the key that the TVox gave")
        return self

    @property
    def upstream_addresses(self) -> tuple[str, ...]:
        """The addresses of the TVox, the master first; none where there is no upstream."""
        return _parts(self.upstream_url)

    @property
    def sign_in_audiences(self) -> tuple[str, ...]:
        """The OAuth client ids whose identity tokens are taken."""
        return _parts(self.google_audiences)

    @property
    def sign_in_domains(self) -> tuple[str, ...]:
        """The domains whose accounts may sign in."""
        return _parts(self.google_domains)

    @property
    def sign_in_lacks(self) -> tuple[str, ...]:
        """The settings that sign-in with Google needs and that are not set; none where people can sign in."""
        needed = {
            "TVOX_GOOGLE_AUDIENCES": self.sign_in_audiences,
            "TVOX_GOOGLE_DOMAINS": self.sign_in_domains,
            "TVOX_GOOGLE_KEY": self.google_key.strip(),
        }
        return tuple(name for name, value in needed.items() if not value)

    @property
    def kept_bytes(self) -> int:
        """The memory for small answers in bytes."""
        return int(TypeAdapter(ByteSize).validate_python(self.kept_memory))

    @property
    def advanced_bytes(self) -> int:
        """The memory for the columns of advanced queries in bytes."""
        return int(TypeAdapter(ByteSize).validate_python(self.advanced_kept))

    @property
    def views_bytes(self) -> int:
        """The memory for the rows of views in bytes."""
        return int(TypeAdapter(ByteSize).validate_python(self.views_memory))

    @property
    def jobs_bytes(self) -> int:
        """The disk space for the results of jobs in bytes."""
        return int(TypeAdapter(ByteSize).validate_python(self.jobs_space))

    @property
    def zone(self) -> ZoneInfo:
        """The contact centre's zone."""
        return ZoneInfo(self.centre_zone)


def _parts(listed: str) -> tuple[str, ...]:
    """What a list separated by commas names."""
    return tuple(part.strip() for part in listed.split(",") if part.strip())
