"""Small closed lists of English words that the judgement leans on."""

from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Return the blank-separated words as a set."""
    return frozenset(text.split())


FILLERS: Final = word_set(
    "um umm uhm uh uhh uhhuh er err erm ehm eh ah ahh hm hmm mm mmm mhm mhmm em hmph"
)
DISCOURSE: Final = word_set("well so like okay ok yeah basically anyway right actually literally")

FUNCTION_WORDS: Final = word_set(
    """a an the this that these those my your his her its our their mine yours hers ours theirs
    i me you he him she it we us they them myself yourself himself herself itself ourselves
    themselves who whom whose which what where when why how all any both each few more most other
    some such no nor not only own same so than too very can could will would shall should may might
    must ought am is are was were be been being have has had having do does did doing done and but
    or if because as until while of at by for with about against between into through during before
    after above below to from up down in out on off over under again further then once here there
    just also even much many every either neither yes yeah ok okay well really quite rather like
    got get gets getting go goes going gone went let lets one ones thing things something anything
    i'm i've i'd i'll you're you've you'd you'll he's she's it's we're we've we'd we'll they're
    they've they'd they'll that's there's what's who's isn't aren't wasn't weren't don't doesn't
    didn't won't wouldn't can't cannot couldn't shouldn't haven't hasn't hadn't let's im ive id
    dont doesnt didnt wont cant couldnt shouldnt wouldnt isnt arent wasnt kind sort lot lots maybe
    guess mean know think say said"""
)

# Words about the asking itself; an answer made of them adds nothing.
META_WORDS: Final = word_set(
    """question questions answer answers answering ask asked asking asks interview interviewer
    candidate candidates important interesting good great nice topic subject able today sorry sure
    idea clue pass skip next repeat"""
)

# Of everything and nothing: an answer made of these fits any question.
EVERYDAY_WORDS: Final = word_set(
    """people person everybody everyone somebody someone anybody anyone nobody man woman guy others life world
    time times day days week weeks month months year years moment way ways place places part parts side point
    view end beginning case cases situation situations matter matters reason reasons fact example type number
    amount bit level step steps whole rest job work works working worked make makes making made take takes
    taking took taken give gives giving gave given find finds finding found look looks looking looked see sees
    seeing saw seen come comes coming came try tries trying tried use uses using used need needs needed want
    wants wanted keep keeps keeping kept put puts putting tell tells telling told talk talks talking talked speak
    feel feels feeling felt happen happens happening happened start starts started begin begins become becomes
    became seem seems seemed help helps helped deal deals dealing handle turn turned bring brought leave left
    show shows understand understood believe hope hoped depend depends consider remember call called big bigger
    small large little new old different difficult hard easy simple fast slow better best worse worst right wrong
    true certain possible able careful carefully long short full amazing special normal general overall everyday
    always sometimes often usually ever mostly generally finally somehow somewhere together back away around
    first last second several enough almost least course besides perhaps indeed simply especially"""
)

NON_ANSWERS: Final = (
    "i don't know", "i dont know", "i do not know", "i don't really know", "i dont really know",
    "i do not really know", "i'm not sure", "im not sure", "i am not sure", "no idea", "no clue",
    "don't have an answer", "dont have an answer", "do not have an answer", "can't answer",
    "cant answer", "cannot answer", "can not answer", "can't think of", "cant think of",
    "cannot think of", "skip this", "skip that", "pass on this", "pass on that",
    "nothing comes to mind", "never thought about", "next question",
)  # fmt: skip

# Self-praise that anybody can say; without an example it tells an interviewer nothing.
CLICHES: Final = (
    "hard working person", "hard working", "hard worker", "work hard", "work really hard", "fast learner",
    "quick learner", "learn quickly", "learn fast", "team player", "people person", "hundred percent", "hundred ten percent",
    "give my best", "do my best", "try my best", "everything that i do", "everything i do", "detail oriented",
    "attention to detail", "results driven", "results oriented", "goal oriented", "self starter", "go getter",
    "self motivated", "highly motivated", "outside the box", "extra mile", "positive attitude", "can do attitude",
    "good communicator", "communication skills", "people skills", "leadership skills", "problem solver",
    "under pressure", "great fit", "perfect fit", "good fit", "valuable asset", "best candidate", "right person",
    "great company", "always wanted", "hardworking", "motivated", "passionate", "passion", "dedicated",
    "dedication", "enthusiastic", "enthusiasm", "excellence", "success", "ambitious", "committed", "commitment",
    "perfectionist", "proactive", "dynamic", "reliable", "flexible", "responsible person", "determined",
)  # fmt: skip

NEGATIONS: Final = word_set(
    """not never no none nor neither without cannot can't don't doesn't didn't won't wouldn't
    couldn't shouldn't isn't aren't wasn't weren't haven't hasn't hadn't cant dont doesnt didnt
    wont wouldnt couldnt shouldnt isnt arent wasnt werent havent hasnt hadnt lack lacked lacking"""
)
CLAUSE_BREAKS: Final = word_set("but however although though because so instead then")

HEDGES: Final = (
    "i think", "i guess", "i believe", "maybe", "perhaps", "probably", "kind of", "sort of",
    "kinda", "sorta", "somewhat",
)  # fmt: skip

# May be said twice in a row on purpose.
DOUBLED_ON_PURPOSE: Final = word_set(
    "very really that had so more many long much far again no yes bye ha blah one two three four five "
    "six seven eight nine zero"
)
