"""Run the AWS front: ``python -m slipway_sandbox.aws --home DIR --port N --dynamodb URL``."""

import argparse
import logging
import os
from pathlib import Path

from slipway_sandbox.world import Founding


def main() -> None:
    """Found the accounts and serve until the process is ended."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # read when moto is imported

    from slipway_sandbox.aws.assembly import assemble  # noqa: PLC0415 - after the setting above
    from slipway_sandbox.aws.server import make_server  # noqa: PLC0415 - same

    airflows = dict(pair.split("=", 1) for pair in arguments.airflow)
    front = assemble(Founding.load(arguments.home), dynamodb_url=arguments.dynamodb, airflows=airflows)
    make_server(front, arguments.port).start()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="slipway_sandbox.aws", description=__doc__)
    parser.add_argument(
        "--home", type=Path, required=True, help="the sandbox's folder; founding.json is read from it"
    )
    parser.add_argument(
        "--port", type=int, required=True, help="the port to serve on, on the loopback interface"
    )
    parser.add_argument("--dynamodb", required=True, help="base URL of DynamoDB Local")
    parser.add_argument(
        "--airflow",
        action="append",
        default=[],
        metavar="STACK=URL",
        help="where the Airflow of a stack answers",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
