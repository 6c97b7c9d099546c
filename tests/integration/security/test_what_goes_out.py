"""What no answer says, and that the document of the API tells where a token is needed as the table does."""

from typing import Final

import pytest
from django.conf import settings

from interview_platform.operations.docs import document_of
from tests.integration.security.people import furnish, knock
from tests.integration.security.routes import routes, rows

NEVER: Final = (
    *("password", "is_staff", "is_superuser", "token_version", "email_verified_at", "last_login"),
    *("lease_token", "lease_until", "storage_key", "audio_key", "token_hash", "answer_prototype"),
    *("worker", "published_at", "publish_count", "owner_id", "user_id"),
)


@pytest.mark.django_db
class TestAnAnswer:
    def test_has_no_column_that_is_nobodys_business(self) -> None:
        house = furnish()
        for who in ("owner", "share"):
            visitor = knock(who, house)
            for route in routes():
                if route.method == "GET" and route.path.startswith("/api/"):
                    body = visitor.ask(route)
                    text = "" if body.streaming else body.content.decode(errors="replace")

                    assert [name for name in NEVER if f'"{name}"' in text] == [], route
                    assert house.alice.password not in text, route

    def test_has_no_number_of_a_row(self) -> None:
        house = furnish()
        found = knock("owner", house).client.get("/api/v1/interviews/sessions").json()

        assert all(len(str(row["id"])) == 36 for row in found["data"]["sessions"])


class TestTheDocument:
    def test_asks_for_a_token_where_the_table_does(self) -> None:
        paths = document_of(settings.ROOT_URLCONF)["paths"]
        said = {
            f"{method.upper()} {path}": bool(operation.get("security"))
            for path, operations in paths.items()
            for method, operation in operations.items()
        }
        wrong_credentials = {"POST /api/v1/users/login", "POST /api/v1/users/token/refresh"}
        table = {str(row.route): row.expected["anonymous"] == 401 for row in rows()}

        assert said
        assert {name: table[name] for name in said if name not in wrong_credentials} == {
            name: needed for name, needed in said.items() if name not in wrong_credentials
        }
        assert not any(said[name] for name in wrong_credentials)

    def test_says_that_a_blank_in_a_query_is_one_left_out(self) -> None:
        paths = document_of(settings.ROOT_URLCONF)["paths"]
        parameters = [
            parameter
            for operations in paths.values()
            for operation in operations.values()
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query"
        ]

        assert parameters
        assert all(parameter["allowEmptyValue"] for parameter in parameters)

    def test_is_made_without_a_doubt(self, capsys: pytest.CaptureFixture[str]) -> None:
        document_of.cache_clear()

        document_of(settings.ROOT_URLCONF)

        assert capsys.readouterr().err == ""
