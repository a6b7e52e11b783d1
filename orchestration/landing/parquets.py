"""Reads Parquet: every value as its text, so that one set of rules judges all formats."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.landing.columns import Column, Source
from orchestration.landing.folders import DeliveredFile
from orchestration.landing.reading import Layout, Reading, json_of_rest
from orchestration.landing.refusal import RefusalError

BLOCK_ROWS = 32_768
_REMEDY = "write the columns with the types of docs/landing.md and deliver it again"


def read_parquet(file: DeliveredFile, source: Source) -> Reading:
    """The rows of a file."""
    try:
        with pq.ParquetFile(file.path) as parquet:
            schema = parquet.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file, 0, error) from None
    _check(file, source, schema)
    return Reading(layout(source, schema), _blocks(file, source))


def layout(source: Source, schema: pa.Schema) -> Layout:
    """Takes each value from the column of its name."""
    fields = {name: f"f{n}" for n, name in enumerate(schema.names)}
    texts = {
        name: f"nullif({fields[name]}::VARCHAR, '')" if name in fields else "NULL::VARCHAR"
        for name in source.names
    }
    rest = [(name, field) for name, field in fields.items() if name not in source.names]
    return Layout(prepared="*", texts=texts, extra=json_of_rest(rest))


def _check(file: DeliveredFile, source: Source, schema: pa.Schema) -> None:
    lacking = [name for name in source.required if name not in schema.names]
    if lacking:
        raise _refused(file, f"required column {', '.join(lacking)} is not in the file")
    if len(set(schema.names)) < len(schema.names):
        raise _refused(file, "a column name stands twice")
    for column in source.columns:
        if column.name in schema.names:
            delivered = schema.field(column.name).type
            if not _fits(column, delivered):
                raise _refused(file, f"column {column.name} is {delivered}, not {_asked(column)}")


def _fits(column: Column, delivered: pa.DataType) -> bool:
    if pa.types.is_dictionary(delivered):
        return _fits(column, delivered.value_type)
    if column.kind.is_text:
        # A float holds no id: from its seventeenth digit on it is another number.
        return _is_text(delivered) or pa.types.is_integer(delivered) or pa.types.is_null(delivered)
    return not pa.types.is_nested(delivered)


def _asked(column: Column) -> str:
    return "text or a whole number" if column.kind.is_text else f"a {column.kind} value"


def _is_text(delivered: pa.DataType) -> bool:
    return (
        pa.types.is_string(delivered)
        or pa.types.is_large_string(delivered)
        or pa.types.is_string_view(delivered)
        or _is_bytes(delivered)
    )


def _is_bytes(delivered: pa.DataType) -> bool:
    return pa.types.is_binary(delivered) or pa.types.is_large_binary(delivered)


def _blocks(file: DeliveredFile, source: Source) -> Iterator[pa.Table]:
    done = 0
    try:
        with pq.ParquetFile(file.path) as parquet:
            for batch in parquet.iter_batches(BLOCK_ROWS):
                arrays = [
                    _as_text(array) if name in source.names else array
                    for name, array in zip(batch.schema.names, batch.columns, strict=True)
                ]
                names = [f"f{n}" for n in range(len(arrays))]
                numbers = pa.array(range(done + 1, done + 1 + batch.num_rows), pa.int64())
                yield pa.table([*arrays, numbers], names=[*names, "_line"])
                done += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file, done, error) from None


def _as_text(array: pa.Array) -> pa.Array:
    """Bytes as the text they should be; everything else as it is."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if _is_bytes(array.type):
        return array.cast(pa.large_string())
    array.validate(full=True)
    return array


def _damaged(file: DeliveredFile, done: int, error: Exception) -> RefusalError:
    place = f"after row {done}" if done else ""
    reason = f"not a readable Parquet file ({str(error).splitlines()[0][:200]})"
    return RefusalError(file.name, place, reason, "write it again and deliver it whole")


def _refused(file: DeliveredFile, reason: str) -> RefusalError:
    return RefusalError(file.name, "", reason, _REMEDY)
