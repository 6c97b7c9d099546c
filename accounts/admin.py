"""The staff's window on people, their roles and archives, and on what staff have done."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django_otp.plugins.otp_totp import admin as _codes  # noqa: F401 - it puts secrets on show
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_simplejwt.token_blacklist import admin as _  # noqa: F401 - it puts tokens on show
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts import services, tokens
from accounts.models import ExportJob, User

admin.site.unregister(Group)
admin.site.unregister((OutstandingToken, BlacklistedToken))  # secrets of people: not for staff
admin.site.unregister(TOTPDevice)  # of staff; `manage.py forget_second_factor` takes one away


class ReadOnly(ModelAdmin):
    """Rows that the platform writes: staff look."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes one by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody removes one by hand."""
        return False


class NewUserForm(UserCreationForm):
    """A new person, by address instead of a user name."""

    usable_password = None

    class Meta:
        model = User
        fields = ("email", "full_name")


@admin.register(User)
class PersonAdmin(UserAdmin, ModelAdmin):  # type: ignore[type-arg] # generic for the type checker only
    """Looks people up, closes accounts, resets passwords; each of the latter ends their sessions."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("email",)
    list_display = ("email", "full_name", "is_active", "is_staff", "roles", "created_at")
    list_filter = ("is_active", "is_staff", "groups")
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
    filter_horizontal = ()  # its two lists do not fit beside the menu

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        """Read the roles of a page's people at once."""
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Roles")
    def roles(self, person: User) -> str:
        """Return what the person is among the staff."""
        if person.is_superuser:
            return "superuser"
        return ", ".join(sorted(group.name for group in person.groups.all()))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Let a superuser alone make another one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Keep superusers, their passwords too, out of the reach of those who are none."""
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Keep superusers out of the reach of those who are none."""
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Keep the address in lower case; another one is not verified, and who is shut out stays so with old tokens."""
        obj.email = obj.email.lower()
        if "email" in form.changed_data:
            obj.email_verified_at = None
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            tokens.revoke_everything(obj)

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
        """Remove the files with the rows; a superuser stays where somebody else chose them."""
        chosen = queryset if request.user.is_superuser else queryset.filter(is_superuser=False)
        for person in chosen:
            services.close_account(person)

    def _may_touch(self, request: HttpRequest, person: Model | None) -> bool:
        is_above = isinstance(person, User) and person.is_superuser
        return bool(request.user.is_superuser) or not is_above


@admin.register(Group)
class RoleAdmin(GroupAdmin, ModelAdmin):
    """The roles, and what each of them may."""

    filter_horizontal = ()

    def formfield_for_manytomany(self, *arguments: Any, **options: Any) -> Any:
        """Show many rights at once: there are hundreds."""
        field = super().formfield_for_manytomany(*arguments, **options)
        if field is not None:
            field.widget.attrs["size"] = 24
        return field


@admin.register(ExportJob)
class ExportAdmin(ReadOnly):
    """Archives that people asked for; what is in one is theirs, and is not opened here."""

    list_display = ("owner", "state", "tries", "size_bytes", "created_at", "finished_at")
    list_filter = ("state", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=uuid", "owner__email")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    fields = (
        "uuid",
        "owner",
        "state",
        "tries",
        "size_bytes",
        "created_at",
        "finished_at",
        "lease_until",
    )


@admin.register(LogEntry)
class AuditLogAdmin(ReadOnly):
    """What staff did, when, to what."""

    list_display = ("action_time", "user", "action_flag", "content_type", "object_repr", "what")
    list_filter = ("action_flag", "action_time", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("=object_id", "object_repr", "user__email")
    date_hierarchy = "action_time"
    ordering = ("-action_time",)
    fields = ("action_time", "user", "action_flag", "content_type", "object_id", "object_repr")
    show_full_result_count = False

    @admin.display(description="What was done")
    def what(self, entry: LogEntry) -> str:
        """Return it in words."""
        return entry.get_change_message()
