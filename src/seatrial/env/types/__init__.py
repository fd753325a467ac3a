"""What a variable's text must look like: `violations(type, text)` and `described(type)` for all types."""

from seatrial.env.types.check import violations
from seatrial.env.types.describe import described
from seatrial.env.types.model import Pattern, ValueType, Violation

__all__ = ["Pattern", "ValueType", "Violation", "described", "violations"]
