"""How a stored envelope is tampered with."""

import base64
import json


def edit(content: bytes, old: bytes, new: bytes) -> bytes:
    """Change the payload of an envelope that is otherwise well."""
    envelope = json.loads(content)
    payload = base64.b64decode(envelope["payload"])
    assert old in payload
    envelope["payload"] = base64.b64encode(payload.replace(old, new)).decode()
    return json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode()
