"""
One-time codes of staff (TOTP, RFC 6238): set up, asked for after the password, taken away.

`STAFF_SECOND_FACTOR`: `optional` asks whoever has set one up; `required` lets nobody in who has not; `off` asks nobody.
"""

import base64
import io
from typing import Any, Final

import qrcode
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django_otp import login as remember_device
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from accounts.models import User
from interview_platform.errors import Refused

OFF: Final = "off"
REQUIRED: Final = "required"
NAME: Final = "authenticator"


class WrongCode(Refused):
    """Not the code of now, one that was used, or too soon after a wrong one."""

    status = 422
    code = "wrong_code"
    message = "This is not the code of now. After a wrong one, wait a little before the next."


def may_enter(request: HttpRequest) -> bool:
    """Tell whether what this session showed is enough for the staff's pages."""
    if settings.STAFF_SECOND_FACTOR == OFF or is_verified(request):
        return True
    return settings.STAFF_SECOND_FACTOR != REQUIRED and find_device(request.user) is None


def is_verified(request: HttpRequest) -> bool:
    """Tell whether this session showed a code."""
    return getattr(request.user, "otp_device", None) is not None


def find_device(user: Any) -> TOTPDevice | None:
    """Return what the person's codes come from; None where none is set up."""
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first()


def begin(user: Any) -> TOTPDevice:
    """Return the secret that is being set up; it is worth nothing until a code of it was shown."""
    device, _ = TOTPDevice.objects.get_or_create(
        user_id=user.pk, confirmed=False, defaults={"name": NAME}
    )
    return device


def show_code(request: HttpRequest, code: str) -> None:
    """Let this session in by a code, which sets up what was begun; raise `WrongCode`. Each code is good once."""
    device = _take(request.user, code)
    if device is None:  # raised out here, or the count of wrong ones would be rolled back
        raise WrongCode
    remember_device(request, device)


def forget(user_id: Any) -> bool:
    """Take the person's second factor away; tell whether there was one."""
    return bool(TOTPDevice.objects.filter(user_id=user_id).delete()[0])


def secret_of(device: TOTPDevice) -> str:
    """Return the secret for typing."""
    text = base64.b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def picture_of(device: TOTPDevice) -> str:
    """Return the secret for a camera, as the address of a picture."""
    image = io.BytesIO()
    qrcode.make(device.config_url, image_factory=SvgPathImage).save(image)
    return f"data:image/svg+xml;base64,{base64.b64encode(image.getvalue()).decode()}"


@transaction.atomic
def _take(user: Any, code: str) -> TOTPDevice | None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one use of a code after the other
    device = find_device(user) or begin(user)
    if not device.verify_token(code):
        return None
    if not device.confirmed:
        device.confirmed = True
        device.save(update_fields=["confirmed"])
    return device
