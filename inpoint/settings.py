"""Settings: ``INPOINT_…`` environment variables over defaults that need nothing installed."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting. A field's description is its line in the docs."""

    model_config = SettingsConfigDict(env_prefix="INPOINT_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on.")
    data: Path = Field(Path("data"), description="Folder of everything that is kept.")
    public_url: str | None = Field(None, description="Where clients reach this server, if not at host and port.")
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Processes that make segments for those who wait, and as many that fill. Default: one a core.",
    )
    fill: Literal["all", "first", "none"] = Field(
        "all", description="What is made in the background: all renditions, the first one only, or nothing."
    )
    megapixels: float | None = Field(
        None,
        gt=0,
        description="Millions of pixels a second that this machine encodes while somebody watches: a rendition that "
        "takes more is offered once it is filled. Default: measured at each start.",
    )
    max_bytes: int = Field(30 << 30, ge=1, description="Largest source that is imported, in bytes.")
    max_seconds: int = Field(12 * 3600, ge=1, description="Longest source that is imported, in seconds.")
    pull_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Comma-separated networks (CIDR) that imports and webhooks may reach although they are private.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Comma-separated networks (CIDR) of proxies whose X-Forwarded-For counts."
    )
    geoip: Path | None = Field(
        None, description="A country database in MaxMind's format (.mmdb), for tokens that name countries."
    )
    sweep_after: float = Field(
        90.0, ge=0, description="Seconds after a deletion until what nothing needs any more is deleted."
    )
    workspace_id: str | None = Field(None, description="Id of the first workspace (32 hex), instead of a random one.")
    token_id: str | None = Field(None, description="Id of the first credential, instead of a random one.")
    token_secret: str | None = Field(
        None, min_length=16, description="Secret of the first credential, instead of a random one."
    )
    secret: str | None = Field(
        None,
        min_length=32,
        description="Seals webhooks' secrets and signs upload addresses; the same on all servers. "
        "Default: made at the first start and kept in the data folder.",
    )
    fastpix_stream_base: str | None = Field(
        None, description="Base of playback addresses in replies. Default: the public address."
    )
    fastpix_images_base: str | None = Field(
        None, description="Base of thumbnails' addresses in FastPix replies. Default: that of playback addresses."
    )
    fastpix_duration_format: Literal["auto", "seconds", "hms"] = Field(
        "auto", description="How FastPix replies spell durations: by client, or always as named."
    )

    @field_validator("pull_allow", "trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def stream_base(self) -> str:
        """What playback addresses begin with, without a trailing slash."""
        return (self.fastpix_stream_base or self.base_url).rstrip("/")

    @property
    def images_base(self) -> str:
        """What thumbnails' addresses begin with, without a trailing slash."""
        return (self.fastpix_images_base or self.stream_base).rstrip("/")

    @property
    def base_url(self) -> str:
        """Where clients reach this server, without a trailing slash."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")
