"""Sockets are read from the kernel's tables as they were recorded, on a machine of the usual byte order."""

from __future__ import annotations

import sys

import pytest

from seatrial.engine.inside import Socket
from seatrial.engine.inside.sockets import owners, sockets

pytestmark = pytest.mark.skipif(sys.byteorder == "big", reason="recorded in the other byte order")

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:AD05 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 8488 1 00000000989643dc 100 0
   1: 030012AC:E63C 020012AC:1F91 01 00000000:00000000 00:00000000 00000000  1000        0 9177 1 00000000989643dd 20 4
   2: 0100007F:B5CA 0100007F:1F90 06 00000000:00000000 03:00001734 00000000     0        0 0 3 000000000152f040
"""
TCP6 = """\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0:0 00:0 00     0        0 315873 1
   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:B5CA 08 0:0 00:0 00     0        0 315874 1
   2: 000000FD000000000000000003000000:1F90 000000FD000000000000000001000000:C001 7F 0:0 00:0 00     0        0 315875 1
"""


def test_a_table_tells_states_and_both_ends() -> None:
    listener, connection, waiting = sockets(TCP, {9177: (4711,)})
    assert listener == Socket("LISTEN", "127.0.0.11", 44293, "0.0.0.0", 0)  # noqa: S104
    assert connection == Socket("ESTABLISHED", "172.18.0.3", 58940, "172.18.0.2", 8081, (4711,))
    assert waiting == Socket("TIME_WAIT", "127.0.0.1", 46538, "127.0.0.1", 8080)


def test_ipv4_in_ipv6_is_written_as_ipv4() -> None:
    listener, mapped, other = sockets(TCP6, {315873: (7, 8)})
    assert listener == Socket("LISTEN", "::", 8080, "::", 0, (7, 8))
    assert mapped == Socket("CLOSE_WAIT", "127.0.0.1", 8080, "127.0.0.1", 46538)
    assert (other.local, other.remote) == ("fd00::3", "fd00::1")


def test_a_state_of_a_later_kernel_is_told_as_its_number() -> None:
    assert [socket.state for socket in sockets(TCP6, {})][-1] == "7F"


def test_owners_are_all_that_hold_a_socket_open() -> None:
    listing = """\
self/fd:
total 0
lrwx------    1 0        0               64 Nov 23 21:31 1 -> socket:[1]

13360/fd:
total 0
lrwx------    1 0        0               64 Nov 23 21:31 0 -> /dev/null
lrwx------    1 0        0               64 Nov 23 21:31 17 -> socket:[315873]
lrwx------    1 0        0               64 Nov 23 21:31 18 -> socket:[315873]
l-wx------    1 0        0               64 Nov 23 21:31 2 -> pipe:[8489]
lrwx------    1 0        0               64 Nov 23 21:31 3 -> /tmp/a -> socket:[9]/b

13387/fd:
total 0
lrwx------    1 0        0               64 Nov 23 21:31 5 -> socket:[315873]
lrwx------    1 0        0               64 Nov 23 21:31 6 -> socket:[315874]
"""
    assert owners(listing) == {315873: (13360, 13387), 315874: (13387,)}
