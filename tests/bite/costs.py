"""What keeps the cost of people's text linear, for `make bite` to take out."""

from typing import Final

from tests.bite.mutations import Mutation

STAGE: Final = "tests/costs/test_stages.py::test_a_stage_costs_no_more_than_linear_time"
CORRECTION: Final = "tests/integration/pipeline_http/test_correction.py::TestItsCost"

COSTS: Final = (
    Mutation(
        "cost: the ends of a word in linear time",
        "pipeline/scoring/transcript.py",
        "    found = _PLAIN.search(text.lower()",
        '    re.sub(r"[^\\w#+]+$", "", text)\n    found = _PLAIN.search(text.lower()',
        (f"{STAGE}[keyword_forms]",),
    ),
    Mutation(
        "cost: one way alone to read a command",
        "pipeline/llm/prompt_injection.py",
        "can you|could you|would you|you|",
        "can you|could you|would you|will you|you|",
        (f"{STAGE}[orders]",),
    ),
    Mutation(
        "cost: the window in which fillers are counted",
        "pipeline/scoring/fluency/fluency.py",
        "bisect_left(places, begin + reach) - bisect_left(places, begin),",
        "sum(begin <= place < begin + reach for place in places),",
        (f"{STAGE}[fluency]",),
    ),
    Mutation(
        "cost: the most words that a comparison reads",
        "pipeline/scoring/transcript_diff.py",
        "old[same : same + MOST_WORDS], new[same : same + MOST_WORDS]",
        "old[same:] * 4, new[same:] * 4",
        (f"{STAGE}[word_diff]",),
    ),
    Mutation(
        "cost: short words for the parser",
        "pipeline/questions/job_description.py",
        "parser.parse(short_words(text))",
        "parser.parse(text)",
        ("tests/costs/test_providers.py",),
    ),
    Mutation(
        "cost: the levels and values of a JSON body",
        "interview_platform/http/parsers.py",
        "if depth > MAX_DEPTH or number >= MAX_PARTS:",
        "if depth < -MAX_PARTS:",
        ("tests/integration/http/test_errors.py::TestBodies",),
    ),
    Mutation(
        "cost: requests counted before the body is read",
        "accounts/views.py",
        "throttle_classes: Sequence[type[BaseThrottle]] = (UserThrottle,)",
        "throttle_classes: Sequence[type[BaseThrottle]] = ()",
        ("tests/integration/accounts/test_login.py",),
    ),
    Mutation(
        "cost: a correction's comparison before the transaction",
        "pipeline/runs/services.py",
        "def correct_transcript(",
        "@transaction.atomic\ndef correct_transcript(",
        (CORRECTION,),
    ),
    Mutation(
        "cost: the quota of a correction",
        "pipeline/runs/services.py",
        "            quotas.take_answer(stored.session.owner_id)\n            _keep(kept, correction, heard)\n",
        "            _keep(kept, correction, heard)\n",
        (CORRECTION,),
    ),
)
