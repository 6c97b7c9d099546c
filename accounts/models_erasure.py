"""Whose account was erased: nothing but an id that says nothing."""

from django.db import models


class Erasure(models.Model):
    """An account that was closed; `manage.py replay_erasures` closes it again after a backup brought it back."""

    person_uuid = models.UUIDField(unique=True)
    erased_at = models.DateTimeField(auto_now_add=True)
    is_marked = models.BooleanField(default=False)  # in the storage, too

    def __str__(self) -> str:
        return f"{self.person_uuid} {self.erased_at:%Y-%m-%d}"
