"""The rows. Times are integers, microseconds since 1970 UTC; ids are spelled UUIDs."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(*, key: bool = True) -> Column[str]:
    return Column("id", String(36), primary_key=key)


def _workspace() -> Column[str]:
    return Column("workspace_id", String(36), ForeignKey("workspaces.id"), nullable=False)


workspaces = Table("workspaces", metadata, _id(), Column("name", Text, nullable=False))

credentials = Table(
    "credentials",
    metadata,
    _id(),
    _workspace(),
    Column("secret_hash", String(64), nullable=False, index=True),
    Column("scope", String(8), nullable=False),
    Column("email", Text),
    Column("created_at", BigInteger),
)

#: Browsers that are signed in; ``id`` is the hash of what the browser holds.
sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("credentials", JSON, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

#: Links that sign in once; ``id`` is the hash of what the link holds.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("credential_id", String(36), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

media = Table(
    "media",
    metadata,
    _id(),
    _workspace(),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("percent", Float, nullable=False, default=0.0),
    Column("status_reason", Text),
    Column("failure_code", String(32)),
    Column("failure_message", Text),
    Column("parent_id", String(36)),
    Column("range_start", Text),
    Column("range_end", Text),
    Column("range_without", JSON(none_as_null=True)),
    Column("range_joined", JSON(none_as_null=True)),
    Column("is_ranged", Boolean, nullable=False),
    Column("source_url", Text),
    Column("treatment", JSON, nullable=False),
    Column("title", Text),
    Column("folded_title", Text, nullable=False, server_default=""),  # what titles are compared by
    Column("metadata", JSON, nullable=False),
    Column("request", JSON, nullable=False),
    Column("creator", Text),
    Column("max_seconds", Integer),
    Column("delete_at", BigInteger),
    Column("received_at", BigInteger),
    Column("ready_at", BigInteger),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("seconds", Integer, nullable=False, server_default="0"),  # rounded up
    Column("rate", String(32)),
    Index("ix_media_workspace_created", "workspace_id", "created_at", "id"),
    Index("ix_media_parent_created", "parent_id", "created_at", "id"),
    Index("ix_media_workspace_title", "workspace_id", "folded_title", "id"),
    Index("ix_media_workspace_seconds", "workspace_id", "seconds", "id"),
    Index("ix_media_status", "status"),
    Index("ix_media_delete_at", "delete_at"),
)

pieces = Table(
    "pieces",
    metadata,
    Column("media_id", String(36), ForeignKey("media.id", ondelete="CASCADE"), primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("language", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("encoding_id", String(36), index=True),
    Column("track", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
)

playbacks = Table(
    "playbacks",
    metadata,
    _id(),
    Column("media_id", String(36), ForeignKey("media.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("policy", String(8), nullable=False),
    Column("domains", JSON(none_as_null=True)),
    Column("agents", JSON(none_as_null=True)),
    Column("max_height", Integer),
)

files = Table(
    "files",
    metadata,
    _id(),
    Column("media_id", String(36), ForeignKey("media.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("width", Integer),
    Column("height", Integer),
    Column("percent", Float, nullable=False, server_default="0"),
)

tracks = Table(
    "tracks",
    metadata,
    _id(),
    Column("media_id", String(36), ForeignKey("media.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("url", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("failure", Text),
    Column("replaces", Boolean, nullable=False, server_default="0"),
)

watermarks = Table(
    "watermarks",
    metadata,
    _id(),
    _workspace(),
    Column("created_at", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("opacity", Text, nullable=False),
    Column("padding", Text, nullable=False),
    Column("scale", Text, nullable=False),
    Column("position", String(16), nullable=False),
    Column("size", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("url", Text),
    Column("deleted_at", BigInteger),
    Index("ix_watermarks_workspace_created", "workspace_id", "created_at", "id"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    _id(),
    _workspace(),
    Column("public_key", Text, nullable=False),
    Column("sealed", Text),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_signing_keys_workspace_created", "workspace_id", "created_at", "id"),
)

replies = Table(
    "replies",
    metadata,
    Column("workspace_id", String(36), ForeignKey("workspaces.id"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("reply", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

#: ``media`` is the snapshot of what a full upload becomes; ``total`` its bytes, once said.
uploads = Table(
    "uploads",
    metadata,
    _id(),
    _workspace(),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("origin", Text, nullable=False),
    Column("total", BigInteger),
    Column("media", JSON, nullable=False),
    Column("has_media", Boolean, nullable=False, server_default="0"),
    Index("ix_uploads_workspace_created", "workspace_id", "created_at", "id"),
    Index("ix_uploads_expiry", "status", "expires_at"),
)

encodings = Table(
    "encodings",
    metadata,
    _id(),
    _workspace(),
    Column("generation", Integer, nullable=False),
    Column("mezzanine_id", String(36), index=True),
    Column("facts", JSON, nullable=False),
    Column("filled", JSON, nullable=False),
    Column("fill_progress", JSON(none_as_null=True)),
    Column("warnings", JSON(none_as_null=True)),
)

#: ``subject`` is the snapshot of the media as the event left it.
events = Table(
    "events",
    metadata,
    _id(),
    _workspace(),
    Column("media_id", String(36), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("subject", JSON(none_as_null=True)),
    Index("ix_events_media", "media_id", "created_at"),
    Index("ix_events_created", "created_at"),
)

#: ``dialect`` is whose words a webhook is told in; ``secret`` is sealed.
webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    _workspace(),
    Column("url", Text, nullable=False),
    Column("dialect", String(32), nullable=False),
    Column("secret", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("kinds", JSON(none_as_null=True)),
    Index("ix_webhooks_workspace", "workspace_id", "created_at"),
)

#: An event on its way to a webhook. ``due`` is the next try's time, null when there is none; ``attempts`` what the
#: tries so far met.
deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    Column("event_id", String(36), ForeignKey("events.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("webhook_id", String(36), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("due", BigInteger),
    Column("attempts", JSON, nullable=False),
    Index("ix_deliveries_due", "due"),
    Index("ix_deliveries_webhook", "webhook_id", "created_at", "id"),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("encoding_id", String(36), primary_key=True),
    Column("due", BigInteger, primary_key=True),
)

#: Timelines that no media owns, each once for every encoding that it plays: previews, until a while after they were
#: last asked for.
leases = Table(
    "leases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("encoding_id", String(36), primary_key=True),
    Column("rate", String(32), nullable=False),
    Column("pieces", JSON, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index("ix_leases_encoding", "encoding_id", "until"),
)
