"""What a second dialect tells of media; watermarks that are kept; encodings that share a mezzanine."""

from fractions import Fraction
from math import ceil
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MEDIA: tuple[sa.Column[Any], ...] = (
    sa.Column("creator", sa.Text(), nullable=True),
    sa.Column("max_seconds", sa.Integer(), nullable=True),
    sa.Column("delete_at", sa.BigInteger(), nullable=True),
    sa.Column("received_at", sa.BigInteger(), nullable=True),
    sa.Column("ready_at", sa.BigInteger(), nullable=True),
    sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("seconds", sa.Integer(), nullable=False, server_default="0"),
)
_OTHERS: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("files", sa.Column("percent", sa.Float(), nullable=False, server_default="0")),
    ("tracks", sa.Column("replaces", sa.Boolean(), nullable=False, server_default="0")),
    ("signing_keys", sa.Column("sealed", sa.Text(), nullable=True)),
    ("uploads", sa.Column("has_media", sa.Boolean(), nullable=False, server_default="0")),
    ("encodings", sa.Column("mezzanine_id", sa.String(length=36), nullable=True)),
    ("webhooks", sa.Column("kinds", sa.JSON(), nullable=True)),
)


def upgrade() -> None:
    for column in _MEDIA:
        op.add_column("media", column)
    for table, column in _OTHERS:
        op.add_column(table, column)
    op.create_index("ix_media_delete_at", "media", ["delete_at"])
    op.create_index(op.f("ix_encodings_mezzanine_id"), "encodings", ["mezzanine_id"])
    op.create_index(op.f("ix_credentials_secret_hash"), "credentials", ["secret_hash"])
    op.create_table(
        "watermarks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opacity", sa.Text(), nullable=False),
        sa.Column("padding", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("position", sa.String(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_watermarks_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watermarks")),
    )
    op.create_index("ix_watermarks_workspace_created", "watermarks", ["workspace_id", "created_at", "id"])
    _tell_of_old_media()


def _tell_of_old_media() -> None:
    media = sa.table(
        "media", sa.column("id"), sa.column("request", sa.JSON()), sa.column("rate"), sa.column("creator"),
        sa.column("seconds"), sa.column("status"), sa.column("updated_at"), sa.column("ready_at"),
    )  # fmt: skip
    pieces = sa.table("pieces", sa.column("media_id"), sa.column("lane"), sa.column("start"), sa.column("end"))
    db = op.get_bind()
    played = sa.select(pieces.c.media_id, sa.func.sum(pieces.c.end - pieces.c.start)).where(pieces.c.lane == 0)
    frames = {row[0]: row[1] for row in db.execute(played.group_by(pieces.c.media_id))}
    for row in db.execute(sa.select(media)).all():
        values = {"creator": (row.request or {}).get("creatorId")}
        if row.rate and row.id in frames:
            values["seconds"] = ceil(frames[row.id] / Fraction(row.rate))
        if row.status == "ready":
            values["ready_at"] = row.updated_at
        db.execute(media.update().where(media.c.id == row.id).values(**values))


def downgrade() -> None:
    op.drop_table("watermarks")
    op.drop_index(op.f("ix_credentials_secret_hash"), "credentials")
    op.drop_index(op.f("ix_encodings_mezzanine_id"), "encodings")
    op.drop_index("ix_media_delete_at", "media")
    for table, column in reversed(_OTHERS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column.name)
    with op.batch_alter_table("media", schema=None) as batch_op:
        for column in reversed(_MEDIA):
            batch_op.drop_column(column.name)
