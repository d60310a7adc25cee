"""Where resources are kept: an append-only log with its search index, in SQLite or PostgreSQL.

One code for both, in SQLAlchemy Core. The log is the truth; the index and every projection are made of
it again by `rebuild`.
"""
