"""Browsers that are signed in, and what a library is sorted by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media", sa.Column("range_joined", sa.JSON(), nullable=True))
    op.add_column("credentials", sa.Column("created_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("credentials", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    op.create_index("ix_media_workspace_seconds", "media", ["workspace_id", "seconds", "id"])
    op.add_column("media", sa.Column("folded_title", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_media_workspace_title", "media", ["workspace_id", "folded_title", "id"])
    media = sa.table("media", sa.column("id"), sa.column("title"), sa.column("folded_title"))
    db = op.get_bind()
    for row in db.execute(sa.select(media.c.id, media.c.title).where(media.c.title.is_not(None))).all():
        db.execute(media.update().where(media.c.id == row.id).values(folded_title=row.title.casefold()))


def downgrade() -> None:
    op.drop_index("ix_media_workspace_title", "media")
    op.drop_index("ix_media_workspace_seconds", "media")
    op.drop_table("sign_ins")
    op.drop_index(op.f("ix_sessions_expires_at"), "sessions")
    op.drop_table("sessions")
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_column("created_at")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_column("folded_title")
        batch_op.drop_column("range_joined")
