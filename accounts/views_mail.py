"""Forgotten passwords and e-mail addresses over HTTP. No answer tells whether an address is somebody's."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services_mail
from accounts.http import AuthenticatedRequest
from accounts.serializers import ConfirmResetIn, ResetIn, VerifiedOut, VerifyIn
from accounts.throttles import count_email
from accounts.views import EXAMPLE_EMAIL, PublicView
from interview_platform.http.envelope import answer

TAGS = ["Users: by mail"]
EXAMPLE_TOKEN = "WyI4NmY4YmI4MyIsIjRmIl0:1vNZkS:Qm9"  # noqa: S105 - of nobody


class ResetPassword(PublicView):
    """Sends a link to set a new password."""

    @extend_schema(
        tags=TAGS,
        operation_id="request_password_reset",
        request=ResetIn,
        responses={202: None},
        examples=[OpenApiExample("Forgotten", value={"email": EXAMPLE_EMAIL}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Send a link to the address if somebody has it; the answer is 202 and the same in any case."""
        form = ResetIn(data=request.data)
        form.is_valid(raise_exception=True)
        count_email(request, address=form.validated_data["email"])
        services_mail.ask_for_reset(form.validated_data["email"])
        return answer(None, status=status.HTTP_202_ACCEPTED)


class ConfirmReset(PublicView):
    """Sets a new password."""

    @extend_schema(
        tags=TAGS,
        operation_id="confirm_password_reset",
        request=ConfirmResetIn,
        responses={200: None},
        examples=[
            OpenApiExample(
                "The link's token",
                value={"token": EXAMPLE_TOKEN, "password": "another-horse-10"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Set the password by the token of the link; ends every session, and leaves one to log in."""
        form = ConfirmResetIn(data=request.data)
        form.is_valid(raise_exception=True)
        services_mail.reset_password(**form.validated_data)
        return answer(None)


class SendVerification(APIView):
    """Sends a link to verify the address."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        tags=TAGS, operation_id="request_verification", request=None, responses={202: None}
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Send the link (again) to your own address; one that is verified gets none."""
        count_email(request, address=request.user.email)
        services_mail.ask_for_verification(request.user)
        return answer(None, status=status.HTTP_202_ACCEPTED)


class VerifyEmail(PublicView):
    """Takes a link's word that an address is somebody's."""

    @extend_schema(
        tags=TAGS,
        operation_id="verify_email",
        request=VerifyIn,
        responses={200: VerifiedOut},
        examples=[
            OpenApiExample("The link's token", value={"token": EXAMPLE_TOKEN}, request_only=True)
        ],
    )
    def post(self, request: Request) -> Response:
        """Verify the address by the token of the link; no log-in is needed."""
        form = VerifyIn(data=request.data)
        form.is_valid(raise_exception=True)
        services_mail.verify_address(form.validated_data["token"])
        return answer(VerifiedOut({"email_verified": True}).data)
