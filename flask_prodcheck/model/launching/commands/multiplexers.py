"""Terminal multiplexers: the command that ``screen`` and ``tmux`` run in a window of theirs.

Sources: screen(1), "Command-line options" and "Customization"; tmux(1), "Clients and sessions" and "Windows and panes".
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.options import Words
from flask_prodcheck.patterns import regex

#: Letters of screen's options that take a value.
_SCREEN_VALUES = frozenset("cehpsSt")
_SCREEN_LONG = frozenset({"-Logfile"})
_TMUX_VALUES = {
    "": frozenset("cfLST"),
    "new-session": frozenset("ceFfnstxy"),
    "new-window": frozenset("ceFnt"),
    "split-window": frozenset("ceFltp"),
    "respawn-pane": frozenset("cet"),
    "respawn-window": frozenset("cet"),
    "send-keys": frozenset("cNt"),
}
_TMUX_ALIASES = {
    "new": "new-session",
    "neww": "new-window",
    "splitw": "split-window",
    "respawnp": "respawn-pane",
    "respawnw": "respawn-window",
    "send": "send-keys",
}
#: A key that is pressed with another: ``^C``, ``C-c``.
_KEY = regex(r"\^|[CMS]-\S$")
#: Keys that end a line.
_ENTER = frozenset({"enter", "c-m", "kpenter", "^m", "c-j"})


def behind_screen(words: Words) -> Words | None:
    """The command that ``screen -dmS name`` starts, or that ``-X screen`` and ``-X stuff`` give to a session that runs;
    None where it is asked for something else."""
    rest, letters = _behind_options(words, _SCREEN_VALUES, ends="X", long=_SCREEN_LONG)
    if "X" not in letters:
        attaches = not letters.isdisjoint("rRxlw") or (not letters.isdisjoint("dD") and "m" not in letters)
        return None if attaches else rest or None
    if rest[:1] in (["screen"], ["exec"]):
        return _behind_options(rest[1:], _SCREEN_VALUES)[0] or None
    return _typed(rest[1]) if rest[:1] == ["stuff"] and len(rest) > 1 else None


def behind_tmux(words: Words) -> Words | None:
    """The command that tmux starts in a session, a window or a pane, or that it types into one; None where it is asked
    for something else."""
    rest = _behind_options(words, _TMUX_VALUES[""])[0]
    asked = _TMUX_ALIASES.get(rest[0], rest[0]) if rest else ""
    if asked not in _TMUX_VALUES or not asked:
        return None
    rest = _behind_options(rest[1:], _TMUX_VALUES[asked])[0]
    if asked != "send-keys":
        rest = rest[: next((at for at, word in enumerate(rest) if word in (";", "\\;")), len(rest))]
        return ["sh", "-c", rest[0]] if len(rest) == 1 else rest or None
    return _typed(rest[0]) if len(rest) > 1 and rest[1].lower() in _ENTER else None


def _typed(text: str) -> Words | None:
    """A line that is typed into a shell; keys such as ``^C`` are no command."""
    for end in ("\\n", "\\r", "^M", "\\015", "\n", "\r"):
        text = text.removesuffix(end)
    return ["sh", "-c", text] if text.strip() and not _KEY.match(text) else None


def _behind_options(
    words: Words, values: frozenset[str], ends: str = "", long: frozenset[str] = frozenset()
) -> tuple[Words, set[str]]:
    """What stands behind the options, and their letters, which may be written together; those in ``values`` take a
    value, and the letter ``ends`` is the last."""
    rest = list(words)
    letters: set[str] = set()
    while rest and rest[0].startswith("-") and len(rest[0]) > 1:
        word = rest.pop(0)
        if word == "--":
            break
        if word in long:
            rest = rest[1:]
            continue
        for at, letter in enumerate(word[1:], 1):
            letters.add(letter)
            if letter in values and not word[at + 1 :]:
                rest = rest[1:]
            if letter in values:
                break
        if ends and ends in letters:
            break
    return rest, letters
