"""What a linked git worktree is called; git is not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seatrial import project

if TYPE_CHECKING:
    from pathlib import Path


def linked(main: Path, tree: Path, git_id: str) -> None:
    """As `git worktree add` leaves it."""
    own = main / ".git" / "worktrees" / git_id
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    tree.mkdir(parents=True, exist_ok=True)
    (tree / ".git").write_text(f"gitdir: {own}\n")


@pytest.mark.parametrize(
    ("file", "text", "tree", "named"),
    [
        ("compose.yaml", "name: shop\n", "feature", "shop-feature"),
        ("compose.yaml", 'name: "shop" # ours\n', "feature", "shop-feature"),
        ("compose.yaml", "services:\n  a:\n    name: x\n", "feature", None),  # Compose calls it `feature`
        ("compose.yaml", "", "elsewhere/main", "main-main"),  # as the main checkout is called
        ("compose/compose.yaml", "", "feature", "compose-feature"),
        ("compose.yaml", "name: shop-${BRANCH}\n", "feature", None),
        ("compose.yaml", "name: shop\n", "Fix #12", "shop-fix12"),
    ],
)
def test_a_worktree_has_a_name_of_its_own(tmp_path: Path, file: str, text: str, tree: str, named: str | None) -> None:
    root = tmp_path / tree
    linked(tmp_path / "main", root, root.name)
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text(text)
    found = project.find(root, environ={})
    assert found.name == named
    assert (found.worktree is not None) is (named is not None)


def test_the_name_that_git_gave_tells_worktrees_of_one_folder_name_apart(tmp_path: Path) -> None:
    linked(tmp_path / "main", tmp_path / "b" / "feature", "feature1")
    (tmp_path / "b" / "feature" / "compose.yaml").write_text("name: shop\n")
    assert project.find(tmp_path / "b" / "feature", environ={}).name == "shop-feature1"


def test_a_main_checkout_and_a_submodule_are_called_as_ever(tmp_path: Path) -> None:
    (tmp_path / "main" / ".git" / "modules" / "sub").mkdir(parents=True)
    (tmp_path / "main" / "sub").mkdir()
    (tmp_path / "main" / "sub" / ".git").write_text("gitdir: ../.git/modules/sub\n")
    for folder in (tmp_path / "main", tmp_path / "main" / "sub"):
        (folder / "compose.yaml").write_text("name: shop\n")
        assert project.find(folder, environ={}).name is None


@pytest.mark.parametrize("place", ["shell", ".env", "env/.env", "flag"])
def test_a_given_name_wins(tmp_path: Path, place: str) -> None:
    root = tmp_path / "feature"
    linked(tmp_path / "main", root, "feature")
    (root / "compose.yaml").write_text("name: shop\n")
    environ = {"COMPOSE_PROJECT_NAME": "mine"} if place == "shell" else {}
    if place.endswith(".env"):
        (root / "env").mkdir()
        (root / place).write_text("COMPOSE_PROJECT_NAME=mine\n")
    found = project.find(root, environ=environ, name="mine" if place == "flag" else None)
    assert found.name == ("mine" if place == "flag" else None)
    assert found.worktree is None
