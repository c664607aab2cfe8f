"""Run one Airflow: ``python -m slipway_sandbox.airflow --home DIR --port N --stack NAME --aws URL``."""

import argparse
import logging
import sys
from pathlib import Path

from slipway_sandbox.airflow.guardian import Guardian
from slipway_sandbox.airflow.settings import Instance, instance_variables
from slipway_sandbox.supervisor.environment import snowflake_variables
from slipway_sandbox.world import Founding


def main() -> int:
    """Serve until the process is ended."""
    given = _arguments()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    instance = Instance(
        home=given.home, stack=given.stack, port=given.port, aws_url=given.aws, snowflake_url=given.snowflake
    )
    founding = Founding.load(given.home)
    snowflake = snowflake_variables(given.home, given.snowflake)
    return Guardian(instance, founding, instance_variables(instance, founding, snowflake)).run()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="slipway_sandbox.airflow", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the sandbox's folder, with founding.json")
    parser.add_argument(
        "--port", type=int, required=True, help="of the web server, on the loopback interface"
    )
    parser.add_argument("--stack", required=True, help="whose environment it serves")
    parser.add_argument("--aws", required=True, help="base URL of the AWS front")
    parser.add_argument("--snowflake", default="", help="base URL of the Snowflake account, if there is one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
