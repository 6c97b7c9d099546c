"""
Every setting, in sections. What differs between places comes from the environment (or `.env`).

`make run` starts the embedded parts and passes their addresses on in the environment; nothing here starts anything.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url

from interview_platform.admin_theme import UNFOLD  # noqa: F401 - the theme reads it here
from interview_platform.database_options import postgres_settings
from interview_platform.email_url import mail_from_url
from interview_platform.env import (
    env_bool,
    env_choice,
    env_float,
    env_hosts,
    env_int,
    env_numbers,
    env_origins,
    env_rate,
    env_sender,
    env_text,
    env_url,
    load_dotenv,
)
from interview_platform.local import broker_address, read_secret
from interview_platform.redis_url import SCHEMES as REDIS_SCHEMES
from interview_platform.redis_url import tls_options, without_query
from interview_platform.storage_url import signed_url_seconds, storage_from_url

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / ".env")

# --- Places -----------------------------------------------------------------------------------------------------
DATA_DIR = Path(env_text("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
MODELS_DIR = DATA_DIR / "models"

# --- Secrets: from the environment, else from DATA_DIR/secrets.json (made by `make run`, mode 0600) ---------------------
SECRET_KEY = env_text("SECRET_KEY") or read_secret(DATA_DIR, "secret_key")
JWT_SIGNING_KEY = env_text("JWT_SIGNING_KEY") or read_secret(DATA_DIR, "jwt_signing_key")

# --- Django -------------------------------------------------------------------------------------------------------
DEBUG = env_bool("DEBUG", default=False)
ALLOWED_HOSTS = env_hosts("ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))
INSTALLED_APPS = [
    "accounts",
    "sessions",
    "pipeline",
    "media",
    "analytics",
    "unfold.apps.BasicAppConfig",  # the admin's theme: before the admin, whose templates it takes the place of
    "accounts.staff_apps.StaffAdminConfig",  # the admin
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
]
MIDDLEWARE = [
    "interview_platform.http.streaming.AsyncStreamingMiddleware",
    "interview_platform.http.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "interview_platform.http.security_headers.SecurityHeadersMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "interview_platform.http.errors.JsonErrorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "interview_platform.http.slashes.TrailingSlashMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "interview_platform.urls"
ASGI_APPLICATION = "interview_platform.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "interview_platform" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # of the page; the API speaks English
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "interview_platform" / "static"]
WHITENOISE_USE_FINDERS = True  # the sidecar's and the admin's files, without a collectstatic step
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database -----------------------------------------------------------------------------------------------------
DATABASE_URL = env_url(
    "DATABASE_URL",
    default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}",
    schemes=("postgresql", "postgres", "sqlite"),
    has_host=False,  # a file, or a server's socket
)


def _database(url: str) -> dict[str, Any]:
    """Return Django's database settings for the address, with the options that reliability asks for."""
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_health_checks=True))
    if "sqlite" in config["ENGINE"]:
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: a committed upload survives a power cut, which WAL with NORMAL does not promise
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        }
    else:
        config |= postgres_settings(
            config,
            pool=env_int("DATABASE_POOL", default=0),
            has_pgbouncer=env_bool("DATABASE_PGBOUNCER", default=False),
            statement_seconds=env_int("DATABASE_STATEMENT_SECONDS", default=0),
        )
    return config


DATABASES = {"default": _database(DATABASE_URL)}

# --- Storage of recordings ----------------------------------------------------------------------------------------
STORAGE_URL = env_url(
    "STORAGE_URL",
    default=f"file://{DATA_DIR / 'uploads'}",
    schemes=("file", "s3"),
    has_host=False,  # a directory, or Amazon's
)
SIGNED_URL_SECONDS = signed_url_seconds(STORAGE_URL)  # 0: clients are not shown the bucket
MEDIA_ROOT = DATA_DIR / "uploads"  # never served by path: views check the owner
MEDIA_URL = "/uploads/"
STORAGES = {
    "default": storage_from_url(STORAGE_URL),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- Uploads ------------------------------------------------------------------------------------------------------
MAX_UPLOAD_BYTES = env_int("MAX_UPLOAD_BYTES", default=52_428_800, minimum=1)  # 50 MB
MAX_AUDIO_SECONDS = env_int("MAX_AUDIO_SECONDS", default=1800, minimum=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # JSON bodies
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50
DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_UPLOAD_MAX_MEMORY_SIZE = 16_384  # of one request's body; what is larger goes to the disk

# --- Requests (interview_platform/http/gateway.py) -----------------------------------------------------------------
API_CONCURRENCY = env_int("API_CONCURRENCY", default=16, minimum=1)  # in work, of one process
SLOW_CLIENT_SECONDS = env_float("SLOW_CLIENT_SECONDS", default=20.0, minimum=0.1)
SLOW_CLIENT_BYTES = 81_920  # of a body in that time, if it is not at its end
BODY_SECONDS = 1800.0  # for a whole body, at most

# --- Quotas of one person, for an hour (pipeline/quotas.py); 0 is no limit -----------------------------------------
QUOTA_UPLOADS = env_int("QUOTA_UPLOADS", default=240)
QUOTA_BYTES = env_int("QUOTA_BYTES", default=5_368_709_120)
QUOTA_AUDIO_SECONDS = env_int("QUOTA_AUDIO_SECONDS", default=36_000)
QUOTA_RUNS = env_int("QUOTA_RUNS", default=100)
QUOTA_QUESTIONS = env_int("QUOTA_QUESTIONS", default=1000)
QUOTA_TOKENS = env_int("QUOTA_TOKENS", default=100_000)

# --- Retention, in days; 0 keeps everything (media/retention.py) ----------------------------------------------------
AUDIO_RETENTION_DAYS = env_int("AUDIO_RETENTION_DAYS", default=0)
SESSION_RETENTION_DAYS = env_int("SESSION_RETENTION_DAYS", default=0)

# --- Broker and Celery (reasons: docs/operations.md) ---------------------------------------------------------------
BROKER_URL = env_url("BROKER_URL", default=broker_address(DATA_DIR), schemes=REDIS_SCHEMES)
EVENTS_URL = env_url("EVENTS_URL", default=BROKER_URL, schemes=REDIS_SCHEMES)  # pub/sub
BROKER_KEY_PREFIX = "interview:"
CELERY_BROKER_URL = without_query(BROKER_URL)
CELERY_BROKER_TRANSPORT = "interview_platform.broker_transport:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # far above the longest hard limit, else tasks loop
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": env_float("BROKER_SOCKET_TIMEOUT", default=5.0),  # the API sets 0.7
    "socket_connect_timeout": env_float("BROKER_CONNECT_TIMEOUT", default=2.0),
    "socket_keepalive": True,
    "health_check_interval": 10,
    "global_keyprefix": BROKER_KEY_PREFIX,
}
CELERY_BROKER_USE_SSL = tls_options(BROKER_URL)
CELERY_BROKER_CONNECTION_TIMEOUT = env_float("BROKER_CONNECT_TIMEOUT", default=2.0)
CELERY_RESULT_BACKEND = None  # results live in the database: nothing to leak or to expire
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_REJECT_ON_WORKER_LOST = (
    False  # would loop 10-20 times a second; leases retry with a cap
)
CELERY_TASK_ACKS_ON_FAILURE = True
CELERY_TASK_ACKS_ON_TIMEOUT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env_float("SOFT_SHUTDOWN_SECONDS", default=25.0)
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = (
    False  # an idle worker would sleep through the whole time-out
)
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 120.0  # a child loads its models before it says that it lives
if DATABASES["default"].get("CONN_MAX_AGE"):  # kept between tasks (pipeline/runs/worker_signals.py)
    CELERY_DB_REUSE_MAX = 2**31  # tasks
WORKER_PRELOAD = env_bool("WORKER_PRELOAD", default=True)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_ROUTES = {
    "pipeline.tasks.transcribe_answer": {"queue": "gpu"},
    "pipeline.tasks.do_upkeep": {"queue": "maint"},
    "analytics.tasks.*": {"queue": "maint"},
    "*": {"queue": "cpu"},
}
QUEUES = ("gpu", "cpu", "maint")  # /health/ready wants a live worker on each

# --- Pipeline -----------------------------------------------------------------------------------------------------
STAGE_LIMITS = {  # seconds: (soft, hard)
    "transcribe": (600, 660),
    "evaluate": (75, 90),
    "score": (20, 30),
    "feedback": (75, 90),
}
CELERY_TASK_ANNOTATIONS: dict[str, dict[str, Any]] = {
    f"pipeline.tasks.{task}": dict(
        zip(("soft_time_limit", "time_limit"), STAGE_LIMITS[stage], strict=True)
    )
    for task, stage in {
        "transcribe_answer": "transcribe",
        "evaluate_answer": "evaluate",
        "score_session": "score",
        "write_feedback": "feedback",
    }.items()
}
CELERY_TASK_ANNOTATIONS[
    "pipeline.tasks.write_questions"
] = {  # above the longest LLM_TIMEOUT_SECONDS
    "soft_time_limit": 75,
    "time_limit": 90,
}
CELERY_TASK_ANNOTATIONS["*"] = {"Strategy": "interview_platform.broker_messages:take_carefully"}
LEASE_SECONDS = env_float("LEASE_SECONDS", default=60.0, minimum=1)
HEARTBEAT_SECONDS = env_float("HEARTBEAT_SECONDS", default=15.0, minimum=0.1)
RECONCILE_SECONDS = env_float("RECONCILE_SECONDS", default=5.0, minimum=0.1)
REPUBLISH_SECONDS = env_float("REPUBLISH_SECONDS", default=30.0, minimum=0.1)
REPUBLISH_MAX_SECONDS = env_float("REPUBLISH_MAX_SECONDS", default=300.0, minimum=0.1)
RETRY_BASE_SECONDS = env_float("RETRY_BASE_SECONDS", default=5.0, minimum=0.0)
RETRY_MAX_SECONDS = env_float("RETRY_MAX_SECONDS", default=300.0, minimum=0.0)
MAX_STAGE_ATTEMPTS = env_int("MAX_STAGE_ATTEMPTS", default=5, minimum=1)
MAX_STAGE_LOSSES = env_int("MAX_STAGE_LOSSES", default=3, minimum=1)
WAIT_MAX_SECONDS = 30  # the most that `Prefer: wait=N` gets
WAIT_MAX_REQUESTS = env_int("WAIT_MAX_REQUESTS", default=5000)  # at once, of one API process
WAIT_MAX_REQUESTS_PER_USER = 50
GENERATE_WAIT_SECONDS = 20

# --- Speech -------------------------------------------------------------------------------------------------------
WHISPER_MODEL = env_text("WHISPER_MODEL", default="base")  # packaged name, directory, or Hub name
WHISPER_DEVICE = env_choice("WHISPER_DEVICE", choices=("auto", "cpu", "cuda"), default="auto")
WHISPER_COMPUTE_TYPE = env_text("WHISPER_COMPUTE_TYPE", default="auto")
WHISPER_BEAM_SIZE = env_int("WHISPER_BEAM_SIZE", default=5, minimum=1)

# --- Judging ------------------------------------------------------------------------------------------------------
SCORE_WEIGHTS: dict[Any, float] = env_numbers(
    "SCORE_WEIGHTS",
    default={"relevance": 0.35, "grammar": 0.20, "fluency": 0.25, "keywords": 0.20},
)

# --- Language models (optional; none without a key) -----------------------------------------------------------------
LLM_PROVIDER = env_choice("LLM_PROVIDER", choices=("none", "openai", "google"), default="none")
LLM_API_KEY = env_text("LLM_API_KEY") or env_text("OPENAI_API_KEY")
LLM_BASE_URL = env_text("LLM_BASE_URL")
LLM_MODEL = env_text("LLM_MODEL")
LLM_FORMAT = env_choice("LLM_FORMAT", choices=("json_schema", "json_object"), default="json_schema")
LLM_TIMEOUT_SECONDS = env_float("LLM_TIMEOUT_SECONDS", default=30.0, minimum=0.1)
LLM_USER_DAILY_TOKENS = env_int("LLM_USER_DAILY_TOKENS", default=200_000)
LLM_DAILY_TOKENS = env_int("LLM_DAILY_TOKENS", default=5_000_000)  # of everybody together
LLM_PRICES: dict[str, float] = env_numbers(
    "LLM_PRICES", default={"prompt": 0.0, "completion": 0.0}
)  # US dollars for a million tokens; 0: as listed

# --- REST ---------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.http.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.http.HasVerifiedAddress",
    ],
    "DEFAULT_RENDERER_CLASSES": ["interview_platform.http.envelope.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": ["interview_platform.http.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "interview_platform.http.openapi.EnvelopeSchema",
    "DEFAULT_THROTTLE_CLASSES": ["interview_platform.http.throttles.UserThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "login": env_rate("THROTTLE_LOGIN", default="10/15m"),
        "login_address": env_rate("THROTTLE_LOGIN_ADDRESS", default="100/15m"),
        "login_account": env_rate("THROTTLE_LOGIN_ACCOUNT", default="100/15m"),
        "mail": env_rate("THROTTLE_MAIL", default="20/h"),
        "mail_to": "5/hour",  # to one address, whoever asks
        "register": env_rate("THROTTLE_REGISTER", default="60/h"),
        "user": env_rate("THROTTLE_USER", default="1200/m"),
        "upload": env_rate("THROTTLE_UPLOAD", default="240/h"),
        "comment": "20/hour",  # of visitors of a shared report, by address
    },
    "EXCEPTION_HANDLER": "interview_platform.http.errors.handle_exception",
    "NUM_PROXIES": env_int("NUM_PROXIES", default=0),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of our own (srt, vtt, …)
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(
        minutes=env_int("ACCESS_TOKEN_MINUTES", default=30, minimum=1)
    ),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env_int("REFRESH_TOKEN_DAYS", default=14, minimum=1)),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "AUDIENCE": "interview-platform",
    "ISSUER": "interview-platform",
    "USER_ID_FIELD": "uuid",
    "USER_ID_CLAIM": "sub",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Interview Platform",
    "VERSION": "0.1.0",
    "DESCRIPTION": "Practise job interviews: spoken answers in, transcripts, scores and feedback out.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {  # sets of words that several answers use
        "SessionStatusEnum": "sessions.models.InterviewSession.Status",
        "WorkStatusEnum": "pipeline.api.serializers.STATUSES",
        "SettledStatusEnum": "pipeline.api.serializers.SETTLED",
        "UnderWayStatusEnum": "pipeline.api.serializers.UNDER_WAY",
        "StageEnum": "pipeline.progress.estimates.STAGES",
        "ReachedStageEnum": "pipeline.api.serializers.REACHED",
        "MetricEnum": "pipeline.domain.values.METRICS",
        "CategoryEnum": "sessions.models.Category",
    },
}

# --- Rate limits (interview_platform/http/throttles.py) -------------------------------------------
# Django's cache is not used: in Redis it keeps pickles, so whoever writes there could run code
CACHE_URL = env_url("CACHE_URL", default=EVENTS_URL, schemes=REDIS_SCHEMES)

# --- Mail: links to set a new password and to verify an address ------------------------------------------------------
EMAIL_URL = env_url(
    "EMAIL_URL", default="", schemes=("smtp", "smtps", "file", "console"), has_host=False
)
_mail = mail_from_url(EMAIL_URL)
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_tls, _mail.use_ssl
EMAIL_FILE_PATH = _mail.folder
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_sender("EMAIL_FROM", default="Interview Platform <noreply@localhost>")
PUBLIC_URL = env_url(
    "PUBLIC_URL",
    default=f"http://127.0.0.1:{env_int('PORT', default=8000)}",
    schemes=("https", "http"),
).rstrip("/")
REQUIRE_VERIFIED_EMAIL = env_bool("REQUIRE_VERIFIED_EMAIL", default=False)
VERIFY_NEW_ADDRESSES = REQUIRE_VERIFIED_EMAIL or bool(EMAIL_URL)  # else the log would tell them

# --- Security (what `check --deploy` asks for is on when TLS is) ----------------------------------------------------
HTTPS = env_bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # probes come from inside, without TLS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env_origins("CSRF_TRUSTED_ORIGINS", wildcards=True)
CORS_ALLOWED_ORIGINS = env_origins("CORS_ALLOWED_ORIGINS")  # for clients with a bearer token
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CORS_ALLOW_HEADERS = (
    *("authorization", "content-type", "idempotency-key", "if-none-match"),
    *("prefer", "range", "x-request-id"),
)
CORS_EXPOSE_HEADERS = (
    *("Content-Disposition", "Content-Range", "ETag", "Location", "Preference-Applied"),
    *("Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID"),
)
CORS_PREFLIGHT_MAX_AGE = 600  # seconds
ADMIN_PATH = env_text("ADMIN_PATH", default="admin").strip("/")
STAFF_SECOND_FACTOR = env_choice(
    "STAFF_SECOND_FACTOR", choices=("optional", "required", "off"), default="optional"
)
OTP_TOTP_ISSUER = "Interview Platform"
METRICS_TOKEN = env_text("METRICS_TOKEN")  # "" = whoever reaches the API may read /metrics
if env_bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logging ------------------------------------------------------------------------------------------------------
LOG_LEVEL = env_choice("LOG_LEVEL", choices=("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "interview_platform.http.request_id.RequestIdFilter"},
        "redaction": {"()": "interview_platform.http.log_redaction.RedactionFilter"},
        "without_traceback": {"()": "interview_platform.log_lines.WithoutTraceback"},
    },
    "formatters": {
        "line": {
            "class": "interview_platform.log_lines.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id", "redaction"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"filters": ["without_traceback"]},
        "faster_whisper": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}

os.environ.setdefault("KMP_BLOCKTIME", "0")  # OpenMP must not spin between CTranslate2's calls
