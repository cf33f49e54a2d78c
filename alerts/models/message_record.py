from django.db import models


class MessageRecord(models.Model):
    """Texts in and out as one list: a database view for the API, read only."""

    id = models.UUIDField(primary_key=True)
    direction = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    purpose = models.CharField(max_length=20)
    priority = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=20)
    provider_sid = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    error_code = models.PositiveIntegerField(null=True)
    attempt_count = models.PositiveSmallIntegerField()
    alert_id = models.UUIDField(null=True)

    class Meta:
        managed = False
        db_table = "alerts_messagerecord"
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return f"{self.direction} {self.id}"
