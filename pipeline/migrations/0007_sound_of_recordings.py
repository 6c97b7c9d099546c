from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0006_wanted_evaluations")]

    operations = [
        migrations.AddField(
            model_name="transcriptrecord",
            name="sound",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
