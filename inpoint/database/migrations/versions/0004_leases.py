"""Timelines that no media owns: previews."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("encoding_id", sa.String(length=36), nullable=False),
        sa.Column("rate", sa.String(length=32), nullable=False),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", "encoding_id", name=op.f("pk_leases")),
    )
    op.create_index("ix_leases_encoding", "leases", ["encoding_id", "until"])


def downgrade() -> None:
    op.drop_table("leases")
