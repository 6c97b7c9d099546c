"""Pages of the staff that are no list of rows; below the admin's own path, and as closed as it is."""

from django.contrib import admin
from django.urls import path

from analytics import views_staff

view = admin.site.admin_view

urlpatterns = [
    path("overview", view(views_staff.overview), name="staff-overview"),
    path("agreement", view(views_staff.agreement), name="staff-agreement"),
    path("agreement.csv", view(views_staff.agreement_csv), name="staff-agreement-csv"),
    path(
        "agreement/<str:metric>.svg", view(views_staff.agreement_plot), name="staff-agreement-plot"
    ),
]
