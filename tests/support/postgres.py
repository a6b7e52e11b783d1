"""A PostgreSQL server of the tests' own, in a folder of its own and reached by a socket in it alone."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

_STARTS_WITHIN_SECONDS = 60.0
# initdb refuses to run as root: Debian's package brings the first user, every system has the second.
_USERS_INSTEAD_OF_ROOT = ("postgres", "nobody")
# Nothing here outlives the tests, so nothing waits for the disk.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
}
# The server ends when whoever started it does, however it does: then its standard input is closed.
# It need not end in order, because its files go with it.
_WATCHED = """
server=$1; folder=$2; shift 2
"$server" -D "$folder/data" -k "$folder" "$@" > "$folder/log" 2>&1 &
id=$!
cat > /dev/null
kill -QUIT "$id"
wait "$id"
rm -rf "$folder"
"""


class PostgresMissingError(RuntimeError):
    """There is no server to test with; says how to get one."""


class PostgresServer:
    """A running server. Every store asked for is an empty schema of its one database."""

    def __init__(self, sockets: Path) -> None:
        self._sockets = sockets
        self._made = 0

    def prepare(self) -> None:
        """Make the database. Text is sorted by a language in it, as is common, and not by its bytes."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(
                "create database ledgers template template0 encoding 'UTF8' locale 'C.UTF-8' "
                "locale_provider icu icu_locale 'en-US'"
            )

    def new_store(self) -> str:
        """The URL of a new store."""
        self._made += 1
        name = f"store_{self._made}"
        with psycopg.connect(self._conninfo("ledgers"), autocommit=True) as connection:
            connection.execute(sql.SQL("create schema {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://ccr@/ledgers?host={self._sockets}&options=-csearch_path%3D{name}"

    def answers(self) -> bool:
        """Whether it takes connections by now."""
        try:
            psycopg.connect(self._conninfo("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _conninfo(self, database: str) -> str:
        return f"host={self._sockets} user=ccr dbname={database}"


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for as long as the block; its folder is gone afterwards."""
    binaries = _binaries()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="ccr-postgres-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        _initialise(binaries, folder / "data", user)
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            ["sh", "-c", _WATCHED, "sh", binaries / "postgres", folder, *settings],
            **_as(user),
            cwd="/",
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            server = PostgresServer(folder)
            _wait_for(server, process, folder / "log")
            server.prepare()
            yield server
        finally:
            process.communicate(timeout=60)  # closes its standard input
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    """Where initdb and postgres are: on the path, or where Debian's packages put them."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(packaged, key=lambda file: int(file.parts[-3]), default=None)
    if newest is None:
        raise PostgresMissingError(
            "no `initdb` on the path and none in /usr/lib/postgresql/*/bin: the ledger is tested on a real "
            "PostgreSQL, version 15 or newer. Install one (Debian and Ubuntu: `apt-get install postgresql`) "
            "and run the tests again"
        )
    return newest.parent


def _user() -> str | None:
    """Whom the server runs as, where it cannot run as us."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _USERS_INSTEAD_OF_ROOT if name in known)


def _as(user: str | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _initialise(binaries: Path, data: Path, user: str | None) -> None:
    command = [binaries / "initdb", "-D", data, "-U", "ccr", "--auth", "trust", "-E", "UTF8", "--no-sync"]
    done = subprocess.run(
        [*command, "--locale", "C.UTF-8"],
        **_as(user),
        cwd=data.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed with {done.returncode}: {done.stdout}")


def _wait_for(server: PostgresServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN_SECONDS
    while not server.answers():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(encoding='utf-8')}")
        time.sleep(0.05)
