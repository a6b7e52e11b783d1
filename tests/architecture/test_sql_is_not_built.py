"""No SQL by string building: values are bound, and only names that are ours stand in a statement."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted((PROJECT / "orchestration").rglob("*.py"))
RUNS = {"execute", "executemany", "sql", "query", "exec_driver_sql", "executescript"}
RUNS_AFTER_CONNECTION = {"arrow", "rows", "first"}
# Makes an identifier of a name that the catalogue or our own contract has.
QUOTES = {"quoted", "_quoted", "_relation"}

# What else stands in a statement, file by file; none of it comes from whoever asks. A new line here needs
# a reason, and a value never has one.
NAMES_OF_OURS = {
    "orchestration/defs/abnormal.py": {
        "', '.join((f'events.{name}' for name in REVIEWS_SCHEMA.names if name != 'text_probability'))"
    },
    "orchestration/defs/publishing.py": {"name"},  # tables of the ledger's snapshot
    "orchestration/lab/comparing.py": {"_PAIRS.format(columns=columns)"},  # columns of a constant
    "orchestration/landing/csvs.py": {"columns"},  # of the contract, quoted
    "orchestration/landing/judging.py": {"query"},  # made from the contract, every name quoted
    # of one database or the other, written out in the file
    "orchestration/penalties/migrations/versions/r0002_what_becomes_of_decisions.py": {"guard", "on"},
    "orchestration/reconciling/exceptions.py": {
        "sql.EXCEPTIONS_OF_CLAIMS.format(claims=claims, claim_type=claim_type)",
        "sql.MATCHED.format(claims=claims)",
    },  # bills, then tickets: two names written out beside it
    "orchestration/replaying/counts.py": {
        "_KNOWN.format(is_effective=is_effective)"
    },  # one of two conditions
    "orchestration/replaying/rules.py": {"table"},  # of the constant TABLES
    "orchestration/wiring/asked.py": {"names", "table"},  # of schemas given in the file
    "orchestration/wiring/dbt.py": {"name", "schema", "sql"},  # of a model or test in dbt's manifest
    "orchestration/wiring/retagging.py": {
        "_SAID.format(when='new')",
        "_SAID.format(when='old')",
        "changed",
        "pairs",
    },  # conditions written out in the file
    "orchestration/wiring/rule_book.py": {"name"},  # of POSTING_TABLES and RULE_TABLES
    # tables of dbt's manifest and their columns, as the catalogue has them
    "orchestration/wiring/spark/comparison.py": {
        "differs",
        "fields",
        "found",
        "order",
        "relation",
        "side",
        "typed",
    },
    "orchestration/wiring/spark/lake.py": {"name", "schema", "typed"},  # LAKE_TABLES
    "orchestration/wiring/warehouse.py": {
        "relation",
        "setting",
        "table.schema",
        "value",
        "view",
        "wanted",
    },  # LAKE_TABLES, and a digest of what a view is made of
}


def dynamic(
    node: ast.expr, function: ast.AST | None, seen: frozenset[str] = frozenset()
) -> Iterator[ast.expr]:
    """The parts of a statement that are not written out in it, nor constants of the module."""
    match node:
        case ast.Constant():
            return
        case ast.JoinedStr():
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    yield from _part(value.value, function)
        case ast.BinOp(op=ast.Add()):
            for side in (node.left, node.right):
                yield from dynamic(side, function, seen)
        case ast.BinOp(op=ast.Mod()):
            yield node
        case ast.Call(func=ast.Attribute(attr="format")):
            yield node
        case ast.Name(id=name) if name not in seen and function is not None:
            for value in _assigned(name, function):
                yield from dynamic(value, function, seen | {name})
        case ast.IfExp():
            for branch in (node.body, node.orelse):
                yield from dynamic(branch, function, seen)


def _part(node: ast.expr, function: ast.AST | None) -> Iterator[ast.expr]:
    if isinstance(node, ast.Name) and function is not None:
        given = [value for value in _assigned(node.id, function) if not _is_ours(value)]
        if node.id.isupper() or (not given and list(_assigned(node.id, function))):
            return
    if not _is_ours(node):
        yield node


def _is_ours(node: ast.expr) -> bool:
    """Written out, chosen among statements that are written out, or a name that was checked."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id.isupper()
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in QUOTES
    return isinstance(node, ast.Constant)


def _assigned(name: str, function: ast.AST) -> Iterator[ast.expr]:
    for each in ast.walk(function):
        if isinstance(each, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in each.targets
        ):
            yield each.value


def statements(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Each SQL text that is run, with the function that it is run in."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in [*functions, tree]:
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr in RUNS:
                yield node.args[0], function
            elif (
                isinstance(node.func, ast.Name)
                and node.func.id in RUNS_AFTER_CONNECTION
                and len(node.args) > 1
            ):
                yield node.args[1], function


def built(text: str) -> set[str]:
    """The expressions that a file puts into statements."""
    return {
        ast.unparse(part) for sql, function in statements(ast.parse(text)) for part in dynamic(sql, function)
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_statement_holds_only_names_that_are_ours(path: Path) -> None:
    file = path.relative_to(PROJECT).as_posix()
    found = built(path.read_text(encoding="utf-8"))
    assert found <= NAMES_OF_OURS.get(file, set()), (
        "bind the value; a name must be checked with the catalogue"
    )


@pytest.mark.parametrize(
    "line",
    [
        "connection.execute(f\"select * from t where shop = '{shop}'\")",
        'connection.execute("select * from t where shop = " + f"{shop}")',
        "connection.sql(\"select * from t where shop = '%s'\" % shop)",
        'connection.sql("select * from {}".format(table))',
        'arrow(connection, f"select * from {table}")',
        'sql = f"select {column}"\n    connection.execute(sql)',
    ],
)
def test_a_built_statement_is_seen(line: str) -> None:
    assert built(f"def ask(connection, shop, table, column):\n    {line}\n")


@pytest.mark.parametrize(
    "line",
    [
        'connection.execute("select * from t where shop = $shop", {"shop": shop})',
        'connection.sql(f"select * from {_relation(connection, table)}")',
        'connection.sql(f"{_DECISION} where shop_key = $shop", params={"shop": shop})',
        'rows(connection, "select 1 " "from t", shop=shop)',
    ],
)
def test_a_statement_with_bound_values_passes(line: str) -> None:
    assert built(f"def ask(connection, shop, table):\n    {line}\n") == set()
