from django.contrib.admin import AdminSite
from django.urls import URLPattern

class UnfoldAdminSite(AdminSite):
    def extra_urls(self) -> list[URLPattern]: ...
