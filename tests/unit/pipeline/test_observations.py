"""What can be pointed at in an answer."""

from dataclasses import replace

from pipeline.scoring.observations import observe
from tests.answers import ANSWER, QUESTION, script


class TestObserve:
    def test_finds_the_parts_of_a_story_with_words_and_seconds(self) -> None:
        seen = observe(script(ANSWER), question=QUESTION, language="en")

        star = seen["star"]
        assert isinstance(star, dict)
        assert star["situation"][0]["quote"].startswith("In my last job")
        assert star["task"][0]["quote"].startswith("The challenge was")
        assert star["action"][-1]["quote"].startswith("I wrote")
        assert star["result"][0]["quote"].startswith("As a result")
        assert star["result"][0]["start"] > star["action"][0]["start"] > 0
        assert seen["star_missing"] == []

    def test_names_the_part_that_is_missing(self) -> None:
        told = "When I was at university we had a project. I wrote the plan and we planned it together."

        assert observe(script(told), question=QUESTION, language="en")["star_missing"] == [
            "task",
            "result",
        ]

    def test_takes_an_opening_that_says_when_for_the_situation(self) -> None:
        told = "In November our server died. I restored the backup by hand. My last report was off by less than ten percent."

        seen = observe(script(told), question=QUESTION, language="en")

        star = seen["star"]
        assert isinstance(star, dict)
        assert star["situation"][0]["quote"] == "In November our server died."
        assert star["result"][0]["quote"].startswith("My last report")
        assert seen["star_missing"] == ["task"]

    def test_looks_for_a_story_only_where_one_was_asked_for(self) -> None:
        seen = observe(
            script(ANSWER), question=replace(QUESTION, category="technical"), language="en"
        )

        assert (seen["star"], seen["star_missing"]) == (None, [])

    def test_finds_results_in_numbers_and_takes_no_year_for_one(self) -> None:
        said = "In 2019 we cut errors by forty percent, from 120 to 72, and two people joined."

        quotes = observe(script(said), question=QUESTION, language="en")["quantified_results"]

        assert isinstance(quotes, list)
        assert any("forty percent" in row["quote"] for row in quotes)
        assert any("120" in row["quote"] for row in quotes)
        assert not any(row["quote"].startswith("In 2019 we cut") for row in quotes)

    def test_counts_i_and_we_hedges_and_repeated_words(self) -> None:
        said = (
            "I think we tested the server. Maybe I tested the server twice, and I think it helped."
        )

        seen = observe(script(said), question=QUESTION, language="en")

        assert seen["i_we"] == {"i": 3, "we": 1, "i_percent": 75.0}
        hedges = seen["hedges"]
        assert isinstance(hedges, list)
        assert [row["quote"] for row in hedges] == ["I think", "Maybe", "I think"]
        assert seen["most_used_words"] == [
            {"word": "server", "times": 2},
            {"word": "tested", "times": 2},
        ]
