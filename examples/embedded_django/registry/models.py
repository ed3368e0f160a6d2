"""The incoming book."""

from django.db import models


class Incoming(models.Model):
    """A letter that was taken."""

    message_id = models.CharField(max_length=200, primary_key=True)
    subject = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        """In the order in which they came."""

        ordering = ("received_at",)

    def __str__(self) -> str:
        return self.subject
