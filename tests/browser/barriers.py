"""What stands in the way of people who see, hear or move differently, as axe finds it on a screen."""

import json
from typing import Final

from tests.browser.page import Page

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def find_barriers(page: Page, axe: str) -> list[str]:
    """Return what axe finds wrong with the page: rule, and where."""
    page.run(f"if (!window.axe) {{ {axe} }}")
    options = {"runOnly": {"type": "tag", "values": RULES}}
    found = page.run(
        f"""axe.run(document, {json.dumps(options)}).then(({{ violations }}) =>
          violations.flatMap(({{ id, nodes }}) => nodes.map(({{ target, failureSummary }}) =>
            `${{id}}: ${{target.join(" ")}} ${{failureSummary}}`)))"""
    )
    return [str(one) for one in found]
