"""The columnar copy: what numbers need of many responses, in files that DuckDB reads.

Reading very many rows is slow in a database that keeps rows: a filter that rollups do not know, or
a long span, takes seconds. The worker keeps a copy, a Parquet file for each month, and replaces the
months of which something changed. The copy is never behind: triggers note in the same transaction
each day of which a response came, changed or went (`ChangedDay`), and those days are read from the
database until they are copied again. So both together always say what the responses say.

- `marks` knows which days have changed, and claims and settles them.
- `files` are the copy's files in the data folder.
- `writing` makes the file of a month.
- `reading` answers questions from the files.

Files are never changed. A new copy is new files, and the row that names them (`ColumnarCopy`) is
written in the transaction that settles the days; old files go a while later. A file that cannot be
read, or none for this machine, means that everything is read from the database, which is slower
and says the same. The copy holds no comments, no tags and nobody's names or
addresses.
"""
