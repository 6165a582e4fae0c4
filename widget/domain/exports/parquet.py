"""Parquet, for whoever counts further: columns with types, compressed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain
from typing import Any, BinaryIO

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema, list_array
from arro3.io import write_parquet

from widget.domain.exports.columns import FILE_COLUMNS, Batch, Column, ColumnKind

_LIST = DataType.list(Field("item", DataType.string()))
_MOMENT = DataType.timestamp("us", tz="UTC")
_TYPES: dict[ColumnKind, DataType] = {
    "text": DataType.string(),
    "number": DataType.int32(),
    "yes_no": DataType.bool(),
    "moment": _MOMENT,
    "list": _LIST,
    "object": DataType.string(),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# How many rows are compressed together; they wait in memory until then.
_ROWS_TOGETHER = 50_000


def write_table(batches: Iterable[Batch], out: BinaryIO) -> None:
    """Write a Parquet file: integers, yes and no, times in UTC to the microsecond, lists of texts,
    attributes as JSON text."""
    schema = Schema([Field(column.name, _TYPES[column.kind]) for column in FILE_COLUMNS])
    reading = _Reading(batches, schema)
    try:
        write_parquet(
            RecordBatchReader.from_batches(schema, iter(reading)),
            out,
            compression="zstd(1)",
            max_row_group_size=_ROWS_TOGETHER,
        )
    except Exception:
        # The library tells of what broke the batches off, and raises something else.
        if reading.error is not None:
            raise reading.error from None
        raise


class _Reading:
    """Batches as the library wants them. `error` is what broke them off."""

    def __init__(self, batches: Iterable[Batch], schema: Schema) -> None:
        self._batches, self._schema = batches, schema
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[RecordBatch]:
        try:
            for batch in self._batches:
                arrays = [_array(column, batch[column.name]) for column in FILE_COLUMNS]
                yield RecordBatch.from_arrays(arrays, schema=self._schema)
        except Exception as error:
            self.error = error
            raise


def _array(column: Column, values: Sequence[Any]) -> Array:
    if column.kind == "list":
        lists = [texts or () for texts in values]
        ends = accumulate(map(len, lists), initial=0)
        offsets = Array(list(ends), DataType.int32())
        texts = Array(list(chain.from_iterable(lists)), DataType.string())
        return list_array(offsets, texts, type=_LIST)
    if column.kind == "moment":
        since = [text and _microseconds(text) for text in values]
        return Array(since, DataType.int64()).cast(_MOMENT)
    return Array(values, _TYPES[column.kind])


def _microseconds(moment: str) -> int:
    return (datetime.fromisoformat(moment) - _EPOCH) // _MICROSECOND
