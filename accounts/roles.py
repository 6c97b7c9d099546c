"""
What staff may do: three roles, which are Django's groups.

A role is rights and nothing else, so a person may have several, and a superuser needs none. Migrations call
`grant`; a new table brings the right to look at it in a migration of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from django.apps.registry import Apps

from interview_platform.errors import Refused

if TYPE_CHECKING:
    from accounts.models import User

REVIEWER: Final = "reviewer"  # reads everything, scores answers
OPERATOR: Final = "operator"  # reads everything, starts, sends and stops runs
ADMIN: Final = "admin"  # everything
ROLES: Final = (REVIEWER, OPERATOR, ADMIN)
VIEW: Final = ("view",)
EVERY_RIGHT: Final = ("view", "add", "change", "delete")

Rights = Mapping[str, Sequence[str]]  # of a table, which is named `app.model`


class UnknownRole(Refused):
    """There is no such role."""

    status = 422
    code = "unknown_role"
    message = f"The roles are {', '.join(ROLES)}"


def grant(apps: Apps, role: str, rights: Rights) -> None:
    """
    Let a role do these things with these tables; what it may already stays.

    The rights are made where the framework has not come to it yet: it makes them after the last migration.
    """
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
    kinds = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    wanted = {
        (table, f"{verb}_{table.split('.')[1]}"): f"Can {verb} {table.split('.')[1]}"
        for table, verbs in rights.items()
        for verb in verbs
    }
    known = {f"{kind.app_label}.{kind.model}": kind for kind in kinds.all()}
    for table in rights.keys() - known.keys():
        app, model = table.split(".")
        known[table] = kinds.create(app_label=app, model=model)
    existing = {(right.content_type_id, right.codename): right for right in permissions.all()}
    group.permissions.add(
        *(
            existing.get((known[table].pk, codename))
            or permissions.create(content_type=known[table], codename=codename, name=name)
            for (table, codename), name in wanted.items()
        )
    )


def give_roles(person: "User", roles: Iterable[str]) -> None:
    """Make the person one of the staff with these roles and no other; without any, no staff. Raise `UnknownRole`."""
    from django.contrib.auth.models import (
        Group,
    )  # once Django is ready: migrations import us before

    wanted = set(roles)
    if not wanted <= set(ROLES):
        raise UnknownRole
    person.groups.remove(*Group.objects.filter(name__in=ROLES))
    person.groups.add(*Group.objects.filter(name__in=wanted))
    person.is_staff = bool(wanted) or person.is_superuser
    person.save(update_fields=("is_staff",))
