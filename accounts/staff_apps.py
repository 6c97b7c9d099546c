"""The admin, with our own door in place of the theme's."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin app; the site is made when it is first needed."""

    default_site = "accounts.staff_site.StaffSite"
