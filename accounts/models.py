"""People: an e-mail address to log in with, a profile, a list of skills."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone as clock


class UserManager(BaseUserManager["User"]):
    """Makes people and staff."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new person; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who practises, or one of the staff."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    full_name = models.CharField(max_length=150)
    target_role = models.CharField(max_length=150, blank=True)
    experience_years = models.PositiveSmallIntegerField(null=True, blank=True)
    skills = models.JSONField(default=list, blank=True)
    timezone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=8, default="en")
    token_version = models.PositiveIntegerField(default=0, editable=False)  # a change kills tokens
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="an_address_belongs_to_one_person"),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def email_verified(self) -> bool:
        """Tell whether the person showed that the address is his."""
        return self.email_verified_at is not None


class Letter(models.Model):
    """A mail with a link that is to be sent; it is there until it is sent, or nobody has the address."""

    class Kind(models.TextChoices):
        RESET = "reset"  # to set a new password
        VERIFY = "verify"  # the address

    kind = models.CharField(max_length=6, choices=Kind.choices)
    address = models.EmailField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=clock.now, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class IdempotentAnswer(models.Model):
    """The first answer to a request that a client marked with an `Idempotency-Key`."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="idempotent_answers")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # sha256 of method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # None while the first is being answered
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "key"), name="a_key_is_answered_once"),
        )

    def __str__(self) -> str:
        return self.key


class ExportJob(models.Model):
    """
    A person's wish to have everything that is kept about them, as one archive.

        queued ──claim──▶ running ──▶ completed | failed

    A `running` one whose lease is over may be claimed again.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"

    UNFINISHED = (State.QUEUED, State.RUNNING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="export_jobs")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    token = models.UUIDField(null=True, blank=True)  # of whoever works on it
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    storage_key = models.CharField(max_length=255, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("owner",),
                condition=models.Q(state__in=("queued", "running")),
                name="a_person_waits_for_one_export",
            ),
        )

    def __str__(self) -> str:
        return f"{self.uuid} {self.state}"
