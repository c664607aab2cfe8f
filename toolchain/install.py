"""Install what Slipway needs into this checkout; `make setup` runs it with the system's python3.

It runs before any environment exists, so everything it uses is in the standard library, and this file
itself must be readable by a Python that is too old for the rest.
"""

import runpy
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - whatever python3 the machine has runs this file
    print("setup: Python 3.11 or later is missing (this is %s)" % sys.version.split()[0], file=sys.stderr)  # noqa: UP031 - see above
    print("  remedy: install it and call make setup PYTHON=python3.11", file=sys.stderr)
    sys.exit(3)

sys.path[0] = str(Path(__file__).resolve().parent.parent)
runpy.run_module("toolchain.installer", run_name="__main__")
