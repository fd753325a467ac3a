"""HTTP to 127.0.0.1, answered or not."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 when nobody was there."""

    status: int
    body: Any = None
    headers: dict[str, str] | None = None


def ask(
    port: int,
    path: str,
    body: dict[str, Any] | None = None,
    *,
    method: str | None = None,
    headers: dict[str, str] | None = None,
    timeout_s: float = 90,
) -> Answer:
    """GET, or POST when there is a body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    data = None if body is None else json.dumps(body)
    sent = {} if body is None else {"content-type": "application/json"}
    try:
        connection.request(method or ("GET" if body is None else "POST"), path, data, {**sent, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, json.loads(text) if text else None, names)
    except (OSError, http.client.HTTPException):
        return Answer(0)
    finally:
        connection.close()
