"""The door of the staff's pages: guesses are counted, and a second factor is asked of who has one or must have one."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from accounts import second_factor
from accounts.throttles import GuessCounter
from interview_platform.errors import Refused
from interview_platform.http.throttles import client_network

NEXT: Final = REDIRECT_FIELD_NAME


class StaffSite(UnfoldAdminSite):
    """The theme's site with our door."""

    def extra_urls(self) -> list[URLPattern]:
        """Add the page of the second factor."""
        return [path("second-factor/", self.codes, name="second_factor")]

    def has_permission(self, request: HttpRequest) -> bool:
        """Let staff in whose session showed enough."""
        return super().has_permission(request) and second_factor.may_enter(request)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Ask for the password, and send on whoever still has to show a code."""
        is_half_in = self._has_first_factor(request) and not second_factor.may_enter(request)
        if request.method == "GET" and is_half_in:
            place = f"{reverse('admin:second_factor')}?{urlencode({NEXT: _next(request)})}"
            return HttpResponseRedirect(place)
        if request.method != "POST":
            return super().login(request, extra_context)
        guesses = GuessCounter(client_network(request), email=request.POST.get("username", ""))
        try:
            guesses.count()
        except Refused as refusal:
            return self._refuse(request, refusal)
        response = super().login(request, extra_context)
        if request.user.is_authenticated:
            guesses.forget()
        return response

    @method_decorator(never_cache)
    def codes(self, request: HttpRequest) -> HttpResponse:
        """Ask for a code, or show how to set codes up."""
        if not self._has_first_factor(request) or settings.STAFF_SECOND_FACTOR == second_factor.OFF:
            return HttpResponseRedirect(reverse("admin:login"))
        if request.method != "POST":
            return self._show_second_factor(request)
        if "forget" in request.POST:
            if second_factor.is_verified(request):
                second_factor.forget(request.user.pk)
            return HttpResponseRedirect(reverse("admin:login"))
        guesses = GuessCounter(client_network(request), email=f"code of {request.user.pk}")
        try:
            guesses.count()
            second_factor.show_code(request, request.POST.get("code", "").replace(" ", ""))
        except second_factor.WrongCode as refusal:
            return self._show_second_factor(request, refusal)
        except Refused as refusal:
            return self._refuse(request, refusal)
        guesses.forget()
        return HttpResponseRedirect(_next(request))

    def _show_second_factor(
        self, request: HttpRequest, refusal: Refused | None = None
    ) -> TemplateResponse:
        context: dict[str, Any] = {"is_set_up": True, "is_verified": self.has_permission(request)}
        if second_factor.find_device(request.user) is None:
            device = second_factor.begin(request.user)
            context = {
                "is_set_up": False,
                "secret": second_factor.secret_of(device),
                "picture": second_factor.picture_of(device),
            }
        context |= {"next": _next(request), "refusal": refusal, "title": "One-time codes"}
        return self._page(request, "second_factor", context, status=422 if refusal else 200)

    def _refuse(self, request: HttpRequest, refusal: Refused) -> TemplateResponse:
        response = self._page(request, "refused", {"refusal": refusal}, status=refusal.status)
        for name, value in refusal.headers.items():
            response.headers[name] = value
        return response

    def _page(
        self, request: HttpRequest, name: str, context: Mapping[str, Any], *, status: int
    ) -> TemplateResponse:
        whole = {**self.each_context(request), **context}
        return TemplateResponse(request, f"accounts/staff/{name}.html", whole, status=status)

    def _has_first_factor(self, request: HttpRequest) -> bool:
        return super().has_permission(request)


def _next(request: HttpRequest) -> str:
    """Return where the visitor wanted to go, if that is one of our pages."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("admin:index")
