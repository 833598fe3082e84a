"""Who may watch, and what of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from inpoint.errors import Forbidden, MediaFailed, NotReady, TokenNeeded
from inpoint.model.encoding import Rendition
from inpoint.model.media import Media
from inpoint.model.playback import Filters, Playback, Rule, Viewing
from inpoint.model.timeline import Timeline


def judge(viewing: Viewing, playback: Playback, media: Media) -> Timeline:
    """What the viewing may play. Raises TokenNeeded, Forbidden, NotReady, or Refused for a failed media."""
    if playback.policy == "signed" and viewing.granted != media.workspace_id:
        if viewing.refused or viewing.granted:
            raise Forbidden("the playback token is not valid for this playback")
        raise TokenNeeded
    if not viewing.vouched and not _admits(playback.domains, viewing.host, _names):
        raise Forbidden("this playback may not be shown on this site")
    if not _admits(playback.agents, viewing.agent, _contains):
        raise Forbidden("this playback may not be shown by this client")
    if media.status == "failed":
        raise MediaFailed
    if media.status != "ready" or media.timeline is None:
        raise NotReady("the media is not ready yet")
    return media.timeline


def listed(renditions: Iterable[Rendition], playback: Playback, filters: Filters) -> list[Rendition]:
    """The renditions that a viewing is offered, in its order; none above what the playback may play."""
    limits = [limit for limit in (playback.max_height, filters.most) if limit is not None]
    chosen = [
        one for one in renditions if one.rung >= (filters.least or 0) and all(one.rung <= limit for limit in limits)
    ]
    return chosen[::-1] if filters.descending else chosen


def _admits(rule: Rule, told: str | None, matches: Callable[[str, str], bool]) -> bool:
    """A client that tells nothing is treated by the default."""
    if rule.default == "allow":
        return told is None or not any(matches(one, told) for one in rule.deny)
    return told is not None and any(matches(one, told) for one in rule.allow)


def _names(pattern: str, host: str) -> bool:
    pattern, host = pattern.lower(), host.lower()
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return pattern in ("*", host)


def _contains(pattern: str, agent: str) -> bool:
    return pattern.lower() in agent.lower()
