"""Sentence vectors: encoded once for an answer, compared by cosine."""

from collections.abc import Sequence

from pipeline.ports import SentenceEncoder

Vector = list[float]


class RememberingEncoder:
    """Encodes every sentence once, for the time of one evaluation."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vector] = {}

    def encode(self, sentences: Sequence[str]) -> list[Vector]:
        """Return one unit vector for each sentence."""
        new = [text for text in dict.fromkeys(sentences) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return [self._known[text] for text in sentences]


def cosine(left: Vector, right: Vector) -> float:
    """Return the cosine of two unit vectors."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def mean_vector(vectors: Sequence[Vector]) -> Vector:
    """Return the unit vector in the middle of several; the only one unchanged."""
    if len(vectors) == 1:
        return vectors[0]
    total = [sum(column) for column in zip(*vectors, strict=True)]
    length = sum(number * number for number in total) ** 0.5 or 1.0
    return [number / length for number in total]
