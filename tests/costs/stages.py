"""Every stage with what it does to people's text: a module that is missing here turns the test red."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from pipeline.domain.values import JudgedAnswer, ScoreCard, Transcript
from pipeline.llm.feedback_prompt import narrative_prompt, tellable
from pipeline.llm.prompt_injection import (
    find_quote,
    gives_orders,
    holds_known_order,
    is_harmless,
    is_harmless_sample,
    plain,
)
from pipeline.questions.bank import load_bank
from pipeline.questions.follow_up_prompt import Asked, choose_follow_up, follow_up_prompt
from pipeline.questions.job_description import competencies_in, competency_of, read_job_text
from pipeline.questions.prompt import question_prompt
from pipeline.questions.request import QuestionRequest, same_words
from pipeline.questions.roles import role_words
from pipeline.questions.selection import select_questions
from pipeline.questions.skills import canonical, is_about, named_in, nearest_name
from pipeline.questions.slots import PastScore, SkillFinder, find_weak_spots, order_skills
from pipeline.scoring.evaluate import evaluate_answer, find_reasons
from pipeline.scoring.explain import cite
from pipeline.scoring.feedback.answer_summary import suggest, summarize
from pipeline.scoring.feedback.session import write_feedback
from pipeline.scoring.feedback.strengths import practise, praise, remark_on_weakness
from pipeline.scoring.fluency.delivery import measure_pauses, pace_curve
from pipeline.scoring.fluency.fluency import judge_fluency
from pipeline.scoring.grammar.grammar import checked_text, judge_grammar, judge_wording
from pipeline.scoring.grammar.noun_rules import NOUN_RULES
from pipeline.scoring.grammar.spoken_rules import find_spoken_errors
from pipeline.scoring.grammar.verb_forms import plural, word_at
from pipeline.scoring.keywords.forms import keyword_forms, split_parts, stem, stem_in
from pipeline.scoring.keywords.keywords import find_matches, judge_keywords
from pipeline.scoring.lexicon import language_of, spell_numbers, word_set
from pipeline.scoring.observations import asks_for_story, find_story, measure_readability, observe
from pipeline.scoring.relevance.gates import cut_question, find_gate
from pipeline.scoring.relevance.relevance import judge_relevance
from pipeline.scoring.relevance.topic import (
    RememberingEncoder,
    derive_sketch,
    read_sentences,
    term_coverage,
)
from pipeline.scoring.session_score import score_session
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS
from pipeline.scoring.transcript import (
    count_fillers,
    find_fillers,
    find_repeats,
    plain_words,
    read_script,
)
from pipeline.scoring.transcript_diff import common_runs, correct
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
    "llm.feedback_prompt": (
        lambda text: tellable([judged(text=text)]),
        lambda text: narrative_prompt([judged(text=text)], target_role=text),
    ),
    "llm.prompt_injection": (
        lambda text: plain(text, limit=100_000),
        is_harmless,
        is_harmless_sample,
        lambda text: find_quote(text[: len(text) // 2] + " x", text=text, least_words=1),
        gives_orders,
        holds_known_order,
    ),
    "questions.follow_up_prompt": (
        lambda text: follow_up_prompt(Asked("Why?", "technical", "easy"), answer=text, avoid=()),
        lambda text: choose_follow_up(Asked(text, "technical", "easy"), avoid=(text,)),
    ),
    "questions.job_description": (
        lambda text: (competency_of(text), competencies_in(text.split())),
        lambda text: read_job_text(text, known_skills=_finder().own),
        lambda text: read_job_text(text, known_skills=_finder().own, parser=PlainParser()),
    ),
    "questions.prompt": (lambda text: question_prompt(_request(text), avoid=(text,)),),
    "questions.request": (same_words,),
    "questions.roles": (role_words,),
    "questions.selection": (_select,),
    "questions.skills": (
        lambda text: nearest_name(text, ("Python", "Java"), encoder=WordOverlapEncoder()),
        lambda text: (canonical(text), is_about((text,), text)),
        lambda text: named_in(text, _finder().own),
    ),
    "questions.slots": (
        lambda text: order_skills(text.split()[:50], text.split()[-50:]),
        lambda text: _finder().find(text),
        lambda text: find_weak_spots([PastScore("", "technical", (text,), 30.0)], bank=load_bank()),
    ),
    "scoring.confidence": NO_TEXT,
    "scoring.curves": NO_TEXT,
    "scoring.evaluate": (
        _evaluate,
        lambda text: _evaluate(text, language="fr"),
        lambda text: find_reasons(script(text), spoken(text), small_judges()),
    ),
    "scoring.explain": (cite,),
    "scoring.feedback.answer_summary": (
        _suggest,
        lambda text: summarize({}, reasons=("too_short",), words=len(text)),
    ),
    "scoring.feedback.session": (_feedback,),
    "scoring.feedback.strengths": (_remarks,),
    "scoring.fluency.delivery": (
        lambda text: (measure_pauses(spoken(text)), pace_curve(script(text))),
    ),
    "scoring.fluency.fluency": (lambda text: judge_fluency(script(text), transcript=spoken(text)),),
    "scoring.grammar.grammar": (
        lambda text: judge_grammar(
            script(text), parser=PlainParser(), checker=EverythingIsWrong(), wording=NoUsage()
        ),
        lambda text: checked_text(script(text)),
        lambda text: judge_wording(text, model=NoUsage()),
    ),
    "scoring.grammar.noun_rules": (_noun_rules,),
    "scoring.grammar.spoken_rules": (lambda text: find_spoken_errors(PlainParser().parse(text)),),
    "scoring.grammar.verb_forms": (
        lambda text: word_at(PlainParser().parse(text), 0),
        plural,
    ),
    "scoring.keywords.forms": (
        lambda text: (keyword_forms(text), split_parts(text)),
        lambda text: (stem(text), stem_in("fr", text), stem_in("de", text)),
    ),
    "scoring.keywords.keywords": (
        lambda text: find_matches(script(text), keyword_forms("time management")),
        lambda text: find_matches(script(text), keyword_forms("go")),
        lambda text: judge_keywords(
            script(text),
            keywords=("challenge", "team work", "Kubernetes"),
            encoder=RememberingEncoder(WordOverlapEncoder()),
        ),
    ),
    "scoring.lexicon": (
        word_set,
        spell_numbers,
        language_of,
    ),
    "scoring.observations": (
        lambda text: observe(script(text), question=QUESTION, language="en"),
        measure_readability,
        asks_for_story,
        lambda text: find_story(script(text)),
    ),
    "scoring.relevance.gates": (
        lambda text: find_gate(
            script(text), kept=cut_question(script(text), question=text), question=QUESTION
        ),
    ),
    "scoring.relevance.relevance": (_relevance,),
    "scoring.relevance.topic": (
        lambda text: derive_sketch(text, encoder=RememberingEncoder(WordOverlapEncoder())),
        _sentences,
        lambda text: term_coverage(text, reference=text, question=text),
    ),
    "scoring.session_score": (lambda text: _card(judged(text=text)),),
    "scoring.thresholds": NO_TEXT,
    "scoring.transcript": (
        lambda text: (count_fillers(find_fillers(text.split())), find_repeats(text.split())),
        lambda text: read_script(Transcript(text=text, language="en", duration=1.0)),
        plain_words,
        _timed_apart,
        lambda text: (script(text).clean, script(text).sentences, script(text).smoothest(words=9)),
    ),
    "scoring.transcript_diff": (
        _correct,
        _diff_other_words,
        _diff_turned_words,
    ),
}
