from __future__ import annotations

WHAT = "the report page"  # as an error names it
