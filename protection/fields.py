"""Model fields that keep what must not be read in a stolen database."""

import time
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.text import capfirst

from protection.rules import sealing


def time_ordered_uuid() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): new rows sit together in the index."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | (uuid.uuid4().int & ((1 << 80) - 1))
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=number)


class _Sealed(bytes):
    """Ciphertext as it came from the database, not opened until somebody asks."""


class _SealedAttribute(DeferredAttribute):
    """Opens the value on first use: a list that shows no name decrypts nothing."""

    field: "EncryptedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, _Sealed):
            value = self.field.opened(value, instance)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.Field[Any, Any]):
    """Bytes sealed with the newest of FIELD_ENCRYPTION_KEYS, bound to their row.

    The model needs a primary key that exists before the row is saved (a UUID). Values
    cannot be searched or sorted, nor written by ``QuerySet.update()``.
    """

    descriptor_class = _SealedAttribute

    def get_internal_type(self) -> str:
        return "BinaryField"

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, value: bytes) -> Any:
        return value

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else _Sealed(value)

    def context(self, instance: models.Model) -> str:
        return f"{instance._meta.label_lower}.{self.name}:{instance.pk}"

    def opened(self, value: bytes, instance: models.Model) -> Any:
        return self.from_bytes(
            sealing.unseal(
                bytes(value),
                keys=settings.FIELD_ENCRYPTION_KEYS,
                context=self.context(instance),
            )
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, _Sealed) and add:
            raise FieldError(
                f"{self.name} is bound to the row it was read from: read its value"
                " before saving the object as a new row."
            )
        if value is None or isinstance(value, _Sealed):
            return value
        return _Sealed(
            sealing.seal(
                self.to_bytes(value),
                key=settings.FIELD_ENCRYPTION_KEYS[0],
                context=self.context(model_instance),
            )
        )

    def get_db_prep_value(
        self, value: Any, connection: Any, prepared: Any = False
    ) -> Any:
        if value is not None and not isinstance(value, _Sealed):
            raise FieldError(
                f"{self.name} is encrypted and bound to its row: save the object,"
                " update() cannot write it."
            )
        return None if value is None else connection.Database.Binary(bytes(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: it cannot be searched.")
        return super().get_lookup(lookup_name)


class EncryptedTextField(EncryptedField):
    """Text in an encrypted field."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode("utf-8", "surrogatepass")

    def from_bytes(self, value: bytes) -> str:
        return value.decode("utf-8", "surrogatepass")

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms  # forms are needed by the desk only

        return forms.CharField(
            required=not self.blank,
            label=kwargs.get("label", capfirst(self.verbose_name)),
            help_text=self.help_text,
            max_length=self.max_length,
        )


def number_index(number: str) -> str:
    """The blind index by which a phone number, or a provider's id, is found."""
    return sealing.blind_index(number, key=settings.BLIND_INDEX_KEY, purpose="number")
