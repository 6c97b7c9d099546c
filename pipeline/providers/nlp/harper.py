"""Harper's English grammar rules, kept to those that a listener would hear."""

from threading import Lock
from typing import Any

from pipeline.domain.ports import GrammarFlag
from pipeline.providers.loading import Lazy

# Not: Spelling, Capitalization, Punctuation, Formatting, Readability, Style, Enhancement,
# Miscellaneous, WordChoice, Typo, Eggcorn, BoundaryError: they judge the recognizer's writing.
HEARD_KINDS = frozenset({"Agreement", "Grammar", "Usage", "Nonstandard"})
# To suggest spellings, which is never heard, takes 37 MB. The same is found without it (5,000 texts).
UNHEARD_RULE = "SpellCheck"
# Letters. Harper keeps what it found in each clause, a megabyte for a hundred words.
RENEWED_AFTER = 10_000


class HarperChecker:
    """One linter, built at its first use; Harper forbids calls side by side, so a lock orders them."""

    engine = "harper 0.2.0"

    def __init__(self) -> None:
        self._lock = Lock()
        self._linter = Lazy(_load)
        self._letters = 0  # that the linter has read

    def check(self, text: str) -> list[GrammarFlag]:
        """Return the suspected errors in order of position."""
        with self._lock:
            if self._letters > RENEWED_AFTER:
                self._linter = Lazy(_load)
                self._letters = 0
            self._letters += len(text)
            found = self._linter.get().organized_lints(text, language="plaintext")
        flags = [
            _flag(rule, lint)
            for rule, lints in found.items()
            for lint in lints
            if lint.lint_kind in HEARD_KINDS
        ]
        return sorted(flags, key=lambda flag: (flag.start, flag.end, flag.rule))


def _load() -> Any:
    """Return a new linter; after the first, whose words stay, that takes 20 ms."""
    import harper

    linter = harper.Linter(harper.Dialect.AMERICAN)
    linter.set_lint_config({**linter.get_default_lint_config(), UNHEARD_RULE: False})
    return linter


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
