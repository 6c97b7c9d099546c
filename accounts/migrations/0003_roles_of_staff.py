from django.db import migrations

from accounts.roles import ADMIN
from accounts.roles import EVERY_RIGHT
from accounts.roles import OPERATOR
from accounts.roles import REVIEWER
from accounts.roles import VIEW
from accounts.roles import grant

TABLES = (
    "accounts.user",
    "accounts.exportjob",
    "interview_sessions.interviewsession",
    "interview_sessions.question",
    "interview_sessions.sessionshare",
    "interview_sessions.sharecomment",
    "media.audioanswer",
    "pipeline.pipelinerun",
    "pipeline.stagerun",
    "pipeline.transcriptrecord",
    "pipeline.evaluationrecord",
    "pipeline.sessionscore",
    "pipeline.sessionfeedback",
    "pipeline.sessionnarrative",
    "pipeline.workerheartbeat",
    "pipeline.lease",
    "pipeline.languagemodelcall",
    "pipeline.dailytokens",
    "pipeline.questionjob",
    "analytics.staffscore",
    "admin.logentry",
)


def make_roles(apps, schema_editor):
    for role in (REVIEWER, OPERATOR):
        grant(apps, role, dict.fromkeys(TABLES, VIEW))
    grant(apps, REVIEWER, {"analytics.staffscore": ("add", "change")})
    grant(apps, OPERATOR, {"pipeline.pipelinerun": ("change",)})
    grant(apps, ADMIN, dict.fromkeys((*TABLES, "auth.group"), EVERY_RIGHT))


class Migration(migrations.Migration):
    """Three roles for staff. Run twice, it changes nothing; taken back, it leaves the groups, as people may be in them."""

    dependencies = [
        ("accounts", "0002_export_jobs"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
