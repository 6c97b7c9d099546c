"""What a language model's tokens cost. List prices change: `LLM_PRICES` overrides them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from pipeline.ports import Usage

MILLION: Final = 1_000_000
LISTED: Final = {  # US dollars for a million prompt and completion tokens, as published in 2025
    "gpt-4.1": ("2.00", "8.00"),
    "gpt-4.1-mini": ("0.40", "1.60"),
    "gpt-4.1-nano": ("0.10", "0.40"),
    "gpt-4o": ("2.50", "10.00"),
    "gpt-4o-mini": ("0.15", "0.60"),
    "gemini-2.5-pro": ("1.25", "10.00"),
    "gemini-2.5-flash": ("0.30", "2.50"),
    "gemini-2.5-flash-lite": ("0.10", "0.40"),
}


def cost_of(usage: Usage, *, model: str, prices: Mapping[str, float]) -> Decimal | None:
    """Return the dollars that a call cost; None where no price is known."""
    if any(prices.values()):
        rates = Decimal(str(prices["prompt"])), Decimal(str(prices["completion"]))
    elif model in LISTED:
        rates = Decimal(LISTED[model][0]), Decimal(LISTED[model][1])
    else:
        return None
    spent = usage.prompt_tokens * rates[0] + usage.completion_tokens * rates[1]
    return (spent / MILLION).quantize(Decimal("0.000001"))
