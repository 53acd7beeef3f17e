"""What an operator can set: environment variables `WASL_*` (and the usual `DATABASE_URL`), or the
same names in lower case without the prefix in a TOML file. The environment wins.

The file is the one that `WASL_CONFIG` names, or `<data_dir>/wasl.toml` when there is one.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from wasl.infra.certificates import server_context
from wasl.infra.postgres import make_folders, reachable, unprivileged_user

_PREFIX = "WASL_"
_PLAIN = {"DATABASE_URL": "database_url", "DATABASE_URL_DIRECT": "database_url_direct"}
# read by the start scripts and the tests, not by the server
_ELSEWHERE = {"WASL_CONFIG", "WASL_TEST_PG"}
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # compared, not bound


class SettingsWrong(Exception):
    """Settings that can't be used; one line for each: its name, its value, the right form."""


def _url_of(*schemes: str, instead: str | tuple[str, ...] = ()) -> AfterValidator:
    """Checks for a URL of one of these schemes, or a word that stands for none."""
    words = (instead,) if isinstance(instead, str) else instead

    def check(value: str) -> str:
        parts = urlsplit(value)
        is_url = parts.scheme in schemes and (parts.netloc or parts.query)
        if not is_url and value not in words:
            forms = [*words, *(f"{scheme}://…" for scheme in schemes)]
            raise ValueError(" or ".join(forms))
        return value

    return AfterValidator(check)


def _host_and_port(value: str) -> str:
    if value:
        host_and_port(value)
    return value


def host_and_port(value: str) -> tuple[str, int]:
    """Splits "127.0.0.1:25" or "[::1]:25"; ValueError says the right form."""
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("host:port, such as 127.0.0.1:8025")
    return host.strip("[]"), int(port)


def _domain(value: str) -> str:
    labels = value.split(".")
    if value and not all(
        label and len(label) < 64 and label.replace("-", "").isalnum() for label in labels
    ):
        raise ValueError("a domain, such as help.example.com")
    return value.lower()


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 32:
        raise ValueError("a secret of 32 characters or more")
    return value


PostgresUrl = Annotated[str, _url_of("postgresql", "postgres")]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]


class Settings(BaseModel):
    """All settings, checked. Built by `load_settings`, or directly in tests."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data_dir: Path
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)]
    database_url: PostgresUrl | None = None  # None: the embedded server
    database_url_direct: PostgresUrl | None = None  # past a pooler; database_url when not given
    host: str = "127.0.0.1"
    port: int = Field(8300, ge=1, le=65535)
    public_url: Annotated[str, _url_of("https", "http")] = ""
    bus: Annotated[str, _url_of("nats", "tls", instead="postgres")] = "postgres"
    blobs: Annotated[str, _url_of("s3", instead="local")] = "local"
    smtp_listen: HostAndPort = ""
    smtp_key: Path | None = None  # None: in the file of the certificate
    smtp_certificate: Path | None = None  # PEM; None: no STARTTLS
    lmtp_listen: HostAndPort = ""
    mail_domain: Annotated[str, AfterValidator(_domain)] = "localhost"
    # "local", "off", or the base URL of an OpenAI-compatible model
    understanding: Annotated[str, _url_of("https", "http", instead=("local", "off"))] = "local"
    understanding_model: str = ""
    understanding_key: SecretStr = SecretStr("")
    private_urls: bool = False  # whether our own requests may go to private addresses
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    pool_size: int = Field(10, ge=1, le=500)
    demo: bool = False

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        filled = dict(given)
        if not filled.get("public_url"):
            host = filled.get("host", "127.0.0.1")
            shown = "localhost" if host in _EVERYWHERE else host
            shown = f"[{shown}]" if ":" in str(shown) else shown
            filled["public_url"] = f"http://{shown}:{filled.get('port', 8300)}"
        if filled.get("database_url_direct") is None:
            filled["database_url_direct"] = filled.get("database_url")
        return filled

    @field_validator("smtp_certificate")
    @classmethod
    def _with_its_key(cls, certificate: Path | None, info: ValidationInfo) -> Path | None:
        if certificate is not None and "smtp_key" in info.data:
            server_context(certificate, info.data["smtp_key"])
        return certificate


_NAMES = frozenset(Settings.model_fields)
_SECRET = frozenset({"secret_key", "understanding_key"})


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the environment and the file. Makes the secret key on the first start.

    Raises SettingsWrong.
    """
    wrong: list[str] = []
    given = _from_environment(environ, wrong)
    named = environ.get("WASL_CONFIG")
    data_dir = Path(given.get("data_dir") or default_data_dir()).expanduser().absolute()
    path = Path(named) if named else data_dir / "wasl.toml"
    from_file = _from_file(path, wrong) if named or path.exists() else {}
    if wrong:
        raise SettingsWrong("\n".join(wrong))
    values: dict[str, Any] = {"data_dir": data_dir, **from_file, **given}
    values["data_dir"] = Path(values["data_dir"]).expanduser().absolute()
    if not values.get("secret_key"):
        values["secret_key"] = kept_secret(values["data_dir"])
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        sources = {name: _name_in(environ, name) for name in given}
        raise SettingsWrong(
            "\n".join(
                _line(problem, values, sources, path)
                for problem in error.errors()
                if problem["loc"][0] in values  # others were only derived from a wrong one
            )
        ) from None


def default_data_dir() -> Path:
    """`.wasl` in a checkout; for root, /var/lib/wasl where the database's user can't get there."""
    checkout = Path(__file__).absolute().parents[3]
    in_checkout = (checkout / "pyproject.toml").exists()
    if os.geteuid() == 0:
        if in_checkout and reachable(checkout, unprivileged_user()):
            return checkout / ".wasl"
        mark = hashlib.sha256(os.fsencode(checkout)).hexdigest()[:8]
        return Path("/var/lib/wasl") / (mark if in_checkout else "main")
    if in_checkout:
        return checkout / ".wasl"
    return Path(pwd.getpwuid(os.geteuid()).pw_dir) / ".local/share/wasl"


def kept_secret(data_dir: Path) -> str:
    """The secret key of this data folder; made once, mode 0600."""
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            make_folders(data_dir)
            unfinished = data_dir / f"secret_key.{os.getpid()}"
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_urlsafe(48))
            try:
                os.link(unfinished, path)  # of two at once, the first stands
            except FileExistsError:
                pass
            finally:
                unfinished.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise SettingsWrong(
            f"WASL_DATA_DIR={data_dir}: {error.strerror}; give a folder that can be written"
        ) from error


def _from_environment(environ: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for variable, value in environ.items():
        if variable in _PLAIN:
            given.setdefault(_PLAIN[variable], value)
        elif variable.startswith(_PREFIX) and variable not in _ELSEWHERE:
            name = variable.removeprefix(_PREFIX).lower()
            if name in _NAMES:
                given[name] = value
            else:
                wrong.append(f"{variable} is no setting{_nearest(name, _PREFIX)}")
    return {name: value for name, value in given.items() if value != ""}


def _from_file(path: Path, wrong: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            given = tomllib.load(file)
    except OSError as error:
        raise SettingsWrong(f"WASL_CONFIG={path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsWrong(f"{path} is not TOML: {error}") from error
    wrong += [f"{name} in {path} is no setting{_nearest(name)}" for name in given.keys() - _NAMES]
    return given


def _nearest(name: str, prefix: str = "") -> str:
    near = get_close_matches(name, _NAMES, n=1)
    if not near:
        return ""
    return f"; did you mean {prefix}{near[0].upper() if prefix else near[0]}?"


def _name_in(environ: Mapping[str, str], name: str) -> str:
    prefixed = _PREFIX + name.upper()
    return prefixed if prefixed in environ else name.upper()


def _line(problem: Any, values: Mapping[str, Any], sources: Mapping[str, str], path: Path) -> str:
    name = str(problem["loc"][0])
    where = sources.get(name) or f"{name} in {path}"
    shown = "***" if name in _SECRET else _without_password(str(values.get(name, "")))
    form = str(problem["msg"]).removeprefix("Value error, ")
    return f"{where}={shown} is wrong; the right form: {form}"


def _without_password(value: str) -> str:
    head, at, tail = value.rpartition("@")
    scheme, slashes, user = head.partition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:***@{tail}" if at and slashes else value
