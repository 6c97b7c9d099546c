"""Every stage with what it does to people's text: a module that is missing here turns the test red."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from pipeline.bank import load_bank
from pipeline.stages.advice import suggest, summarize
from pipeline.stages.competencies import competencies_in, competency_of
from pipeline.stages.correction import correct
from pipeline.stages.disfluency import count_fillers, find_fillers, find_repeats
from pipeline.stages.distrust import find_quote, is_harmless, is_harmless_sample, plain
from pipeline.stages.evaluate import evaluate_answer
from pipeline.stages.explain import cite
from pipeline.stages.feedback import write_feedback
from pipeline.stages.fluency import judge_fluency
from pipeline.stages.follow_up_prompt import Asked, choose_follow_up, follow_up_prompt
from pipeline.stages.gates import cut_question, find_gate
from pipeline.stages.grammar import checked_text, judge_grammar
from pipeline.stages.job_text import read_job_text
from pipeline.stages.keyword_forms import keyword_forms, split_parts, stem, stem_in
from pipeline.stages.keyword_search import find_matches
from pipeline.stages.keywords import judge_keywords
from pipeline.stages.lexicon import word_set
from pipeline.stages.narrative_prompt import narrative_prompt, tellable
from pipeline.stages.nearest_name import nearest_name
from pipeline.stages.noun_rules import NOUN_RULES
from pipeline.stages.observations import observe
from pipeline.stages.orders import gives_orders, holds_known_order
from pipeline.stages.pauses import measure_pauses, pace_curve
from pipeline.stages.question_choice import select_questions
from pipeline.stages.question_prompt import question_prompt
from pipeline.stages.question_request import QuestionRequest, same_words
from pipeline.stages.question_wishes import order_skills
from pipeline.stages.readability import measure_readability
from pipeline.stages.relevance import judge_relevance
from pipeline.stages.remarks import practise, praise, remark_on_weakness
from pipeline.stages.role_names import role_words
from pipeline.stages.rule_tools import word_at
from pipeline.stages.scorable import find_reasons
from pipeline.stages.score import score_session
from pipeline.stages.sketches import derive_sketch
from pipeline.stages.skill_finder import SkillFinder
from pipeline.stages.skill_names import canonical, is_about, named_in
from pipeline.stages.spelt_numbers import spell_numbers
from pipeline.stages.spoken_rules import find_spoken_errors
from pipeline.stages.story import asks_for_story, find_story
from pipeline.stages.thresholds import DEFAULT_WEIGHTS
from pipeline.stages.topic import read_sentences, term_coverage
from pipeline.stages.transcript import plain_words, read_script
from pipeline.stages.vectors import RememberingEncoder
from pipeline.stages.verb_forms import plural
from pipeline.stages.weak_spots import PastScore, find_weak_spots
from pipeline.stages.word_diff import common_runs
from pipeline.stages.word_lists import language_of
from pipeline.stages.wording import judge_wording
from pipeline.values import JudgedAnswer, ScoreCard, Transcript
from tests.answers import (
    QUESTION,
    PlainParser,
    WordOverlapEncoder,
    judged,
    script,
    small_judges,
    spoken,
)
from tests.costs.judges import EverythingIsWrong, NoUsage

Work = Callable[[str], object]
NO_TEXT: Final[tuple[Work, ...]] = ()  # numbers, constants, or what our own files say


def _evaluate(text: str, *, language: str = "en") -> object:
    judges = replace(small_judges(), grammar=EverythingIsWrong(), wording=NoUsage())
    return evaluate_answer(
        transcript=spoken(text, language=language),
        question=QUESTION,
        judges=judges,
        weights=DEFAULT_WEIGHTS,
        heard=spoken(text, language=language),
    )


def _answer(text: str) -> JudgedAnswer:
    evaluation = evaluate_answer(
        transcript=spoken(text), question=QUESTION, judges=small_judges(), weights=DEFAULT_WEIGHTS
    )
    return replace(judged(text=text), evaluation=evaluation)


def _card(answer: JudgedAnswer) -> ScoreCard:
    return score_session(answers=[answer], asked=1, weights=DEFAULT_WEIGHTS)


def _feedback(text: str) -> object:
    answer = _answer(text)
    return write_feedback(card=_card(answer), answers=[answer], completed_sessions=1, is_open=True)


def _remarks(text: str) -> object:
    answer = judged(text=text)
    card = _card(answer)
    return [
        practise("relevance", card, [answer], is_open=True),
        *(make("relevance", card, [answer]) for make in (praise, remark_on_weakness)),
    ]


def _request(text: str) -> QuestionRequest:
    return QuestionRequest(
        3, skills=(text,), target_role=text, target_company=text, job_description=text
    )


def _select(text: str) -> object:
    return select_questions(
        request=_request(text), bank=load_bank(), seen=(text,), seed=1, judges=small_judges()
    )


def _suggest(text: str) -> object:
    finding = judge_grammar(script(text), parser=PlainParser(), checker=EverythingIsWrong())
    return suggest(
        script(text),
        scores={"grammar": finding.score},
        rows=finding.explanations,
        observations=observe(script(text), question=QUESTION, language="en"),
        question=QUESTION.text,
    )


def _relevance(text: str) -> object:
    encoder = RememberingEncoder(WordOverlapEncoder())
    return judge_relevance(script(text), question=replace(QUESTION, text=text), encoder=encoder)


def _sentences(text: str) -> object:
    said = script(text)
    encoder = RememberingEncoder(WordOverlapEncoder())
    return read_sentences(said, kept=said.spoken, encoder=encoder)


def _noun_rules(text: str) -> object:
    tokens = PlainParser().parse(text)
    return [rule(tokens, index) for index in range(len(tokens)) for rule in NOUN_RULES]


def _correct(text: str) -> object:
    other = " ".join(word for place, word in enumerate(text.split()) if place % 2)
    return correct(spoken(text), other or "a"), correct(spoken(other or "a"), text)


def _timed_apart(text: str) -> object:
    """Read a text whose words were heard otherwise, every second one."""
    timed = spoken(text)
    words = tuple(
        replace(word, text=f"{word.text}-") if place % 2 else word
        for place, word in enumerate(timed.words)
    )
    return read_script(replace(timed, words=words))


def _diff_other_words(text: str) -> object:
    words = text.split()
    others = [f"{word}!" if place % 2 else word for place, word in enumerate(words)]
    return common_runs(words, others)


def _diff_turned_words(text: str) -> object:
    words = text.split()
    return common_runs(words, words[::-1])


@cache
def _finder() -> SkillFinder:
    return SkillFinder(load_bank(), role=frozenset(), encoder=WordOverlapEncoder())


STAGES: Final[Mapping[str, tuple[Work, ...]]] = {
    "advice": (_suggest, lambda text: summarize({}, reasons=("too_short",), words=len(text))),
    "competencies": (lambda text: (competency_of(text), competencies_in(text.split())),),
    "correction": (_correct,),
    "curves": NO_TEXT,
    "delivery": NO_TEXT,
    "disfluency": (
        lambda text: (count_fillers(find_fillers(text.split())), find_repeats(text.split())),
    ),
    "distrust": (
        lambda text: plain(text, limit=100_000),
        is_harmless,
        is_harmless_sample,
        lambda text: find_quote(text[: len(text) // 2] + " x", text=text, least_words=1),
    ),
    "evaluate": (_evaluate, lambda text: _evaluate(text, language="fr")),
    "explain": (cite,),
    "feedback": (_feedback,),
    "fluency": (lambda text: judge_fluency(script(text), transcript=spoken(text)),),
    "follow_up_prompt": (
        lambda text: follow_up_prompt(Asked("Why?", "technical", "easy"), answer=text, avoid=()),
        lambda text: choose_follow_up(Asked(text, "technical", "easy"), avoid=(text,)),
    ),
    "gates": (
        lambda text: find_gate(
            script(text), kept=cut_question(script(text), question=text), question=QUESTION
        ),
    ),
    "grammar": (
        lambda text: judge_grammar(
            script(text), parser=PlainParser(), checker=EverythingIsWrong(), wording=NoUsage()
        ),
        lambda text: checked_text(script(text)),
    ),
    "intervals": NO_TEXT,
    "job_text": (
        lambda text: read_job_text(text, known_skills=_finder().own),
        lambda text: read_job_text(text, known_skills=_finder().own, parser=PlainParser()),
    ),
    "keyword_forms": (
        lambda text: (keyword_forms(text), split_parts(text)),
        lambda text: (stem(text), stem_in("fr", text), stem_in("de", text)),
    ),
    "keyword_search": (
        lambda text: find_matches(script(text), keyword_forms("time management")),
        lambda text: find_matches(script(text), keyword_forms("go")),
    ),
    "keywords": (
        lambda text: judge_keywords(
            script(text),
            keywords=("challenge", "team work", "Kubernetes"),
            encoder=RememberingEncoder(WordOverlapEncoder()),
        ),
    ),
    "lexicon": (word_set,),
    "narrative_prompt": (
        lambda text: tellable([judged(text=text)]),
        lambda text: narrative_prompt([judged(text=text)], target_role=text),
    ),
    "nearest_name": (
        lambda text: nearest_name(text, ("Python", "Java"), encoder=WordOverlapEncoder()),
    ),
    "noun_rules": (_noun_rules,),
    "observations": (lambda text: observe(script(text), question=QUESTION, language="en"),),
    "orders": (gives_orders, holds_known_order),
    "pauses": (lambda text: (measure_pauses(spoken(text)), pace_curve(script(text))),),
    "prices": NO_TEXT,
    "question_choice": (_select,),
    "question_prompt": (lambda text: question_prompt(_request(text), avoid=(text,)),),
    "question_request": (same_words,),
    "question_wishes": (lambda text: order_skills(text.split()[:50], text.split()[-50:]),),
    "questions": NO_TEXT,  # names of other modules
    "readability": (measure_readability,),
    "reading_list": NO_TEXT,
    "relevance": (_relevance,),
    "remarks": (_remarks,),
    "role_names": (role_words,),
    "rule_tools": (lambda text: word_at(PlainParser().parse(text), 0),),
    "scorable": (lambda text: find_reasons(script(text), spoken(text), small_judges()),),
    "score": (lambda text: _card(judged(text=text)),),
    "sketches": (
        lambda text: derive_sketch(text, encoder=RememberingEncoder(WordOverlapEncoder())),
    ),
    "skill_finder": (lambda text: _finder().find(text),),
    "skill_names": (
        lambda text: (canonical(text), is_about((text,), text)),
        lambda text: named_in(text, _finder().own),
    ),
    "spelt_numbers": (spell_numbers,),
    "spoken_rules": (lambda text: find_spoken_errors(PlainParser().parse(text)),),
    "story": (asks_for_story, lambda text: find_story(script(text))),
    "structured": NO_TEXT,
    "thresholds": NO_TEXT,
    "topic": (
        _sentences,
        lambda text: term_coverage(text, reference=text, question=text),
    ),
    "transcript": (
        lambda text: read_script(Transcript(text=text, language="en", duration=1.0)),
        plain_words,
        _timed_apart,
        lambda text: (script(text).clean, script(text).sentences, script(text).smoothest(words=9)),
    ),
    "vectors": NO_TEXT,
    "verb_forms": (plural,),
    "weak_spots": (
        lambda text: find_weak_spots([PastScore("", "technical", (text,), 30.0)], bank=load_bank()),
    ),
    "word_diff": (_diff_other_words, _diff_turned_words),
    "word_lists": (language_of,),
    "wording": (lambda text: judge_wording(text, model=NoUsage()),),
}
