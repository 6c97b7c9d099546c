"""`STORAGE_URL` and what Django is told of it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from interview_platform.storage_url import signed_url_seconds, storage_from_url

BUCKET = "s3://key:s%2Fecret@objects.example:9000/interviews"


class TestADirectory:
    def test_is_a_directory(self) -> None:
        found = storage_from_url("file:///var/lib/interviews")

        assert found["OPTIONS"] == {"location": "/var/lib/interviews"}


class TestABucket:
    def test_is_at_its_place_with_its_keys(self) -> None:
        options = storage_from_url(f"{BUCKET}?region=eu-central-1")["OPTIONS"]

        assert options["endpoint_url"] == "https://objects.example:9000"
        assert options["bucket_name"] == "interviews"
        assert (options["access_key"], options["secret_key"]) == ("key", "s/ecret")
        assert options["region_name"] == "eu-central-1"

    def test_may_be_amazons_with_keys_from_its_own_places(self) -> None:
        options = storage_from_url("s3:///interviews?region=eu-central-1")["OPTIONS"]

        assert "endpoint_url" not in options
        assert "access_key" not in options

    def test_takes_an_upload_part_by_part_and_answers_in_time(self) -> None:
        options = storage_from_url(BUCKET)["OPTIONS"]

        assert not options["transfer_config"].use_threads
        assert options["client_config"].connect_timeout <= 3
        assert options["client_config"].read_timeout <= 15

    def test_may_have_an_authority_and_a_manner_of_its_own(self) -> None:
        options = storage_from_url(f"{BUCKET}?ca=/etc/ca.pem&addressing=path")["OPTIONS"]

        assert options["verify"] == "/etc/ca.pem"
        assert options["client_config"].s3 == {"addressing_style": "path"}


class TestWhatIsNeither:
    @pytest.mark.parametrize("url", ["", "file://", "s3://key:secret@host", "gs://bucket"])
    def test_is_refused(self, url: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
            storage_from_url(url)


class TestSignedAddresses:
    def test_are_given_to_nobody_unless_the_operator_says_for_how_long(self) -> None:
        assert signed_url_seconds(BUCKET) == 0
        assert signed_url_seconds(f"{BUCKET}?presign=60") == 60

    @pytest.mark.parametrize("seconds", ["-1", "yes", "901", "1.5"])
    def test_are_never_long_lived(self, seconds: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="presign"):
            signed_url_seconds(f"{BUCKET}?presign={seconds}")
