"""Who is to own files in a container: its user by number, as the engine finds it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seatrial.watch.sync.header import Owner

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Owner(0, 0)


class Known(NamedTuple):
    """An owner, and for people the reason why it may not be the one that was meant; "" where there is none."""

    owner: Owner
    doubt: str = ""


def owner(user: str, passwd: Callable[[], str], group: Callable[[], str]) -> Known:
    """The owner for `user` of a container: "", `1000`, `1000:1000`, `name`, `name:group`.

    Args:
        user: as the container is configured.
        passwd: gives /etc/passwd of the container, "" where there is none; asked only where it decides.
        group: the same of /etc/group.
    """
    name, _, group_name = user.partition(":")
    if not name and not group_name:
        return Known(ROOT)
    if name.isdigit() and group_name.isdigit():
        return Known(Owner(int(name), int(group_name)))
    uid, gid = _in_passwd(name or "0", passwd())
    if uid is None:
        return Known(ROOT, f"the container's user `{user}` stands in no /etc/passwd there, so root owns what is synced")
    if group_name:
        gid = int(group_name) if group_name.isdigit() else _in_group(group_name, group())
        if gid is None:
            doubt = f"the container's group `{group_name}` stands in no /etc/group there, so root's owns what is synced"
            return Known(Owner(uid, 0), doubt)
    return Known(Owner(uid, gid or 0))


def _in_passwd(name: str, text: str) -> tuple[int | None, int | None]:
    """The numbers of a user; a number needs no entry, and has the group of the one that it has."""
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) >= 4 and name in (fields[0], fields[2]) and fields[2].isdigit() and fields[3].isdigit():
            return int(fields[2]), int(fields[3])
    return (int(name), 0) if name.isdigit() else (None, None)


def _in_group(name: str, text: str) -> int | None:
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) >= 3 and fields[0] == name and fields[2].isdigit():
            return int(fields[2])
    return None
