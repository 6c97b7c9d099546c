import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.integration.accounts.people import PASSWORD, Person, refresh, status_with

NEW = "another-horse-10"


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", PASSWORD, full_name="R"))
    return client


class TestPeopleInTheAdmin:
    def test_are_listed_and_shown(self, staff: Client, alice: Person) -> None:
        found = staff.get("/admin/accounts/user/?q=alice")
        shown = staff.get(f"/admin/accounts/user/{alice.user.pk}/change/")

        assert b"alice@example.com" in found.content
        assert (found.status_code, shown.status_code) == (200, 200)

    def test_are_added_with_an_address_in_lower_case(self, staff: Client) -> None:
        form = {"email": "Bob@Example.com", "full_name": "Bob", "usable_password": "true"}

        staff.post("/admin/accounts/user/add/", {**form, "password1": NEW, "password2": NEW})

        assert User.objects.get(email="bob@example.com").check_password(NEW)

    def test_lose_every_session_with_a_new_password(self, staff: Client, alice: Person) -> None:
        form = {"password1": NEW, "password2": NEW, "usable_password": "true"}

        staff.post(f"/admin/accounts/user/{alice.user.pk}/password/", form)

        assert User.objects.get(pk=alice.user.pk).check_password(NEW)
        assert status_with(alice.token) == 401
        assert refresh(alice.refresh_token).status_code == 401

    def test_keep_their_sessions_when_the_form_was_wrong(
        self, staff: Client, alice: Person
    ) -> None:
        staff.post(f"/admin/accounts/user/{alice.user.pk}/password/", {"password1": NEW})

        assert status_with(alice.token) == 200

    def test_go_with_their_tokens(self, staff: Client, alice: Person) -> None:
        staff.post(f"/admin/accounts/user/{alice.user.pk}/delete/", {"post": "yes"})

        assert not User.objects.filter(pk=alice.user.pk).exists()
        assert refresh(alice.refresh_token).status_code == 401

    def test_keep_djangos_own_pages_for_errors(self, client: Client, db: None) -> None:
        response = client.get("/admin/accounts/user/7/change/")

        assert response.status_code == 302

    @pytest.mark.parametrize("is_active", [True, False])
    def test_lose_every_session_when_they_are_shut_out(
        self, staff: Client, alice: Person, is_active: bool
    ) -> None:
        change(staff, alice, is_active=is_active)
        User.objects.update(is_active=True)  # let in again: the old tokens stay worthless

        assert (status_with(alice.token) == 200) is is_active
        assert (refresh(alice.refresh_token).status_code == 200) is is_active

    def test_verify_another_address_anew(self, staff: Client, alice: Person) -> None:
        User.objects.update(email_verified_at=timezone.now())

        change(staff, alice, email="Al@example.com")

        assert User.objects.get(pk=alice.user.pk).email == "al@example.com"
        assert not User.objects.get(pk=alice.user.pk).email_verified


def change(staff: Client, person: Person, *, is_active: bool = True, email: str = "") -> None:
    """Change a person as staff do, by the form with all its fields."""
    form = {
        "email": email or person.user.email,
        "full_name": "Alice",
        "skills": "[]",
        "timezone": "UTC",
        "language": "en",
        **({"is_active": "on"} if is_active else {}),
    }
    answer = staff.post(f"/admin/accounts/user/{person.user.pk}/change/", form)
    assert answer.status_code == 302, answer.content
