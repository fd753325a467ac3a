"""The schema of an environment, in the @env-spec language: `load(bytes, file)`."""

from seatrial.env.schema.model import Item, Link, Reference, Schema, Template
from seatrial.env.schema.reader import Loaded, load

__all__ = ["Item", "Link", "Loaded", "Reference", "Schema", "Template", "load"]
