"""What MWAA runs before Airflow starts: the variables of tasks, and dbt in an environment of its own. Pure.

Source: MWAA user guide, "Using a startup script": it is sourced on each machine, may take five minutes, and
what it exports is there for Airflow's processes and tasks.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_LOGIN: Final = """\
import json, sys, boto3
secrets = boto3.client("secretsmanager", region_name=sys.argv[1])
print(json.loads(secrets.get_secret_value(SecretId=sys.argv[2])["SecretString"])["snowflake_private_key"])
"""

_DBT: Final = """\
#!/bin/bash
# dbt with Airflow's key to Snowflake, which is on disk for as long as dbt runs.
set -euo pipefail
key="$(mktemp)"
trap 'rm -f "$key"' EXIT
"{python}" "{login}" {region} {secret} > "$key"
export SNOWFLAKE_PRIVATE_KEY_PATH="$key"
"{dbt}" "$@"
"""

_SCRIPT: Final = """\
{exports}
slipway_tools="${{AIRFLOW_HOME:-$HOME}}/tools"
if [ "${{MWAA_AIRFLOW_COMPONENT:-worker}}" != webserver ]; then
bash -euo pipefail -s "$slipway_tools" <<'SLIPWAY_INSTALL' || exit 1
mkdir -p "$1/bin"
python3 -m venv "$1/dbt"
cat > "$1/packages.txt" <<'SLIPWAY_PACKAGES'
{packages}
SLIPWAY_PACKAGES
"$1/dbt/bin/python" -m pip install --quiet --no-deps --requirement "$1/packages.txt"
cat > "$1/login.py" <<'SLIPWAY_LOGIN'
{login}SLIPWAY_LOGIN
cat > "$1/bin/dbt" <<SLIPWAY_DBT
{dbt}SLIPWAY_DBT
chmod +x "$1/bin/dbt"
SLIPWAY_INSTALL
export PATH="$slipway_tools/bin:$PATH"
fi
"""


@dataclass(frozen=True, kw_only=True)
class Startup:
    """What tasks find on a worker.

    Attributes:
        variables: of their environment.
        packages: dbt and all it needs, pinned; nothing else is installed.
        region: where the secret is.
        secret: name of the secret with Airflow's key to Snowflake. It is read by each call of dbt: a new key
            needs no new worker, and an environment comes up before its secret does.
    """

    variables: Mapping[str, str]
    packages: Sequence[str]
    region: str
    secret: str


def script(startup: Startup) -> str:
    """Return the text of the startup script."""
    exports = (f"export {name}={shlex.quote(value)}" for name, value in sorted(startup.variables.items()))
    wrapper = _DBT.replace("$", "\\$").format(
        python="$1/dbt/bin/python",
        login="$1/login.py",
        dbt="$1/dbt/bin/dbt",
        region=shlex.quote(startup.region),
        secret=shlex.quote(startup.secret),
    )
    return _SCRIPT.format(
        exports="\n".join(exports), packages="\n".join(startup.packages), login=_LOGIN, dbt=wrapper
    )
