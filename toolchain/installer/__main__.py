"""Run the installer on the checkout that it is part of."""

import sys
from pathlib import Path

from toolchain.installer.cli import main

sys.exit(main(sys.argv[1:], root=Path(__file__).resolve().parents[2]))
