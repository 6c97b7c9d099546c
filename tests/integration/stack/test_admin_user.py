"""`make admin-user`."""

import pytest

from accounts.models import User
from interview_platform.stack.admin_user import make_admin
from interview_platform.stack.troubles import CannotStart

PASSWORD = "correct-horse-9"

pytestmark = pytest.mark.django_db


class TestMakeAdmin:
    def test_makes_an_administrator(self) -> None:
        said = make_admin(email=" Boss@Example.com", password=PASSWORD)

        user = User.objects.get(email="boss@example.com")
        assert said == "boss@example.com is an administrator now."
        assert (user.is_staff, user.is_superuser) == (True, True)
        assert user.check_password(PASSWORD)

    def test_gives_one_a_new_password_and_ends_his_sessions(self, alice: User) -> None:
        said = make_admin(email="ALICE@example.com", password=PASSWORD)

        user = User.objects.get()
        assert said == "alice@example.com is an administrator, with a new password."
        assert user.token_version == alice.token_version + 1
        assert (user.is_staff, user.check_password(PASSWORD)) == (True, True)

    @pytest.mark.parametrize(
        ("email", "password"), [("boss@example.com", "short"), ("nobody", PASSWORD)]
    )
    def test_refuses_a_weak_password_and_what_is_no_address(
        self, email: str, password: str
    ) -> None:
        with pytest.raises(CannotStart):
            make_admin(email=email, password=password)

        assert not User.objects.exists()
