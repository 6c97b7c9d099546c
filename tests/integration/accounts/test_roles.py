"""What each role among the staff may do, and how somebody comes to one."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client
from unfold.admin import ModelAdmin

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

APPS = {"accounts", "interview_sessions", "media", "pipeline", "analytics"}
PEOPLE = "/admin/accounts/user/"


@pytest.fixture
def carol() -> User:
    """A person who practises."""
    return make_user("carol@example.com")


@pytest.fixture
def one_of() -> Callable[[str], User]:
    """Return somebody who has the role."""

    def make(role: str) -> User:
        call_command("give_role", make_user(f"{role}@example.com").email, role, verbosity=0)
        return User.objects.get(email=f"{role}@example.com")

    return make


class TestARole:
    @pytest.mark.parametrize("role", ["reviewer", "operator", "admin"])
    def test_reads_everything_that_the_admin_shows(
        self, role: str, one_of: Callable[[str], User]
    ) -> None:
        person = one_of(role)
        shown = [model._meta for model in admin.site._registry]
        ours = [(meta.app_label, meta.model_name) for meta in shown if meta.app_label in APPS]

        assert ours
        assert [
            f"{app}.{name}" for app, name in ours if not person.has_perm(f"{app}.view_{name}")
        ] == []

    def test_changes_only_what_is_its_own(self, one_of: Callable[[str], User]) -> None:
        def changes(role: str) -> set[str]:
            every = one_of(role).get_all_permissions()
            return {right for right in every if ".view_" not in right}

        assert changes("reviewer") == {"analytics.add_staffscore", "analytics.change_staffscore"}
        assert changes("operator") == {"pipeline.change_pipelinerun"}
        assert {"accounts.delete_user", "auth.change_group", "analytics.add_staffscore"} < changes(
            "admin"
        )

    def test_is_made_once_however_often(self) -> None:
        def state() -> list[tuple[str, int]]:
            return [(g.name, g.permissions.count()) for g in Group.objects.order_by("name")]

        before, permissions = state(), Permission.objects.count()

        import_module("accounts.migrations.0003_roles_of_staff").make_roles(apps, None)

        assert (state(), Permission.objects.count()) == (before, permissions)
        assert [name for name, _ in before] == ["admin", "operator", "reviewer"]


class TestGivingARole:
    def test_takes_the_place_of_what_was(self, carol: User) -> None:
        call_command("give_role", "Carol@example.com", "reviewer", "operator", verbosity=0)
        call_command("give_role", "carol@example.com", "operator", verbosity=0)

        carol.refresh_from_db()
        assert carol.is_staff
        assert [group.name for group in carol.groups.all()] == ["operator"]

    def test_without_one_ends_the_work_among_the_staff(self, carol: User, client: Client) -> None:
        call_command("give_role", "carol@example.com", "admin", verbosity=0)
        call_command("give_role", "carol@example.com", verbosity=0)
        client.force_login(carol)

        assert client.get("/admin/").status_code == 302
        assert not carol.groups.exists()

    def test_wants_somebody_who_is_there(self) -> None:
        with pytest.raises(CommandError, match="Nobody has the address"):
            call_command("give_role", "nobody@example.com", "admin")


class TestAnAdminWhoIsNoSuperuser:
    @pytest.fixture
    def chief(self, db: None) -> User:
        return User.objects.create_superuser("chief@example.com", "correct-horse-9", full_name="C")

    def test_cannot_become_one(self, one_of: Callable[[str], User], client: Client) -> None:
        person = one_of("admin")
        client.force_login(person)
        form = {"email": person.email, "full_name": "A", "timezone": "UTC", "language": "en"}
        form |= {"is_active": "on", "is_staff": "on", "is_superuser": "on", "skills": "[]"}

        answer = client.post(f"{PEOPLE}{person.pk}/change/", form)

        person.refresh_from_db()
        assert answer.status_code == 302
        assert (person.full_name, person.is_superuser) == ("A", False)

    def test_touches_none(self, one_of: Callable[[str], User], chief: User, client: Client) -> None:
        client.force_login(one_of("admin"))
        password = {"password1": "another-horse-10", "password2": "another-horse-10"}
        chosen = {"action": "delete_selected", "_selected_action": [chief.pk], "post": "yes"}

        assert client.post(f"{PEOPLE}{chief.pk}/password/", password).status_code == 403
        assert client.post(f"{PEOPLE}{chief.pk}/delete/", {"post": "yes"}).status_code == 403
        client.post(PEOPLE, chosen)

        chief.refresh_from_db()
        assert chief.check_password("correct-horse-9")


class TestEveryPageOfTheAdmin:
    def test_opens_for_somebody_who_may_read(
        self, one_of: Callable[[str], User], client: Client
    ) -> None:
        client.force_login(one_of("reviewer"))
        lists = [model._meta for model in admin.site._registry if model._meta.app_label in APPS]

        statuses = {
            meta.label: client.get(f"/admin/{meta.app_label}/{meta.model_name}/").status_code
            for meta in lists
        }

        assert set(statuses.values()) == {200}, statuses

    def test_looks_like_the_others(self) -> None:
        plain = [
            model._meta.label
            for model, page in admin.site._registry.items()
            if not isinstance(page, ModelAdmin)
        ]

        assert plain == []

    def test_stays_closed_to_people_who_practise(self, carol: User, client: Client) -> None:
        client.force_login(carol)

        for path in ("", "accounts/user/", "pipeline/pipelinerun/", "auth/group/"):
            assert client.get(f"/admin/{path}").status_code == 302
