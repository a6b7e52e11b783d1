"""Buyer ids become keyed hashes at the gate; nothing behind it knows a buyer's id.

HMAC-SHA256, cut to 32 hex characters, computed in SQL: the same id and key give the same hash.
"""

import hashlib
import hmac

HEX_LENGTH = 32
_BLOCK = 64


def buyer_hash(buyer_id: str, key: bytes) -> str:
    """The hash of one buyer id, to look up what a person asks about."""
    return hmac.new(_checked(key), buyer_id.encode(), hashlib.sha256).hexdigest()[:HEX_LENGTH]


def hashed(text: str) -> str:
    """SQL for the hash of the SQL text expression `text`; needs the parameters of `pads`."""
    inner = f"unhex(sha256($inner_pad || encode({text})))"
    return f"left(sha256($outer_pad || {inner}), {HEX_LENGTH})"


def pads(key: bytes) -> dict[str, bytes]:
    """The two padded keys of HMAC (RFC 2104), as query parameters."""
    block = hashlib.sha256(key).digest() if len(_checked(key)) > _BLOCK else key
    block = block.ljust(_BLOCK, b"\0")
    return {
        "inner_pad": bytes(byte ^ 0x36 for byte in block),
        "outer_pad": bytes(byte ^ 0x5C for byte in block),
    }


def _checked(key: bytes) -> bytes:
    if not key:
        raise ValueError("the buyer key is empty: a hash without a key can be guessed; set a key")
    return key
