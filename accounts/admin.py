"""The staff's window on people."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts import services, tokens
from accounts.models import User


class NewUserForm(BaseUserCreationForm):  # type: ignore[type-arg] # generic for the type checker only
    """A new person, by address instead of a user name."""

    class Meta:
        model = User
        fields = ("email", "full_name")


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg] # generic for the type checker only
    """Looks people up, closes accounts, resets passwords; each of the latter ends their sessions."""

    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "full_name", "is_active", "is_staff", "created_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "full_name")
    readonly_fields = ("uuid", "token_version", "created_at", "last_login")
    fieldsets = (
        (None, {"fields": ("uuid", "email", "password")}),
        ("Profile", {"fields": ("full_name", "target_role", "experience_years", "skills")}),
        ("Place", {"fields": ("timezone", "language")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("History", {"fields": ("created_at", "last_login", "token_version")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "full_name", "password1", "password2")}),)
    filter_horizontal = ("groups",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Keep the address in lower case."""
        obj.email = obj.email.lower()
        super().save_model(request, obj, form, change)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's signature
        form_url: str = "",
    ) -> HttpResponse:
        """End every session of the person whose password was changed."""
        response = super().user_change_password(request, id, form_url)
        person = self.get_object(request, id)
        if response.status_code == 302 and person is not None:  # noqa: PLR2004 - "it was done"
            tokens.revoke_everything(person)
        return response

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Remove the files with the rows."""
        services.close_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """Remove the files with the rows."""
        for person in queryset:
            services.close_account(person)
