"""More of what `make bite` takes out: what keeps people's things theirs, and what counts."""

from typing import Final

from tests.bite.mutations import Mutation

ACCOUNTS: Final = "tests/integration/accounts"
SECURITY: Final = "tests/integration/security"
ERASURE: Final = "tests/integration/privacy/test_erasure.py"

GUARDS: Final = (
    Mutation(
        "the quotas of an hour",
        "pipeline/quotas.py",
        "return bool(rows.filter(**room).update(**more))",
        "return bool(rows.update(**more))",
        ("tests/integration/media/test_quotas.py",),
    ),
    Mutation(
        "the quota of answers in work",
        "pipeline/quotas.py",
        "if quota.limit and _in_work(owner_id) >= quota.limit:",
        "if quota.limit < 0:",
        ("tests/integration/media/test_quotas.py",),
    ),
    Mutation(
        "the atomic count of guesses",
        "interview_platform/http/throttles.py",
        "        return int(cache.incr(key, number))\n    except ValueError:  # nobody",
        "        seen = int(cache.get(key) or 0) + number\n        cache.set(key, seen, seconds)\n"
        "        return seen\n    except ValueError:  # nobody",
        (f"{SECURITY}/test_guesses.py::TestManyAtOnce",),
    ),
    Mutation(
        "the count of guesses before the password is looked at",
        "accounts/views.py",
        "        guesses.count()\n        signed_in = services.log_in(**form.validated_data)\n",
        "        signed_in = services.log_in(**form.validated_data)\n        guesses.count()\n",
        (f"{ACCOUNTS}/test_login.py",),
    ),
    Mutation(
        "the number of proxies whose word counts",
        "interview_platform/settings.py",
        '    "NUM_PROXIES": env_int("NUM_PROXIES", default=0),\n',
        "",
        (f"{SECURITY}/test_guesses.py::TestGuesses",),
    ),
    Mutation(
        "the closed door while nobody can count",
        "accounts/throttles.py",
        '        raise CounterIsAway(headers={"Retry-After": "5"})\n',
        "        return\n",
        (f"{ACCOUNTS}/test_login.py",),
    ),
    Mutation(
        "the password hashed for an address that nobody has",
        "accounts/services.py",
        "        make_password(password)\n",
        "",
        (f"{ACCOUNTS}/test_login.py",),
    ),
    Mutation(
        "the revocation of a family whose token is used twice",
        "accounts/tokens.py",
        "        _blacklist(user, family=_family_of(token))\n        return None\n",
        "        return None\n",
        (f"{ACCOUNTS}/test_tokens.py::TestRotation",),
    ),
    Mutation(
        "the version in a token, which a new password ends",
        "accounts/tokens.py",
        "    if token.get(VERSION_CLAIM) != user.token_version:\n        raise TokenInvalid\n",
        "",
        (f"{ACCOUNTS}/test_tokens.py::TestAccessToken",),
    ),
    Mutation(
        "whom a token is for",
        "interview_platform/settings.py",
        '    "AUDIENCE": "interview-platform",\n',
        "",
        (f"{ACCOUNTS}/test_tokens.py::TestAccessToken",),
    ),
    Mutation(
        "the one use of a link in a mail",
        "accounts/links.py",
        "    if state != _state(user, kind):\n        raise LinkWorthless\n",
        "",
        (f"{ACCOUNTS}/test_forgotten_password.py::TestTheLink",),
    ),
    Mutation(
        "the one-time codes of staff",
        "accounts/second_factor.py",
        "if settings.STAFF_SECOND_FACTOR == OFF or is_verified(request):",
        "if settings.STAFF_SECOND_FACTOR or is_verified(request):",
        (f"{SECURITY}/test_staff_door.py",),
    ),
    Mutation(
        "the look at where a page's request comes from",
        "accounts/browser.py",
        "    if not allowed:\n        raise CrossSite\n",
        "",
        (f"{ACCOUNTS}/test_browser.py",),
    ),
    Mutation(
        "the person of whom a profile is",
        "accounts/selectors.py",
        "    if user.uuid != user_uuid:\n        raise NotYou\n",
        "",
        (f"{ACCOUNTS}/test_account.py",),
    ),
    Mutation(
        "the owner of a question",
        "sessions/selectors.py",
        ".filter(uuid=question_uuid, session__uuid=session_uuid, session__owner=owner)",
        ".filter(uuid=question_uuid, session__uuid=session_uuid)",
        (f"{SECURITY}/test_who_may_what.py::TestSomebodyElses",),
    ),
    Mutation(
        "the session of a question",
        "sessions/selectors.py",
        ".filter(uuid=question_uuid, session__uuid=session_uuid, session__owner=owner)",
        ".filter(uuid=question_uuid, session__owner=owner)",
        (f"{SECURITY}/test_who_may_what.py::TestSomebodyElses",),
    ),
    Mutation(
        "the owner in a poll's one query",
        "pipeline/selectors_poll.py",
        'ON person."id" = session."owner_id"',
        'ON person."id" > 0 AND session."owner_id" > 0',
        ("tests/integration/pipeline_http/test_polls.py",),
    ),
    Mutation(
        "the look at the person in a poll's one query",
        "pipeline/selectors_poll.py",
        'AND person."is_active" AND person."token_version" = %s',
        'AND person."token_version" <= %s',
        ("tests/integration/pipeline_http/test_polls.py",),
    ),
    Mutation(
        "the files of an account that is closed",
        "accounts/services.py",
        "    transaction.on_commit(partial(remove_folder, folder), robust=True)\n",
        "    assert folder\n",
        (f"{ACCOUNTS}/test_account.py",),
    ),
    Mutation(
        "the log of erasures",
        "accounts/services.py",
        "    erasure.note_erasure(user)\n",
        "",
        (ERASURE,),
    ),
    Mutation(
        "the words in the staff's log about somebody who is gone",
        "accounts/erasure.py",
        '    return entries.update(object_repr=GONE, change_message="")\n',
        "    return entries.count()\n",
        (ERASURE,),
    ),
    Mutation(
        "the erasing again after a backup",
        "accounts/replay.py",
        "            close_account(user)\n            accounts += 1\n",
        "            accounts += 1\n",
        (ERASURE,),
    ),
    Mutation(
        "the blanking of what a recorder wrote beside the sound",
        "media/stripping.py",
        "            data[blank.at : blank.at + blank.length] = blank.filled\n",
        "            assert blank.filled\n",
        ("tests/integration/media/test_tags_taken_out.py",),
    ),
    Mutation(
        "what a database quotes of a row",
        "interview_platform/log_lines.py",
        "return QUOTED_ROW.sub(LEFT_OUT, super().format(record))",
        "return super().format(record)",
        ("tests/integration/privacy/test_no_personal_data.py::TestLogs",),
    ),
    Mutation(
        "what people look for, in the web server's log",
        "interview_platform/http/secret_paths.py",
        "return ASKED.sub(_without_value, SECRET.sub(",
        'return re.sub("^$", "", SECRET.sub(',
        (f"{SECURITY}/test_secrets_in_logs.py",),
    ),
    Mutation(
        "text that no column takes",
        "interview_platform/http/parsers.py",
        "        _refuse_unstorable_text(body)\n",
        "",
        ("tests/integration/http/test_errors.py::TestBodies",),
    ),
    Mutation(
        "a recording that a browser can only save",
        "media/sending.py",
        '    "Content-Security-Policy": "sandbox; default-src \'none\'",\n',
        "",
        ("tests/integration/media/test_audio_download.py::TestGettingTheRecording",),
    ),
    Mutation(
        "recordings that only the platform reads",
        "interview_platform/settings.py",
        "FILE_UPLOAD_PERMISSIONS = 0o600\n",
        "FILE_UPLOAD_PERMISSIONS = 0o644\n",
        ("tests/integration/media/test_answer_upload.py::TestAnUpload",),
    ),
)
