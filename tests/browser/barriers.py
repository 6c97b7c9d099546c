"""Accessibility: what axe finds wrong with a page."""

from typing import Final

from playwright.sync_api import Page

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN: Final = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: rules } });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`));
}"""


def find_barriers(page: Page, axe: str) -> list[str]:
    """Return what axe finds wrong with the page: rule, and where."""
    if page.evaluate("!window.axe"):
        page.evaluate(f"() => {{ {axe} }}")
    return [str(one) for one in page.evaluate(RUN, RULES)]
