"""What a file that can't be played looks like, told by its first bytes. Pure."""

from __future__ import annotations

#: How a file of a kind begins.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"#EXTM3U", "an HLS playlist: send the file that it was made of"),
    (b"WEBVTT", "subtitles"),
    (b"{\\rtf", "a text document"),
    (b"DKIF", "an IVF file"),
    (b"nut/multimedia container", "a NUT file"),
    (b"MThd", "MIDI notes"),
)
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
_MANIFEST = b"<mpd"


def look(head: bytes) -> str | None:
    """What a file that begins so is called; None if it may be a video after all."""
    if not head:
        return "empty"
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP picture"
    if head[4:12] in (b"ftypheic", b"ftypavif", b"ftypmif1"):
        return "a HEIC or AVIF picture"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_PAGES) or (text.startswith((b"<?xml", b"<!--")) and any(one in text for one in _PAGES)):
        return "a web page"
    if text.startswith(b"<") and _MANIFEST in text:
        return "a DASH manifest: send the file that it was made of"
    if text.startswith((b"{", b"[")) and text.isascii():
        return "JSON: an API's answer, perhaps a refusal"
    return "a text" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    try:
        told = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        told = head[: error.start].decode()
    return all(character.isprintable() or character in "\r\n\t" for character in told)
