"""``python -m flask_prodcheck``. The current folder is taken off the import path before anything else is imported: it
is the project under audit, and a ``json.py`` or ``click.py`` in it must not be run."""

import sys

# runpy, which runs this file, has imported os already; the interpreter put the current folder first unless -P was given.
_os = sys.modules["os"]
_here = _os.path.realpath(_os.getcwd())
sys.path[:] = [entry for entry in sys.path if entry and _os.path.realpath(entry) != _here]

from flask_prodcheck.start import main  # noqa: E402 - only now is it safe to import

if __name__ == "__main__":
    main()
