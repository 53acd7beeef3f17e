from __future__ import annotations

import stat
from pathlib import Path

import pytest

from wasl.infra.settings import Settings, SettingsWrong, kept_secret, load_settings


def loaded(folder: Path, **environ: str) -> Settings:
    return load_settings({"WASL_DATA_DIR": str(folder), **environ})


def refused(folder: Path, **environ: str) -> str:
    with pytest.raises(SettingsWrong) as refusal:
        loaded(folder, **environ)
    return str(refusal.value)


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert settings.data_dir == tmp_path
    assert settings.database_url is None
    assert settings.public_url == "http://127.0.0.1:8300"


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = loaded(tmp_path).secret_key.get_secret_value()
    assert len(first) >= 32
    assert loaded(tmp_path).secret_key.get_secret_value() == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert kept_secret(tmp_path / "other") != first


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "wasl.toml").write_text('port = 9000\nhost = "::1"\nlog_format = "json"\n')
    settings = loaded(tmp_path, WASL_PORT="9001", WASL_LOG_LEVEL="")
    assert (settings.port, settings.host, settings.log_format) == (9001, "::1", "json")
    assert settings.log_level == "info"
    assert settings.public_url == "http://[::1]:9001"


def test_another_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_text(f'data_dir = "{tmp_path / "data"}"\n')
    assert load_settings({"WASL_CONFIG": str(path)}).data_dir == tmp_path / "data"
    assert "No such file" in refused(tmp_path, WASL_CONFIG=str(tmp_path / "none.toml"))
    path.write_text("port = ")
    assert "is not TOML" in refused(tmp_path, WASL_CONFIG=str(path))


def test_the_database_has_its_usual_names(tmp_path: Path) -> None:
    settings = loaded(tmp_path, DATABASE_URL="postgresql://u:p@db/wasl")
    assert settings.database_url == settings.database_url_direct == "postgresql://u:p@db/wasl"
    settings = loaded(
        tmp_path, DATABASE_URL="postgresql://pool/wasl", DATABASE_URL_DIRECT="postgresql://db/wasl"
    )
    assert settings.database_url_direct == "postgresql://db/wasl"


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("WASL_PORT", "http", "WASL_PORT=http is wrong"),
        ("WASL_PORT", "70000", "less than or equal to 65535"),
        ("WASL_BUS", "redis://x", "postgres or nats://…"),
        ("WASL_BLOBS", "/srv", "local or s3://…"),
        ("WASL_LOG_FORMAT", "xml", "'console' or 'json'"),
        ("WASL_SMTP_LISTEN", "25", "host:port"),
        ("WASL_SMTP_LISTEN", "127.0.0.1:99999", "host:port"),
        ("WASL_SMTP_CERTIFICATE", "/nowhere/cert.pem", "files that can be read: No such file"),
        ("WASL_SMTP_CERTIFICATE", __file__, "PEM files of a certificate and its key"),
        ("WASL_MAIL_DOMAIN", "not a domain", "a domain, such as"),
        ("WASL_PUBLIC_URL", "example.com", "https://… or http://…"),
        ("DATABASE_URL", "mysql://db/x", "DATABASE_URL=mysql://db/x"),
        ("WASL_SECRET_KEY", "short", "32 characters"),
        ("WASL_PROT", "1", "WASL_PROT is no setting; did you mean WASL_PORT?"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    tmp_path: Path, variable: str, value: str, told: str
) -> None:
    line = refused(tmp_path, **{variable: value})
    assert told in line
    assert variable in line
    assert "\n" not in line


def test_unknown_keys_of_the_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "wasl.toml").write_text('databse_url = "postgresql://db/x"\n')
    assert "did you mean database_url?" in refused(tmp_path)


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    assert "hunter2" not in refused(tmp_path, DATABASE_URL="mysql://u:hunter2@db/x")
    assert "hunter2" not in refused(tmp_path, WASL_SECRET_KEY="hunter2")
    assert "hunter2" not in repr(loaded(tmp_path, WASL_SECRET_KEY="hunter2" * 5))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "WASL_DATA_DIR" in refused(tmp_path / "file" / "below")
