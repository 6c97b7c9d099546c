from typing import Any

from django.contrib import admin

class ModelAdmin(admin.ModelAdmin[Any]):
    list_filter_submit: bool
    list_fullwidth: bool
    compressed_fields: bool
    warn_unsaved_form: bool
    change_form_show_cancel_button: bool
    list_before_template: str | None
    list_after_template: str | None
    change_form_before_template: str | None
    change_form_after_template: str | None

class TabularInline(admin.TabularInline[Any, Any]):
    tab: bool
    hide_title: bool

class StackedInline(admin.StackedInline[Any, Any]):
    tab: bool
    hide_title: bool
