"""Direct uploads, events with their subjects, webhooks and deliveries; how an import is to be made."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _workspace(table: str) -> list[Any]:
    return [
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.alter_column("is_clip", new_column_name="is_ranged", existing_type=sa.Boolean(), nullable=False)
        batch_op.add_column(sa.Column("treatment", sa.JSON(), nullable=False, server_default="{}"))
    op.execute("UPDATE media SET treatment = '{\"max_height\": ' || max_height || '}'")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.alter_column("treatment", server_default=None, existing_type=sa.JSON(), existing_nullable=False)
        batch_op.drop_column("max_height")
    op.create_table(
        "uploads",
        *_workspace("uploads"),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("media", sa.JSON(), nullable=False),
    )
    op.create_index("ix_uploads_workspace_created", "uploads", ["workspace_id", "created_at", "id"])
    op.create_index("ix_uploads_expiry", "uploads", ["status", "expires_at"])
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.JSON(), nullable=True))
    op.create_index("ix_events_created", "events", ["created_at"])
    op.create_table(
        "webhooks",
        *_workspace("webhooks"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("dialect", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
    )
    op.create_index("ix_webhooks_workspace", "webhooks", ["workspace_id", "created_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("webhook_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_deliveries_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_event_id"), "deliveries", ["event_id"])
    op.create_index("ix_deliveries_due", "deliveries", ["due"])
    op.create_index("ix_deliveries_webhook", "deliveries", ["webhook_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("webhooks")
    op.drop_index("ix_events_created", "events")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_column("subject")
    op.drop_table("uploads")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("max_height", sa.Integer(), nullable=False, server_default="1080"))
        batch_op.drop_column("treatment")
        batch_op.alter_column("is_ranged", new_column_name="is_clip", existing_type=sa.Boolean(), nullable=False)
