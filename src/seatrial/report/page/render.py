"""Values into HTML. Every text is redacted, then escaped; nothing that a service says can become markup."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from seatrial.report.drill_text import clean
from seatrial.report.page.marks import Outcome
from seatrial.report.page.spans import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from seatrial.report.page.drills import DrillPage
    from seatrial.report.page.up import UpPage


def drills(page: DrillPage, redact: Callable[[str], str]) -> str:
    """The page of a run of drills; `redact` takes out of a text what must not be shown."""
    return _rendered("drills.html.j2", page, redact)


def up(page: UpPage, redact: Callable[[str], str]) -> str:
    """The page of an `up`."""
    return _rendered("up.html.j2", page, redact)


def _rendered(template: str, page: object, redact: Callable[[str], str]) -> str:
    return _environment(redact).get_template(template).render(page=page, outcomes=list(Outcome), states=list(State))


def _environment(redact: Callable[[str], str]) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    def shown(value: Any) -> Any:
        # Our own words (enums), numbers and finished markup are no `str` of anybody's.
        return clean(redact(value)) if type(value) is str else value

    environment = Environment(
        loader=PackageLoader("seatrial.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["css"] = _css
    return environment


@cache
def _css() -> Any:
    """Ours, so it is no text to escape."""
    from importlib.resources import files

    from markupsafe import Markup

    return Markup(files("seatrial.report.page").joinpath("templates/page.css").read_text("utf-8"))  # noqa: S704  ours
