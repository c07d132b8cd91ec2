"""The tables. What counts is in the text columns; the columns beside it are an index."""

from __future__ import annotations

import functools

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

VERSION = 1

metadata = sa.MetaData()

schema = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))

operations = sa.Table(
    "operations",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(40), nullable=False, comment="the person it waits for or belongs to"),
    sa.Column("dedupe", sa.String(160), unique=True, comment="what makes a second delivery the same one"),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("lease_owner", sa.String(64)),
    sa.Column("lease_until", sa.Double),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("wake_at", sa.Double, comment="when it is due; null while it waits or is over"),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.Index("operations_due", "wake_at"),
    sa.Index("operations_of", "owner", "kind", "state"),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("operation", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(40), nullable=False),
    sa.Column("verb", sa.String(40), nullable=False),
    sa.Column("cluster", sa.String(253), nullable=False),
    sa.Column("namespace", sa.String(253), nullable=False),
    sa.Column("target", sa.String(253), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Index("records_operation", "operation"),
    sa.Index("records_actor", "actor", "seq"),
    sa.Index("records_target", "namespace", "target", "seq"),
)

locks = sa.Table(
    "locks",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("lock", sa.Text, nullable=False, comment="the lock, as JSON"),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("until", sa.Double, comment="null: until it is lifted"),
)

kept = sa.Table(
    "kept",
    metadata,
    sa.Column("cluster", sa.String(253), primary_key=True),
    sa.Column("namespace", sa.String(253), primary_key=True),
    sa.Column("uid", sa.String(64), primary_key=True, comment="the workload's"),
    sa.Column("template", sa.String(16), primary_key=True, comment="the hash of the revision's pod template"),
    sa.Column("reference", sa.String(300), primary_key=True, comment="such as ConfigMap web-env"),
    sa.Column("sealed", sa.Text, nullable=False, comment="what it was, as JSON, sealed"),
    sa.Column("kept_at", sa.Double, nullable=False),
    sa.Column("until", sa.Double, nullable=False),
    sa.Index("kept_until", "until"),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("lock", sa.Text, nullable=False, comment="the lock of everything, as JSON"),
    sa.Column("channel", sa.String(40), nullable=False, comment="where it was set"),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False, comment="whether its beginning was told"),
    sa.Column("lifted", sa.Boolean, nullable=False),
    sa.Column("by", sa.String(40), nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
)

threads = sa.Table(
    "threads",
    metadata,
    sa.Column("channel", sa.String(40), primary_key=True),
    sa.Column("ts", sa.String(40), primary_key=True),
    sa.Column("about", sa.Text, nullable=False, comment="the object that the thread is about, as JSON"),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Index("threads_age", "created_at"),
)

choices = sa.Table(
    "choices",
    metadata,
    sa.Column("user", sa.String(40), primary_key=True),
    sa.Column("channel", sa.String(40), primary_key=True),
    sa.Column("cluster", sa.String(253), nullable=False, comment="what this person's lines mean there"),
    sa.Column("chosen_at", sa.Double, nullable=False),
)

codes = sa.Table(
    "codes",
    metadata,
    sa.Column("user", sa.String(40), primary_key=True),
    sa.Column("step", sa.BigInteger, nullable=False, comment="of the newest one-time code that was used"),
)

wrong_codes = sa.Table(
    "wrong_codes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user", sa.String(40), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Index("wrong_codes_of", "user", "at"),
)

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("first_seen", sa.Double, nullable=False),
    sa.Column("text", sa.Text, nullable=False, comment="canonical: what the hash is made of"),
)

_REFUSALS = (
    ("UPDATE", "records are never changed"),
    ("DELETE", "records are never removed"),
)

for _what, _why in _REFUSALS:
    _trigger = f"records_no_{_what.lower()}"
    sa.event.listen(
        records,
        "after_create",
        sa.DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
            f"CREATE TRIGGER IF NOT EXISTS {_trigger} BEFORE {_what} ON records "
            f"BEGIN SELECT RAISE(ABORT, '{_why}'); END"
        ).execute_if(dialect="sqlite"),
    )
    sa.event.listen(
        records,
        "after_create",
        sa.DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so
            f"CREATE OR REPLACE FUNCTION {_trigger}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_why}'; END $$; "
            f"CREATE TRIGGER {_trigger} BEFORE {_what} ON records FOR EACH ROW EXECUTE FUNCTION {_trigger}()"
        ).execute_if(dialect="postgresql"),
    )


@functools.cache
def made_by() -> dict[str, tuple[str, ...]]:
    """The statements that make each table in SQLite, and what belongs to it."""
    return {table.name: _made_by(table) for table in metadata.sorted_tables}


def _made_by(table: sa.Table) -> tuple[str, ...]:
    said: list[str] = []
    dialect = sqlite.dialect()
    engine = sa.create_mock_engine(
        "sqlite://", lambda ddl, *_, **__: said.append(str(ddl.compile(dialect=dialect)))
    )
    table.create(engine, checkfirst=False)
    return tuple(said)
