import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.roles import ADMIN
from accounts.roles import EVERY_RIGHT
from accounts.roles import OPERATOR
from accounts.roles import REVIEWER
from accounts.roles import VIEW
from accounts.roles import grant

TABLES = ("pipeline.pastevaluation", "pipeline.wantedevaluation")


def let_staff_see_them(apps, schema_editor):
    for role in (REVIEWER, OPERATOR):
        grant(apps, role, dict.fromkeys(TABLES, VIEW))
    grant(apps, ADMIN, dict.fromkeys(TABLES, EVERY_RIGHT))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles_of_staff"),
        ("pipeline", "0005_quotas_of_an_hour"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WantedEvaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="wanted_evaluations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wanted_evaluation",
                        to="pipeline.pipelinerun",
                    ),
                ),
            ],
        ),
        migrations.RunPython(let_staff_see_them, migrations.RunPython.noop),
    ]
