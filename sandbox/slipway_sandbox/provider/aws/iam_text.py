"""Policy documents as text: boto3 decodes those of IAM, the wire wants JSON."""

from __future__ import annotations

import json
from typing import Any


def document(value: Any) -> str:
    """A policy document as JSON text."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
