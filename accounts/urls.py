"""Paths below /api/v1/users/."""

from django.urls import path

from accounts import views, views_browser, views_mail

urlpatterns = [
    path("register", views.Register.as_view()),
    path("login", views.Login.as_view()),
    path("token/refresh", views.RefreshTokens.as_view()),
    path("logout", views.Logout.as_view()),
    path("browser/register", views_browser.BrowserRegister.as_view()),
    path("browser/login", views_browser.BrowserLogin.as_view()),
    path("browser/refresh", views_browser.BrowserRefresh.as_view()),
    path("browser/logout", views_browser.BrowserLogout.as_view()),
    path("password/reset", views_mail.ResetPassword.as_view()),
    path("password/reset/confirm", views_mail.ConfirmReset.as_view()),
    path("email/verification", views_mail.SendVerification.as_view()),
    path("email/verify", views_mail.VerifyEmail.as_view()),
    path("me", views.Me.as_view()),
    path("<uuid:user_uuid>", views.Account.as_view()),
    path("<uuid:user_uuid>/skills", views.Skills.as_view()),
]
