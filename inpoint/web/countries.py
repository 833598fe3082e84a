"""Which country an address is in, by a GeoIP database in MaxMind's format (MaxMind DB File Format 2.0)."""

from __future__ import annotations

from pathlib import Path

import maxminddb

from inpoint.web.client import parsed


class Countries:
    """The country of an address, by the database that the operator named."""

    def __init__(self, path: Path | None) -> None:
        self._database = maxminddb.open_database(path) if path else None

    @property
    def are_known(self) -> bool:
        """Whether there is a database to ask."""
        return self._database is not None

    def of(self, address: str) -> str | None:
        """ISO 3166-1 alpha-2; None if it isn't known."""
        found = parsed(address)
        if self._database is None or found is None:
            return None
        try:
            told = self._database.get(found)
        except ValueError:  # an IPv6 address in a database of IPv4
            return None
        country = told.get("country") if isinstance(told, dict) else None
        code = country.get("iso_code") if isinstance(country, dict) else None
        return code if isinstance(code, str) else None
