from __future__ import annotations

from engine_host.apt_sources import derive_release, has_suite, read_sources

DEB822 = """Types: deb deb-src
# a snapshot, once
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
ONE_LINE = """# deb http://off.example/debian bookworm main
deb [arch=amd64,arm64 signed-by=/k.gpg] https://mirror.example/debian/ bookworm main non-free  # ours
deb-src https://mirror.example/debian/ bookworm main
deb https://docker.example/linux/debian bookworm stable
deb https://mirror.example/debian-security bookworm-security main
"""


def test_deb822_gives_each_suite_its_own_stanza_from_its_own_mirror() -> None:
    text = derive_release(read_sources({"a.sources": DEB822}), "bookworm", "trixie")
    assert text == (
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n"
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie-updates\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n"
        "Types: deb\nURIs: http://mirror.example/debian-security\nSuites: trixie-security\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )


def test_one_line_sources_keep_their_options_in_deb822_spelling() -> None:
    text = derive_release(read_sources({"sources.list": ONE_LINE}), "bookworm", "trixie")
    assert text == (
        "Types: deb\nURIs: https://mirror.example/debian/\nSuites: trixie\nComponents: main\n"
        "Architectures: amd64 arm64\nSigned-By: /k.gpg\n\n"
        "Types: deb\nURIs: https://mirror.example/debian-security\nSuites: trixie-security\nComponents: main\n"
    )


def test_a_key_written_into_the_source_is_kept_line_by_line() -> None:
    key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEYCQjIxYJ\n -----END PGP PUBLIC KEY BLOCK-----\n"
    source = f"Types: deb\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n{key}"
    text = derive_release(read_sources({"a.sources": source}), "bookworm", "trixie")
    assert text is not None
    assert "\n .\n mDMEYCQjIxYJ\n" in text


def test_a_disabled_stanza_is_no_source() -> None:
    assert derive_release(read_sources({"a.sources": f"Enabled: no\n{DEB822}"}), "bookworm", "trixie") is None


def test_comments_and_source_packages_are_no_source() -> None:
    text = "# deb http://m.example/debian bookworm main\ndeb-src http://m.example/debian bookworm main\n"
    assert derive_release(read_sources({"sources.list": text}), "bookworm", "trixie") is None


def test_another_archive_with_a_suite_of_the_same_name_is_not_taken_for_debian() -> None:
    other = "deb https://apps.example/repo bookworm main\n"
    both = read_sources({"a.list": other, "b.sources": DEB822})
    assert (derive_release(both, "bookworm", "trixie") or "").startswith(
        "Types: deb\nURIs: http://mirror.example/debian\n"
    )


def test_a_repository_with_components_of_its_own_is_never_taken() -> None:
    only = read_sources({"docker.list": "deb https://docker.example/linux/debian bookworm stable\n"})
    assert derive_release(only, "bookworm", "trixie") is None


def test_mirrors_at_unusual_addresses_are_found_too() -> None:
    text = derive_release(
        read_sources({"a.list": "deb http://proxy.example/repo/deb-remote bookworm main\n"}), "bookworm", "trixie"
    )
    assert text == "Types: deb\nURIs: http://proxy.example/repo/deb-remote\nSuites: trixie\nComponents: main\n"


def test_a_suite_that_is_configured_already_is_seen() -> None:
    sources = read_sources({"a.sources": DEB822, "b.list": "deb http://mirror.example/debian trixie main\n"})
    assert has_suite(sources, "trixie")
    assert not has_suite(sources, "sid")


def test_windows_line_ends_empty_files_and_nonsense_do_no_harm() -> None:
    files = {
        "a.sources": DEB822.replace("\n", "\r\n"),
        "b.sources": "",
        "c.list": "deb\nnonsense here\n",
        "d.sources": ":\n x",
    }
    assert derive_release(read_sources(files), "bookworm", "trixie") is not None
