from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from base_image import certificates
from base_image.certificates import build_ca_file, extra_certificates

if TYPE_CHECKING:
    import pytest


def pem(body: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def machine(folder: Path, monkeypatch: pytest.MonkeyPatch, bundle: str, shipped: str) -> Path:
    (folder / "shipped" / "mozilla").mkdir(parents=True)
    (folder / "shipped" / "mozilla" / "A.crt").write_text(shipped)
    path = folder / "bundle.crt"
    path.write_text(bundle)
    monkeypatch.setattr(certificates, "BUNDLES", (str(path),))
    monkeypatch.setattr(certificates, "SHIPPED", str(folder / "shipped"))
    return path


def test_only_certificates_that_are_not_shipped_are_extra_however_the_lines_are_broken() -> None:
    bundle = "# comment\n" + pem("AAAA\nBBBB") + pem("CCCC") + pem("CCCC")
    assert extra_certificates(bundle, [pem("AAAABBBB")]) == ["CCCC"]


def test_a_bundle_with_an_authority_of_its_own_becomes_the_build_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = machine(tmp_path, monkeypatch, pem("AAAA") + pem("OWN"), pem("AAAA"))
    assert build_ca_file({}) == str(bundle)


def test_a_machine_with_the_usual_certificates_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(tmp_path, monkeypatch, pem("AAAA"), pem("AAAA"))
    assert build_ca_file({}) is None


def test_a_file_that_the_environment_names_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(tmp_path, monkeypatch, pem("AAAA"), pem("AAAA"))
    named = tmp_path / "named.pem"
    named.write_text(pem("OWN"))
    assert build_ca_file({"NODE_EXTRA_CA_CERTS": str(named)}) == str(named)


def test_a_file_that_the_environment_names_but_does_not_exist_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(tmp_path, monkeypatch, pem("AAAA"), pem("AAAA"))
    assert build_ca_file({"SSL_CERT_FILE": str(tmp_path / "gone.pem")}) is None


def test_a_bundle_too_big_for_a_build_secret_is_cut_down_to_what_is_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(tmp_path, monkeypatch, pem("AAAA" * 150_000) + pem("OWN"), pem("AAAA" * 150_000))
    path = build_ca_file({"XDG_CACHE_HOME": str(tmp_path)})
    assert path is not None
    assert Path(path).read_text(encoding="ascii") == pem("OWN")
