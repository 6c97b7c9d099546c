"""Grammar: what is flagged, what never costs."""

from collections.abc import Sequence

import pytest

from pipeline.domain.ports import PairLikelihood
from pipeline.domain.values import Transcript, Word
from pipeline.scoring.explain import Finding
from pipeline.scoring.grammar.grammar import checked_text, judge_grammar
from pipeline.scoring.transcript import read_script
from tests.answers import ANSWER, PlainParser, SilentChecker, script, spoken


def judge(text: str) -> Finding:
    return judge_grammar(script(text), parser=PlainParser(), checker=SilentChecker())


class Stickler:
    """Finds every word less usual than it is anywhere."""

    engine = "stickler"

    def read(self, texts: Sequence[str]) -> list[list[PairLikelihood]]:
        return [[PairLikelihood(-9.0, -2.0) for _ in text.split()[1:]] for text in texts]


class TestJudgeGrammar:
    def test_takes_points_for_wording_that_is_seldom_heard(self) -> None:
        finding = judge_grammar(
            script(ANSWER), parser=PlainParser(), checker=SilentChecker(), wording=Stickler()
        )

        assert finding.measures["usual_wording"] == -7.0
        assert (finding.score or 0) < (judge(ANSWER).score or 0)
        assert sum(row.points for row in finding.explanations) == pytest.approx(
            finding.score, abs=0.2
        )

    def test_flags_with_quote_seconds_and_correction(self) -> None:
        finding = judge(f"{ANSWER} And he um go there.")

        flags = finding.measures["grammar_flags"]

        assert isinstance(flags, list)
        assert flags[0]["quote"] == "he um go"
        assert flags[0]["correction"] == "he goes"
        assert flags[0]["start_seconds"] > 0
        assert (finding.score or 0) < (judge(ANSWER).score or 0)

    def test_adds_up_to_its_explanations(self) -> None:
        finding = judge(f"{ANSWER} And he go there, she go too.")

        assert sum(row.points for row in finding.explanations) == pytest.approx(
            finding.score, abs=0.2
        )

    def test_has_no_score_below_twenty_five_words(self) -> None:
        finding = judge("He go there.")

        assert (finding.score, finding.reason) == (None, "too_short")

    def test_takes_no_pause_for_a_wrong_article(self) -> None:
        assert judge(f"{ANSWER} I am a um engineer.").score == judge(ANSWER).score
        assert (judge(f"{ANSWER} I am a engineer.").score or 0) < (judge(ANSWER).score or 0)


class TestCheckedText:
    def test_is_the_same_whatever_the_case_and_commas(self) -> None:
        written = "So, I fixed it, quickly. Then We shipped."

        assert (
            checked_text(script(written)).text
            == checked_text(script("so i fixed it quickly. then we shipped.")).text
        )

    def test_leaves_out_fillers_repeats_and_unsure_words(self) -> None:
        transcript = Transcript(
            text="So um I I wrote grble code.",
            language="en",
            duration=5,
            words=tuple(
                Word(word, index, index + 0.5, 0.2 if word == "grble" else 0.9)
                for index, word in enumerate(["So", "um", "I", "I", "wrote", "grble", "code."])
            ),
        )

        assert checked_text(read_script(transcript)).text == "So I wrote code."

    def test_never_flags_across_an_unsure_word(self) -> None:
        said = f"{ANSWER} and he mumbled go".split()
        transcript = Transcript(
            text=" ".join(said),
            language="en",
            duration=60,
            words=tuple(
                Word(word, i, i + 0.5, 0.1 if word == "mumbled" else 0.9)
                for i, word in enumerate(said)
            ),
        )

        finding = judge_grammar(
            read_script(transcript), parser=PlainParser(), checker=SilentChecker()
        )

        assert finding.measures["grammar_flags"] == []

    def test_survives_silence(self) -> None:
        assert checked_text(read_script(spoken(""))).text == ""
