"""Every number that a score depends on, with its unit and where it comes from."""

from typing import Final

from pipeline.domain.values import MetricName

SCORER_VERSION: Final = "2.3.0"  # raise it whenever equal input could score differently

Curve = tuple[tuple[float, float], ...]  # (measure, score) pairs; straight lines between them

# --- Whether an answer can be graded ----------------------------------------------------------------
MIN_WORDS: Final = 25  # words without fillers; below, grammar and pace say nothing
MIN_CONFIDENCE: Final = 0.45  # mean word probability; below, the words may not be the speaker's
# Of 29 English recordings, three by people whose first language is Mandarin, the least likely to be English had .23; of 16 in
# eight other languages the likeliest had .03.
ASKED_LANGUAGE_LEAST: Final = 0.05  # probability of the language that was asked for
CLIPPED_MOST: Final = (
    0.25  # share of the speech at full scale; 12 dB too loud (2-15 %) costs few words, 24 dB many
)
LEVEL_LEAST: Final = (
    -62.0
)  # decibels below full scale, of the speech; in faint noise words go missing from there on
UNSURE_WORD: Final = 0.5  # word probability; such words are kept out of grammar

# --- Sentences --------------------------------------------------------------------------------------
SENTENCE_WORDS: Final = 30  # words; a recogniser's unpunctuated run is cut here
CHUNK_WORDS: Final = 150  # words that the encoder reads at once (its window is 256 tokens)
MAX_SENTENCES: Final = 240  # sentences compared one by one; about half an hour of speech

# --- Relevance --------------------------------------------------------------------------------------
QUESTION_NGRAM: Final = 3  # words; such runs of the question are cut out of the answer
WHOLE_SHARE: Final = 0.8  # of the likeness: the whole answer; the rest is its best sentences
BEGINNINGS: Final = (25, 50, 100, 200)  # words; how long the beginnings are that count as a whole
BEST_SENTENCES: Final = 3
BY_SENTENCE_SHARE: Final = 0.3  # of a prototype's likeness: its sentences one by one
PROTOTYPE_SHARE: Final = 0.7  # of the topic: likeness to a prototype; the rest is the question
SKETCH_COSINE: Final = 0.45  # question to a well-known one; below, no sketch is derived from it
REFERENCE_SHARE: Final = 0.5  # of a technical topic: likeness to the points; the rest is coverage
TOPIC_ONLY_CAP: Final = 85.0  # points; with the question alone only the topic can be seen
# Development interviews, with a prototype: matching answers p10/p50/p90 .27/.38/.49, answers of the
# same people to other questions p50/p90 .21/.32; with the question alone .18/.34/.52 and .18/.30.
TOPIC_CURVE: Final[Curve] = (
    (0.10, 0), (0.21, 20), (0.29, 48), (0.38, 75), (0.48, 92), (0.58, 100),
)  # fmt: skip
# Without a prototype a low cosine is weak evidence: concrete answers lie as low as .23 to their question, while those
# about something else altogether stay under .13. So the middle is generous, and the interval wide.
QUESTION_CURVE: Final[Curve] = (
    (0.09, 0), (0.15, 18), (0.20, 38), (0.235, 56), (0.31, 65), (0.37, 73), (0.50, 90), (0.60, 100),
)  # fmt: skip
DERIVED_CURVE: Final[Curve] = (
    (0.10, 0), (0.16, 15), (0.21, 35), (0.25, 56), (0.29, 62), (0.38, 77), (0.48, 92), (0.58, 100),
)  # fmt: skip
TECHNICAL_CURVE: Final[Curve] = (
    (0.15, 0), (0.30, 25), (0.45, 55), (0.60, 80), (0.75, 100),
)  # fmt: skip
# The mean of the likenesses to the question and to the nearest of several points: our own strong answers to eight bank questions have
# .39 to .69, answers to the other ones and bluff .06 to .28. Who knows the matter rarely uses the points' own words.
SPOKEN_CURVE: Final[Curve] = (
    (0.12, 0), (0.25, 25), (0.33, 50), (0.40, 65), (0.55, 80), (0.75, 85),
)  # fmt: skip
SPOKEN_POINTS: Final = (
    3  # reference points at least; a short answer to one point is held against its words
)
# Spanish, French and German, by the multilingual encoder less each language's mean vector: right answers of our own set
# p10/p50/p90 .23/.32/.44 with a prototype, answers to other questions p50/p90 .05/.16; question alone .03/.13/.29, -.05/.07.
FOREIGN_TOPIC_CURVE: Final[Curve] = (
    (0.05, 0), (0.15, 20), (0.23, 55), (0.32, 75), (0.43, 92), (0.52, 100),
)  # fmt: skip
FOREIGN_QUESTION_CURVE: Final[Curve] = (
    (-0.04, 0), (0.07, 25), (0.13, 55), (0.18, 68), (0.29, 90), (0.40, 100),
)  # fmt: skip
DRIFT_WORDS: Final = 6  # of a sentence that is called far from the question
DRIFT_CONTENT: Final = 3  # different content words of it
DRIFT_BELOW: Final = 50.0  # points of relevance; above, no sentence is called far from the question
NEW_WORDS_CURVE: Final[Curve] = (
    (1, 0), (3, 0.35), (6, 0.8), (9, 1),
)  # fmt: skip
REFERENCE_WORDS_CURVE: Final[Curve] = (
    (0, 0.4), (1, 0.85), (2, 1),
)  # fmt: skip  # a short answer can be right where the right points are known
LIST_WORDS: Final = 8  # words; a shorter answer to a question with points may be terms alone
FUNCTION_WORDS_CURVE: Final[Curve] = (
    (0.10, 0), (0.28, 1),
)  # fmt: skip
VARIETY_CURVE: Final[Curve] = (
    (0.20, 0), (0.40, 1),
)  # fmt: skip
CLICHE_CURVE: Final[Curve] = (
    (0.15, 1), (0.35, 0.6), (0.60, 0.25),
)  # fmt: skip
# Of 256 answers in interviews the emptiest has .067 and one in a hundred under .09; talk about nothing has .00 to .04.
OWN_WORDS_CURVE: Final[Curve] = (
    (0.02, 0.1), (0.07, 1),
)  # fmt: skip
OWN_WORDS_REACH: Final = 60  # words of an answer that are looked at
OWN_WORDS_LEAST: Final = 30  # words; shorter answers are not measured by it
NON_ANSWER_WORDS: Final = 8  # new content words at most, beside "I do not know"
POINT_MENTIONED: Final = 0.45  # cosine of a reference point with the sentence nearest to it

# --- Grammar ----------------------------------------------------------------------------------------
# Flags per 100 words. The checks hear only part of the errors, so none found is 92, not 100.
GRAMMAR_CURVE: Final[Curve] = (
    (0, 92), (1, 80), (2, 69), (4, 50), (8, 20), (12, 0),
)  # fmt: skip
GRAMMAR_BANDS: Final[tuple[tuple[float, str], ...]] = (
    (80, "few errors heard"),
    (60, "some errors heard"),
    (0, "many errors heard"),
)

# How usual the wording is, to points added or taken. Development parts, 5/50/95 %: fluent interviews
# -0.6/0.6/1.2, eight learner sentences 0.4/0.8/1.2, the same corrected 0.7/1.0/1.4. The ends lie
# beyond what single sentences reach.
WORDING_PAIRS_CURVE: Final[Curve] = (
    (-3.0, -15), (0.4, 0), (4.0, 8),
)  # fmt: skip
READ_WORDS: Final = 30  # words of one text that the wording is measured in
# Words; in fewer, errors count as if there were so many, and the score is rounded to `GRAMMAR_STEP`: one slip may be chance.
SHORT_GRAMMAR: Final = 60
GRAMMAR_STEP: Final = 5.0  # points

# --- Fluency ----------------------------------------------------------------------------------------
PACE_CURVE: Final[Curve] = (
    (60, 0), (90, 40), (120, 70), (140, 90), (150, 100), (190, 100), (220, 80), (260, 40), (300, 20),
)  # fmt: skip  # words a minute, fillers left out, pauses counted
FILLER_CURVE: Final[Curve] = (
    (1, 100), (3, 85), (6, 60), (10, 30), (15, 0),
)  # fmt: skip  # per 100 words
MEAN_PAUSE_CURVE: Final[Curve] = (
    (0.5, 100), (0.8, 70), (1.2, 35), (2.0, 0),
)  # fmt: skip  # seconds
LONGEST_PAUSE_CURVE: Final[Curve] = (
    (1, 100), (2, 90), (4, 60), (8, 20), (12, 0),
)  # fmt: skip  # seconds
REPETITION_CURVE: Final[Curve] = (
    (0.5, 95), (2, 70), (5, 30), (8, 0),
)  # fmt: skip  # per 100 words
FLUENCY_SHARES: Final = {"pace": 0.50, "fillers": 0.20, "pauses": 0.25, "repetitions": 0.05}
FLUENCY_SHARES_UNPROMPTED: Final = {"pace": 0.60, "pauses": 0.40}  # fillers were not listened for
MEAN_PAUSE_SHARE: Final = 0.7  # of the pauses' score; the rest is the longest one
PACE_LANGUAGES: Final = ("en",)  # ISO 639-1; the bands above were measured in them
SHORTEST_PAUSE: Final = 0.25  # seconds; De Jong and Bosker 2013
LONG_PAUSE: Final = 2.0  # seconds; a listener notices it
SHOWN_PAUSES: Final = 3  # of the longest, in `metrics`
GOOD_PACE: Final = (140, 190)  # words a minute; what the advice calls comfortable

# --- Keywords ---------------------------------------------------------------------------------------
FULL_CREDIT: Final = 1.0  # the word itself, another form of it, an alias
SOFT_CREDIT: Final = 0.6  # said in other words
SOFT_COSINE: Final = (
    0.37  # keyword to the nearest sentence; 1.3 % of absent keywords reach it in long answers
)
SOFT_COSINE_NEAR_MISS: Final = 0.62  # where a part of the keyword is there, with another meaning
NEGATION_REACH: Final = 4  # words before the keyword
SHORTEST_JOINED: Final = 5  # letters; shorter ones are too often found in neighbours by chance
SPREAD_REVERSED: Final = 3  # words; "manage my time" for "time management"
CONTEXT_REACH: Final = 6  # words around a name that is also an everyday word

# --- Intervals: what a score would be if the measures were off by what was found beside them ----------
LIKENESS_SPREAD: Final = 0.03  # cosine, between an answer whole and with a sentence left out
PACE_SPREAD: Final = 0.05  # share; word error rate of clear speech
FILLERS_MISSED: Final = 0.16  # share of the fillers that the recogniser does not write
PAUSE_SPREAD: Final = 0.10  # seconds, of the detector's spans
CHANCE_ERRORS: Final = 1.0  # standard deviations of a count of errors
PACE_WINDOW: Final = 15.0  # seconds, of the pace curve

# --- Observations -------------------------------------------------------------------------------------
MOST_SHOWN: Final = 5  # of most used words, phrases, talking points, numbers
RECURRING_TIMES: Final = 3  # a phrase of three words that comes back so often

# --- Session ----------------------------------------------------------------------------------------
LETTERS: Final[tuple[tuple[float, str], ...]] = (
    (90, "A+"), (85, "A"), (80, "A-"), (75, "B+"), (70, "B"), (65, "B-"),
    (60, "C+"), (55, "C"), (50, "C-"), (45, "D+"), (40, "D"), (0, "F"),
)  # fmt: skip
RATINGS: Final[tuple[tuple[float, str], ...]] = (
    (85, "Excellent"),
    (70, "Good"),
    (55, "Satisfactory"),
    (40, "Needs Improvement"),
    (0, "Below Expectations"),
)
READINESS_LEVELS: Final[tuple[tuple[float, str], ...]] = (
    (80, "Ready"),
    (60, "Almost Ready"),
    (40, "Needs Practice"),
    (0, "Not Ready"),
)
STRENGTH_FROM: Final = 70.0  # points
WEAKNESS_BELOW: Final = 60.0  # points
LOW_BELOW: Final = 40.0  # points; a weakness is called great below, an answer off topic
LOWEST_BELOW: Final = 80.0  # points; without a weakness the lowest metric under this is named
PERFORMANCE_FACTOR: Final = 0.85  # of the total
COVERAGE_POINTS: Final = 5.0  # with every question answered
PRACTICE_POINTS: Final = 10.0  # with `PRACTICE_SESSIONS` earlier sessions
PRACTICE_SESSIONS: Final = 4
MAX_RESOURCES: Final = 4
ADVICE_BELOW: Final = 0.75  # of a delivery part's full points; above, there is no advice on it
ADVICE_FROM: Final = 2.0  # points that a delivery part must have lost to be worth a word
MAX_SUGGESTIONS: Final = 4  # for one answer
QUOTE_WORDS: Final = 14  # words of an answer repeated in a remark

DEFAULT_WEIGHTS: Final[dict[MetricName, float]] = {
    "relevance": 0.35,
    "grammar": 0.20,
    "fluency": 0.25,
    "keywords": 0.20,
}
