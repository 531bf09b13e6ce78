"""Reads the Parquet files that are named on the command line and prints what pyarrow sees in them, as JSON."""

import datetime
import json
import sys

import pyarrow.parquet


def text(value):
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    return str(value)


def bound(value):
    return value if isinstance(value, (int, str)) else text(value)


def describe(path, with_rows):
    file = pyarrow.parquet.ParquetFile(path)
    table = file.read()
    table.validate(full=True)
    metadata = file.metadata
    columns = []
    for index, field in enumerate(file.schema_arrow):
        parquet = file.schema.column(index)
        columns.append(
            {
                "name": field.name,
                "type": str(field.type),
                "physical": parquet.physical_type,
                "logical": str(parquet.logical_type),
                "converted": parquet.converted_type,
                "nullable": field.nullable,
                "field_id": int(field.metadata[b"PARQUET:field_id"]),
            }
        )
    chunks = []
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(index)
            statistics = chunk.statistics
            has_bounds = statistics.has_min_max
            chunks.append(
                {
                    "name": chunk.path_in_schema,
                    "rows": metadata.row_group(group).num_rows,
                    "encodings": sorted(chunk.encodings),
                    "codec": chunk.compression,
                    "min": bound(statistics.min) if has_bounds else None,
                    "max": bound(statistics.max) if has_bounds else None,
                    "nulls": statistics.null_count,
                }
            )
    rows = [[text(value) for value in row.values()] for row in table.to_pylist()] if with_rows else None
    return {
        "rows": rows,
        "row_count": metadata.num_rows,
        "row_groups": metadata.num_row_groups,
        "created_by": metadata.created_by,
        "key_values": {
            key.decode(): value.decode()
            for key, value in (metadata.metadata or {}).items()
            if key != b"ARROW:schema"
        },
        "columns": columns,
        "chunks": chunks,
    }


with_rows = sys.argv[1] == "rows"
json.dump([describe(path, with_rows) for path in sys.argv[2:]], sys.stdout)
