import uuid
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.files import user_folder
from accounts.models import IdempotentAnswer, User
from tests.integration.accounts.people import Person, refresh, status_with


def path_of(user_uuid: Any) -> str:
    return f"/api/v1/users/{user_uuid}"


class TestAccount:
    def test_is_the_persons_own_profile(self, alice: Person) -> None:
        by_id = alice.api.get(path_of(alice.user.uuid))

        assert by_id.json()["data"] == alice.api.get("/api/v1/users/me").json()["data"]

    @pytest.mark.parametrize("method", ["get", "delete", "put", "patch", "post"])
    def test_tells_nobody_whether_another_one_exists(
        self, alice: Person, mallory: Person, method: str
    ) -> None:
        existing = getattr(mallory.api, method)(path_of(alice.user.uuid))
        unknown = getattr(mallory.api, method)(path_of(uuid.uuid4()))

        assert (existing.status_code, unknown.status_code) == (403, 403)
        assert existing.json()["error"] == unknown.json()["error"]
        assert User.objects.filter(pk=alice.user.pk).exists()

    def test_needs_a_token(self, api: APIClient, alice: Person) -> None:
        assert api.get(path_of(alice.user.uuid)).status_code == 401
        assert api.delete(path_of(alice.user.uuid)).status_code == 401

    def test_has_no_other_methods(self, alice: Person) -> None:
        assert alice.api.put(path_of(alice.user.uuid)).status_code == 405


class TestClosingAnAccount:
    def test_removes_person_rows_tokens_and_files(
        self,
        alice: Person,
        mallory: Person,
        settings: Any,
        tmp_path: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        }
        mine = default_storage.save(f"{user_folder(alice.user.uuid)}/s/a.wav", ContentFile(b"a"))
        theirs = default_storage.save(
            f"{user_folder(mallory.user.uuid)}/s/a.wav", ContentFile(b"m")
        )
        IdempotentAnswer.objects.create(owner=alice.user, key="k", fingerprint="f")

        with django_capture_on_commit_callbacks() as after_commit:
            response = alice.api.delete(path_of(alice.user.uuid))

        assert (response.status_code, response.json()["data"]) == (200, None)
        assert default_storage.exists(mine), "files go after the commit, not before"
        for callback in after_commit:
            callback()
        assert not default_storage.exists(mine)
        assert default_storage.exists(theirs)
        assert list(User.objects.all()) == [mallory.user]
        assert IdempotentAnswer.objects.count() == 0
        assert list(OutstandingToken.objects.values_list("user", flat=True)) == [mallory.user.pk]
        assert status_with(alice.token) == 401
        assert refresh(alice.refresh_token).status_code == 401


class TestSkills:
    def test_are_replaced_trimmed_and_each_kept_once(self, alice: Person) -> None:
        path = f"{path_of(alice.user.uuid)}/skills"
        alice.api.put(path, {"skills": ["Old"]}, format="json")

        response = alice.api.put(path, {"skills": ["  Python", "SQL ", "PYTHON"]}, format="json")

        assert response.status_code == 200
        assert response.json()["data"]["skills"] == ["Python", "SQL"]
        assert alice.api.get("/api/v1/users/me").json()["data"]["skills"] == ["Python", "SQL"]

    def test_are_fifty_of_sixty_characters_at_most(self, alice: Person) -> None:
        path = f"{path_of(alice.user.uuid)}/skills"
        many = [f"{number:02}" + "s" * 58 for number in range(50)]

        assert alice.api.put(path, {"skills": many}, format="json").status_code == 200
        assert alice.api.put(path, {"skills": [*many, "x"]}, format="json").status_code == 422
        assert alice.api.put(path, {"skills": ["SQL"] * 51}, format="json").status_code == 422
        assert alice.api.put(path, {"skills": ["s" * 61]}, format="json").status_code == 422

    @pytest.mark.parametrize("skills", [None, "Python", [""], ["  "], [5], [["a"]], {"a": 1}])
    def test_are_a_list_of_words(self, alice: Person, skills: Any) -> None:
        path = f"{path_of(alice.user.uuid)}/skills"

        response = alice.api.put(path, {"skills": skills}, format="json")

        assert response.status_code == 422
        assert response.json()["error"]["details"][0]["field"].startswith("skills")

    def test_are_nobody_elses_to_change(self, alice: Person, mallory: Person) -> None:
        path = f"{path_of(alice.user.uuid)}/skills"

        assert mallory.api.put(path, {"skills": ["X"]}, format="json").status_code == 403
        assert User.objects.get(pk=alice.user.pk).skills == []
