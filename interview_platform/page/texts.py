"""The page's texts in the visitor's language: Django's catalogue of `djangojs`, as the page's script reads it."""

from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JSONCatalog

DOMAIN: Final = "djangojs"
Catalogue = dict[str, str | list[str]]


def language_of(request: HttpRequest) -> str:
    """Return the language that the visitor chose on the page, else the first of his browser's that we have."""
    return get_language_from_request(request)


@cache
def catalogue_of(language: str) -> Catalogue:
    """Return the translation of each English text; empty for English. A text with a plural has its forms in a list."""
    view = JSONCatalog()
    view.translation = DjangoTranslation(
        language, domain=DOMAIN, localedirs=[str(path) for path in settings.LOCALE_PATHS]
    )
    found: Catalogue = view.get_catalog()
    return found
