"""What our models do to twice as much text takes at most three times as long, too."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from pipeline.providers import registry
from pipeline.providers.nlp import e5
from pipeline.providers.nlp.harper import HarperChecker
from pipeline.questions.job_description import read_job_text
from pipeline.scoring.grammar.grammar import checked_text
from tests.answers import script
from tests.costs.shapes import SHAPES
from tests.costs.timing import find_growth

LENGTH: Final = 2_000  # characters; at 4,000 quadratic cost took seconds
Work = Callable[[str], object]


WORKS: Final[Mapping[str, Work]] = {
    "Harper": lambda text: HarperChecker().check(checked_text(script(text)).text),
    "spaCy on an answer": lambda text: registry.linguistic_parser().parse(
        checked_text(script(text)).text
    ),
    "spaCy on a job description": lambda text: read_job_text(
        text, known_skills=(), parser=registry.linguistic_parser()
    ),
    "the word pairs": lambda text: registry.wording_model().read([text]),
    "the English encoder": lambda text: registry.sentence_encoder().encode([text]),
}


@pytest.mark.parametrize("name", WORKS)
def test_a_model_costs_no_more_than_linear_time(name: str) -> None:
    work = WORKS[name]
    work("I led the team, and we finished in time.")  # so that it is loaded
    assert not find_growth(work, SHAPES, length=LENGTH)


@pytest.mark.skipif(not e5.is_available(), reason="needs x86-64 Linux with AVX2")
def test_the_encoder_of_other_languages_reads_no_text_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(e5, "LONGEST", 20)
    encoder = e5.E5Encoder()

    short, long = encoder.encode(["Nous avons fini tard", "Nous avons fini tard, et sans aide."])

    assert short == long
