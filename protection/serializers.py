"""What serializers of every app share."""

from datetime import UTC
from typing import Any, TypeVar

from django.db import models
from rest_framework import serializers

Row = TypeVar("Row", bound=models.Model)


class UtcDateTimeField(serializers.DateTimeField):
    """Times leave in UTC (CONTRACT section 4), whatever the office's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class RowSerializer(serializers.ModelSerializer[Row]):
    """A serializer names its fields; its times are UTC."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: UtcDateTimeField,
    }
