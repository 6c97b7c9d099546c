"""Find a Chromium on this machine, or install Debian's; end with 1 and a reason without one."""

import os
import shutil
import subprocess
import sys

from tests.browser.chromium import find_chromium

PACKAGE = "chromium"


def install_chromium() -> str | None:
    """Return why there is no Chromium; None when there is one now."""
    if find_chromium() is not None:
        return None
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return "there is no Chromium, and no apt-get with the right to install one"
    for command in (
        ["apt-get", "update", "--quiet"],
        ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", PACKAGE],
    ):
        found = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        if found.returncode != 0:
            return f"`{' '.join(command)}` ended with {found.returncode}"
    return None if find_chromium() else f"the package {PACKAGE} has brought no program"


if __name__ == "__main__":
    trouble = install_chromium()
    if trouble is not None:
        sys.stderr.write(f"The browser's tests are left out: {trouble}.\n")
        sys.exit(1)
