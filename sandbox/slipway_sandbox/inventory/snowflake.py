"""What exists in the Snowflake account, asked with SQL as the platform engineer.

One account serves all stacks: an object belongs to the stack that its name names, else to the shared one.
"""

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from slipway_sandbox.inventory.model import Item, Kind, Source
from slipway_sandbox.inventory.naming import stack_named
from slipway_sandbox.provider.snowflake.client import Login, Row, Snowflake
from slipway_sandbox.provider.snowflake.names import qualified
from slipway_sandbox.snowflake.place import ACCOUNT_NAME, ENGINEER, FOLDER, PRIVATE_KEY_FILE
from slipway_sandbox.world import World

_CONTENTS = {"SCHEMAS": "schemas", "TABLES": "tables", "VIEWS": "views", "STAGES": "stages"}
_OWN = "INFORMATION_SCHEMA"


def survey_snowflake(world: World) -> dict[str, list[Kind]]:
    """Stack -> the kinds of which it has at least one object in the account."""
    found: dict[str, dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for kind, name, detail, owner in _objects(Snowflake(_login(world))):
        found[stack_named(world, owner)][kind].append(Item(name=name, detail=detail))
    return {
        stack: [
            Kind(name=f"Snowflake {kind}", source=Source.SNOWFLAKE, items=tuple(sorted(items, key=str)))
            for kind, items in sorted(kinds.items())
        ]
        for stack, kinds in found.items()
    }


def _objects(account: Snowflake) -> Iterator[tuple[str, str, str, str]]:
    """Kind, name, detail, and the name that tells the stack, of every object that somebody made."""
    contents = {kind: account.rows(f"SHOW {kind} IN ACCOUNT") for kind in _CONTENTS}
    for row in account.rows("SHOW DATABASES"):
        yield "databases", row["name"], _contents(row["name"], contents), row["name"]
    for row in account.rows("SHOW WAREHOUSES"):
        yield "warehouses", row["name"], f"{row['size']}, {row['state'].lower()}", row["name"]
    for row in account.rows("SHOW RESOURCE MONITORS"):
        yield "resource monitors", row["name"], _watching(row), row["name"]
    for row in account.rows("SHOW USERS"):
        if row["name"] != ENGINEER:
            yield "users", row["name"], row["type"] or "", row["name"]
    for row in account.rows("SHOW ROLES"):
        if row["owner"]:  # the system's own roles have none
            grants = list(_grants(account, row["name"]))
            yield "roles", row["name"], f"{len(grants)} grants", row["name"]
            yield from (("grants", f"{row['name']}: {grant}", "", row["name"]) for grant in grants)


def _contents(database: str, contents: dict[str, list[Row]]) -> str:
    """How many objects of each kind are in a database; what every database has does not count."""
    counts = {
        word: sum(row["database_name"] == database and row["name"] != _OWN for row in contents[kind])
        for kind, word in _CONTENTS.items()
    }
    return ", ".join(f"{number} {word}" for word, number in counts.items() if number)


def _watching(row: Row) -> str:
    watched = f", watches the {row['level'].lower()}" if row["level"] else ""
    return f"{row['credit_quota'] or 'no'} credits {row['frequency'].lower()}{watched}"


def _grants(account: Snowflake, role: str) -> Iterator[str]:
    """What a role has been granted, on what there is and on what there will be."""
    name = qualified(role)
    for row in account.rows(f"SHOW GRANTS TO ROLE {name}"):
        if row["privilege"] != "OWNERSHIP":
            yield f"{row['privilege']} on {row['granted_on'].lower()} {row['name']}"
    for row in account.rows(f"SHOW FUTURE GRANTS TO ROLE {name}"):
        yield f"{row['privilege']} on future {row['name']}"


def _login(world: World) -> Login:
    url = urlsplit(world.snowflake)
    return Login(
        host=str(url.hostname),
        port=url.port or 443,
        protocol=url.scheme,
        account=ACCOUNT_NAME,
        user=ENGINEER,
        private_key=(world.home / FOLDER / PRIVATE_KEY_FILE).read_text(encoding="utf-8"),
    )
