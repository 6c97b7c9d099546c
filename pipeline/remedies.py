"""What a person can do about a failure: the last sentence of what is said about it. Pure."""

from typing import Final

LATER: Final = "Please try again in a few minutes."
RECORD: Final = "Please record the answer again."
TELL: Final = "Please tell those who run this platform; your recording is kept."
REMEDIES: Final = {
    "no_audio": "Please check your microphone and record the answer again.",
    "audio_too_long": "Please record a shorter answer.",
    "unsupported_language": "Please choose another language.",
    "stopped_by_staff": "",  # staff say in their own words what is to be done
}
OURS: Final = ("model_", "encoder_")  # how the codes begin of what no candidate can help


def with_remedy(message: str, *, code: str, retryable: bool) -> str:
    """Return the message with what to do, where it does not ask for something itself."""
    if "please" in message.lower():
        return message
    return f"{message} {_remedy(code, retryable=retryable)}".rstrip()


def _remedy(code: str, *, retryable: bool) -> str:
    if code in REMEDIES:
        return REMEDIES[code]
    if retryable:
        return LATER
    return TELL if code.startswith(OURS) else RECORD
