"""Harper's English grammar rules, kept to those that a listener would hear."""

from threading import Lock
from typing import Any

from pipeline.ports import GrammarFlag
from pipeline.providers import memory

# Not: Spelling, Capitalization, Punctuation, Formatting, Readability, Style, Enhancement, Miscellaneous,
# WordChoice, Typo, Eggcorn, BoundaryError: they judge the recogniser's writing, not the speech.
HEARD_KINDS = frozenset({"Agreement", "Grammar", "Usage", "Nonstandard"})


class HarperChecker:
    """One linter, built at its first use; Harper forbids calls side by side, so a lock orders them."""

    engine = "harper 0.2.0"

    def __init__(self) -> None:
        self._lock = Lock()
        self._linter: Any = None

    def check(self, text: str) -> list[GrammarFlag]:
        """Return the suspected errors in order of position."""
        import harper

        with self._lock:
            if self._linter is None:
                self._linter = harper.Linter(harper.Dialect.AMERICAN)
                memory.give_back()
            found = self._linter.organized_lints(text, language="plaintext")
        flags = [
            _flag(rule, lint)
            for rule, lints in found.items()
            for lint in lints
            if lint.lint_kind in HEARD_KINDS
        ]
        return sorted(flags, key=lambda flag: (flag.start, flag.end, flag.rule))


def _flag(rule: str, lint: Any) -> GrammarFlag:  # Harper's `Lint`; imported only when it is needed
    return GrammarFlag(
        rule=rule,
        kind=lint.lint_kind,
        start=lint.span.start,
        end=lint.span.end,
        message=lint.message,
        suggestions=tuple(
            suggestion.replacement_text
            for suggestion in lint.suggestions
            if suggestion.replacement_text
        ),
    )
