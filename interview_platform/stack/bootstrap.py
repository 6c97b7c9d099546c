"""
The first thing that runs: refuses an unfit Python in one sentence, else installs.

Run by path with the system's Python, before any package is there. Written so that the oldest Python can read it;
`install.py`, which it goes on to, may use today's language.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)  # the last for which every package of the lock has a wheel


def reason_against(version):
    # type: (tuple[int, ...]) -> str | None
    """Return why this Python will not do, or None."""
    found = ".".join(map(str, version))
    if tuple(version) < OLDEST:
        return (
            "Python " + found + " is too old; 3.11 to 3.13 is needed (make run PYTHON=python3.11)."
        )
    if tuple(version) > NEWEST:
        return (
            "Python " + found + " is too new; 3.11 to 3.13 is needed (make run PYTHON=python3.13)."
        )
    try:
        import ensurepip  # noqa: F401 - Debian ships Python without it
        import venv  # noqa: F401 - likewise
    except ImportError:
        return (
            "This Python "
            + found
            + " cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv."
        )
    return None


if __name__ == "__main__":
    reason = reason_against(sys.version_info[:2])
    if reason:
        sys.exit(reason)
    import install  # type: ignore[import-not-found] # it lies beside this file

    sys.exit(install.main(sys.argv[1:]))
