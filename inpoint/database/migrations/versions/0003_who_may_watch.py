"""Restrictions of playbacks, signing keys, replies to creations that are asked for once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("playbacks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("domains", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("agents", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("max_height", sa.Integer(), nullable=True))
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_signing_keys_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_index("ix_signing_keys_workspace_created", "signing_keys", ["workspace_id", "created_at", "id"])
    op.create_table(
        "replies",
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_replies_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_replies")),
    )


def downgrade() -> None:
    op.drop_table("replies")
    op.drop_table("signing_keys")
    with op.batch_alter_table("playbacks", schema=None) as batch_op:
        batch_op.drop_column("max_height")
        batch_op.drop_column("agents")
        batch_op.drop_column("domains")
