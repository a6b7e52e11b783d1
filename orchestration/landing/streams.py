"""The bytes of a delivered file: unpacked, hashed, and searched for what is not UTF-8."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.landing.folders import DeliveredFile
from orchestration.landing.refusal import RefusalError

CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of the bytes as delivered, packed or not."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def unpacked(file: DeliveredFile) -> Iterator[BinaryIO]:
    """The text bytes of a file. A damaged gzip stream is refused where reading meets the damage."""
    packed = file.format.endswith(".gz")
    with file.path.open("rb") as raw:
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
        try:
            if packed and not raw.read(1):
                raise EOFError("no byte at all")  # Python would take it for no text
            raw.seek(0)
            yield stream
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise RefusalError(
                file.name,
                f"byte {raw.tell()} of the packed file or before",
                f"damaged gzip ({error})",
                "pack and deliver it again",
            ) from None


def require_utf8(file: DeliveredFile) -> None:
    """Refuse the file at its first byte that is not UTF-8, if it has one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    lines = 0
    with unpacked(file) as stream:
        while True:
            chunk = stream.read(CHUNK)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = done - held + error.start
                line = lines + chunk[: max(error.start - held, 0)].count(b"\n") + 1
                raise not_utf8(file, at, line) from None
            if not chunk:
                return
            done += len(chunk)
            lines += chunk.count(b"\n")


def not_utf8(file: DeliveredFile, byte: int, line: int) -> RefusalError:
    """The refusal of a file at a byte (0-based) on a line (1-based)."""
    return RefusalError(
        file.name, f"byte {byte} (line {line})", "not UTF-8", "save it as UTF-8 and deliver it again"
    )
