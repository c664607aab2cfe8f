"""Where the batch jobs are, and the session that their tests share."""

import sys
from pathlib import Path

from spark_session import spark

__all__ = ["spark"]

WORKSPACE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(WORKSPACE / "spark"))
