"""The source lines of a tree's files, as reports quote them and suppressions are read from them."""

from __future__ import annotations

from flask_prodcheck.errors import ReadError
from flask_prodcheck.sources.tree import Content

_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class SourceLines:
    """Lines by file and number, read once; a file that cannot be read has none."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._files: dict[str, tuple[str, ...]] = {}

    def holds(self, file: str, word: str) -> bool:
        """Whether ``word`` (ASCII) stands somewhere in ``file``: a quick look that keeps nothing of it."""
        try:
            data = self._content.with_word(file, word.encode())
        except ReadError:  # said already, as in ``of``
            return False
        return word.encode() in data or (bool(data) and any(word in line for line in self.of(file)))

    def of(self, file: str) -> tuple[str, ...]:
        """All lines of ``file`` without their ends."""
        if file not in self._files:
            try:
                data = self._content.read(file)
            except ReadError:  # discovery or a reader has said it already
                data = b""
            encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
            text = data.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
            self._files[file] = tuple(text.split("\n"))
        return self._files[file]

    def line(self, file: str, number: int) -> str:
        """Line ``number`` (1-based), "" when there is none."""
        lines = self.of(file)
        return lines[number - 1] if 0 < number <= len(lines) else ""
