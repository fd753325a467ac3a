"""Processes are read from what /proc held for real ones: node as PID 1, a zombie, a name that looks like a record."""

from __future__ import annotations

from dataclasses import replace

from seatrial.engine.inside.processes import as_inside, family, namespaces, process

STATUS = """Name:\t{name}
Umask:\t0022
State:\tS (sleeping)
Tgid:\t13360
PPid:\t13337
Uid:\t0\t1000\t0\t0
Gid:\t0\t0\t0\t0
Groups:\t0 
NSpid:\t{pids}
Threads:\t7
SigQ:\t0/96365
SigPnd:\t0000000000000000
ShdPnd:\t0000000000000000
SigBlk:\t{blocked}
SigIgn:\t{ignored}
SigCgt:\t{caught}
CapInh:\t0000000000000000
"""  # noqa: W291 - as the kernel writes it


def status(name: str, pids: str, *, caught: str = "0" * 16, ignored: str = "0" * 16, blocked: str = "0" * 16) -> str:
    return STATUS.format(name=name, pids=pids, caught=caught, ignored=ignored, blocked=blocked)


NODE = (
    (
        "13360 (MainThread) S 13337 13360 13360 0 -1 4194560 6024 0 2 0 5 4 0 0 20 0 7 0 364133 1112260608 13068 "
        "18446744073709551615 94064384507904 94064431073000 140722120956864 0 0 0 0 16781312 83458 0 0 0 17 0 0 0 "
        "0 0 0 94064509775872 94064511806160 94065324216320 140722120961536 140722120961900 140722120961900 "
        "140722120962020 0\n"
    ),
    status("MainThread", "13360\t1", caught="0000000000014602", ignored="0000000001001000"),
    "node\0-e\0setInterval(() => {}, 1)\nprocess.on('SIGTERM')\0",
)
ZOMBIE = (
    (
        "13388 (sleep) Z 13387 13360 13360 0 -1 4227084 67 0 0 0 0 0 0 0 20 0 1 0 364154 0 0 18446744073709551615 "
        "0 0 0 0 0 0 0 6 0 1 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    ),
    status("sleep", "13388\t14", ignored="0000000000000006"),
    "",
)
# A script of the name "a) Z 1<line break>b".
DECEIVER = (
    (
        "13847 (a) Z 1\nb) S 13826 13826 13826 0 -1 4194304 74 0 0 0 0 0 0 0 20 0 1 0 364489 2367488 348 "
        "18446744073709551615 4198400 5816965 140726613666368 0 0 0 0 6 65536 1 0 0 17 0 0 0 0 0 0 6182496 6221192\n"
    ),
    status("a) Z 1\\nb", "13847\t8", caught="0000000000010000"),
    "/bin/sh\0./a) Z 1\nb\0",
)


def test_a_process_is_known_by_both_of_its_numbers_and_by_its_start() -> None:
    node = process(*NODE)
    assert node is not None
    assert (node.pid, node.inner_pid, node.parent, node.start_ticks) == (13360, 1, 13337, 364133)
    assert (node.name, node.state, node.uid) == ("MainThread", "S", 1000)
    assert node.command == ("node", "-e", "setInterval(() => {}, 1)\nprocess.on('SIGTERM')")


def test_masks_tell_which_signals_have_a_handler() -> None:
    node = process(*NODE)
    assert node is not None
    assert [number for number in range(1, 65) if node.catches(number)] == [2, 10, 11, 15, 17]
    assert [number for number in range(1, 65) if node.ignores(number)] == [13, 25]
    assert node.blocked == 0


def test_a_zombie_has_no_command_any_more() -> None:
    zombie = process(*ZOMBIE)
    assert zombie is not None
    assert (zombie.state, zombie.parent, zombie.command) == ("Z", 13387, ())


def test_a_name_that_looks_like_a_record_deceives_nobody() -> None:
    deceiver = process(*DECEIVER)
    assert deceiver is not None
    assert (deceiver.name, deceiver.state, deceiver.parent) == ("a) Z 1\nb", "S", 13826)
    assert (deceiver.start_ticks, deceiver.inner_pid) == (364489, 8)


def test_zeros_behind_a_title_are_no_arguments() -> None:
    titled = process(NODE[0], NODE[1], "npm start\0\0\0\0\0")
    assert titled is not None
    assert titled.command == ("npm start",)


def test_a_process_that_ended_while_it_was_read_is_none() -> None:
    assert process("", NODE[1], NODE[2]) is None
    assert process(NODE[0], "", NODE[2]) is None


def test_namespaces_are_told_by_links_alone() -> None:
    listing = (
        "lrwxrwxrwx    1 0        0                0 Nov 23 21:31 1/ns/pid\n"
        "lrwxrwxrwx    1 0        0                0 Nov 23 21:31 2/ns/pid -> pid:[4026531836]\n"
        "lrwxrwxrwx 1 1000 1000 0 Nov 23 21:31 /proc/13360/ns/pid -> pid:[4026532513]\n"
    )
    assert namespaces(listing) == {2: "pid:[4026531836]", 13360: "pid:[4026532513]"}


def test_a_family_is_a_process_with_all_of_its_descendants() -> None:
    node, zombie, deceiver = process(*NODE), process(*ZOMBIE), process(*DECEIVER)
    shell = process(DECEIVER[0].replace("13847", "13387").replace("13826", "13360"), DECEIVER[1], "")
    assert node
    assert zombie
    assert deceiver
    assert shell
    assert family(13360, [deceiver, zombie, shell, node]) == (node, shell, zombie)
    assert family(1, [node]) == ()


def test_users_are_told_as_the_container_counts_them() -> None:
    process_of_1000 = process(*NODE)
    assert process_of_1000 is not None
    root, other = replace(process_of_1000, uid=200000), replace(process_of_1000, uid=200033)
    seen = as_inside([root, other, process_of_1000], "         0     200000      65536\n")
    assert [one.uid for one in seen] == [0, 33, 1000]
    # What runs with the host's own users.
    assert as_inside([other], "         0          0 4294967295\n") == (other,)
