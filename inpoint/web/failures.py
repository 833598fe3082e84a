"""One table: errors → HTTP statuses. What a failure's body looks like is the dialect's affair."""

from __future__ import annotations

from inpoint import errors

STATUSES: dict[type[errors.InpointError], int] = {
    errors.Invalid: 422,
    errors.Refused: 400,
    errors.NotReady: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.TooLarge: 413,
    errors.TooMany: 429,
    errors.MediaError: 503,
    errors.Busy: 503,
}


def status_of(error: errors.InpointError) -> int:
    """The status of the error's class, or of the nearest one above it."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def headers_of(error: errors.InpointError) -> dict[str, str]:
    """What the answer tells beside its body: when to try again, how to show a credential."""
    if isinstance(error, errors.Busy | errors.TooMany):
        return {"Retry-After": str(error.retry_after)}
    if status_of(error) == 503:
        return {"Retry-After": "2"}
    if isinstance(error, errors.TokenNeeded):
        return {"WWW-Authenticate": "Bearer"}  # Basic would make browsers ask viewers for credentials
    if isinstance(error, errors.SignedOut):
        return {"WWW-Authenticate": "Cookie"}  # nor a page's own visitors
    if isinstance(error, errors.Unauthorized):
        return {"WWW-Authenticate": 'Basic realm="Inpoint"'}
    return {}
