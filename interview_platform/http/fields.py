"""Fields that take the JSON type they ask for and no other: 5 is no text, "5" and true are no number."""

from typing import Any

from rest_framework import serializers


class TextField(serializers.CharField):
    """Text, and nothing that could be turned into it."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class FlagField(serializers.BooleanField):
    """True or false, and nothing that could be turned into it."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class WholeField(serializers.IntegerField):
    """A whole number, and nothing that could be turned into one."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if isinstance(data, bool) or not isinstance(data, (int, float)) or data != int(data):
            self.fail("invalid")
        return int(data)
