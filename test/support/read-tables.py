"""
Reads a table of a lake with other programs, each with its default options: the folder and the files of the JSON
object on the command line, by the program that it names. Prints what it got as JSON.
"""

import json
import sys

request = json.loads(sys.argv[1])
folder, files = request["folder"], request["files"]


def of_pandas(frame):
    return {
        "rows": len(frame),
        "sum": str(frame["total_amount"].sum()),
        "first": frame["order_timestamp"].min().isoformat(),
        "dates": sorted({str(date) for date in frame["order_date"]}),
    }


def of_arrow(table):
    return of_pandas(table.to_pandas())


def read_pandas():
    import pandas

    return of_pandas(pandas.read_parquet(folder)), of_pandas(pandas.read_parquet(files))


def read_pyarrow():
    from pyarrow import parquet

    return of_arrow(parquet.read_table(folder)), of_arrow(parquet.read_table(files))


def read_pyarrow_dataset():
    from pyarrow import dataset

    return (
        of_arrow(dataset.dataset(folder, partitioning="hive").to_table()),
        of_arrow(dataset.dataset(files).to_table()),
    )


def read_dask():
    import dask.dataframe

    return tuple(of_pandas(dask.dataframe.read_parquet(what).compute()) for what in (folder, files))


def read_polars():
    import polars

    return (
        of_arrow(polars.read_parquet(folder).to_arrow()),
        of_arrow(polars.scan_parquet(files).collect().to_arrow()),
    )


def read_duckdb():
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")

    def read(what):
        return of_arrow(connection.read_parquet(what).to_arrow_table())

    return read(f"{folder}/**/*.parquet"), read(files)


def read_datafusion():
    import datafusion

    import pyarrow

    context = datafusion.SessionContext()
    parts = [("day", pyarrow.string())]
    context.register_parquet("folder", folder, table_partition_cols=parts)
    frames = [context.read_parquet(file) for file in files]
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.union(frame)
    return (
        of_arrow(context.sql("SELECT * FROM folder").to_arrow_table()),
        of_arrow(whole.to_arrow_table()),
    )


def read_spark():
    from pyspark.sql import SparkSession, functions

    builder = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()

    def of_spark(frame):
        first = functions.date_format(functions.min("order_timestamp"), "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX")
        row = frame.agg(functions.count("*"), functions.sum("total_amount"), first).first()
        dates = sorted(str(found[0]) for found in frame.select("order_date").distinct().collect())
        return {
            "rows": row[0],
            "sum": str(row[1]),
            "first": row[2].replace("Z", "+00:00"),
            "dates": dates,
        }

    return of_spark(session.read.parquet(folder)), of_spark(session.read.parquet(*files))


by_folder, by_files = globals()[f"read_{request['engine']}"]()
json.dump({"folder": by_folder, "files": by_files}, sys.stdout)
