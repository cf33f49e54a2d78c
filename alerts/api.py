"""Alerts and messages for partner systems (CONTRACT section 4): read only as yet.

Serializers name their fields. Numbers and texts are shown only to a token that may read
people, and every such read is audited.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.filters import OrderingFilter
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.choices import AlertKind, AlertStatus, AttemptOutcome, Severity
from alerts.models import (
    Alert,
    DeliveryReceipt,
    Escalation,
    InboundMessage,
    MessageRecord,
    OutboundAttempt,
    OutboundMessage,
)
from protection.choices import Scope
from protection.models import ApiToken
from protection.serializers import RowSerializer, UtcDateTimeField
from protection.services import audit


class Page(CursorPagination):
    """50 a page, at most 200; cursors stay true while new rows arrive."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> Any:
        """A cursor that was made up is an address where nothing is."""
        try:
            return super().paginate_queryset(*args, **kwargs)
        except (ValidationError, ValueError):
            raise NotFound() from None


class AlertPage(Page):
    ordering = "-raised_at"


class MessagePage(Page):
    ordering = "-received_at"


# --- Alerts ------------------------------------------------------------------------
class EscalationSerializer(RowSerializer[Escalation]):
    class Meta:
        model = Escalation
        fields = ["status", "policy", "step", "round", "next_due_at"]


class AlertSerializer(RowSerializer[Alert]):
    person: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    candidates: Any = serializers.SlugRelatedField(
        slug_field="code",
        many=True,
        read_only=True,
        help_text="Whom it may be about, where several people share the number.",
    )
    escalation = serializers.SerializerMethodField()

    class Meta:
        model = Alert
        fields = [
            "id",
            "person",
            "candidates",
            "received_at",
            "raised_at",
            "source",
            "kind",
            "severity",
            "status",
            "acknowledged_at",
            "acknowledged_by",
            "taken_charge_at",
            "taken_charge_by",
            "escalation",
        ]

    @extend_schema_field(EscalationSerializer(allow_null=True))
    def get_escalation(self, alert: Alert) -> dict[str, Any] | None:
        latest = next(iter(alert.escalations.all()), None)
        return dict(EscalationSerializer(latest).data) if latest else None


class AlertFilter(filters.FilterSet):
    person = filters.CharFilter(field_name="person__code")
    status = filters.MultipleChoiceFilter(choices=AlertStatus.choices)
    kind = filters.MultipleChoiceFilter(choices=AlertKind.choices)
    severity = filters.MultipleChoiceFilter(choices=Severity.choices)
    raised_after = filters.IsoDateTimeFilter(field_name="raised_at", lookup_expr="gte")
    raised_before = filters.IsoDateTimeFilter(field_name="raised_at", lookup_expr="lt")

    class Meta:
        model = Alert
        fields = ["person", "status", "kind", "severity"]


class AlertViewSet(viewsets.ReadOnlyModelViewSet[Alert]):
    """Alerts, newest first."""

    scope_to_read = Scope.ALERTS_READ
    serializer_class = AlertSerializer
    pagination_class = AlertPage
    filter_backends = [filters.DjangoFilterBackend, OrderingFilter]
    filterset_class = AlertFilter
    ordering_fields = ["raised_at"]
    queryset = Alert.objects.select_related("person").prefetch_related(
        "candidates",
        Prefetch("escalations", Escalation.objects.order_by("-started_at")),
    )


# --- Messages ----------------------------------------------------------------------
class MessageSerializer(RowSerializer[MessageRecord]):
    alert = serializers.UUIDField(source="alert_id", allow_null=True, read_only=True)
    times = serializers.SerializerMethodField(
        help_text="When each status was first known, by status."
    )
    number = serializers.SerializerMethodField(help_text="With people:read only.")
    text = serializers.SerializerMethodField(help_text="With people:read only.")

    class Meta:
        model = MessageRecord
        fields = [
            "id",
            "direction",
            "channel",
            "purpose",
            "priority",
            "status",
            "provider_sid",
            "received_at",
            "times",
            "error_code",
            "attempt_count",
            "alert",
            "number",
            "text",
        ]

    @extend_schema_field(serializers.DictField(child=UtcDateTimeField()))
    def get_times(self, record: MessageRecord) -> dict[str, Any]:
        if record.direction == "inbound":
            own = {"received": record.received_at, "processed": record.processed_at}
        else:
            own = {"pending": record.received_at}
        times = own | self.context["times"].get(record.id, {})
        show = UtcDateTimeField().to_representation
        return {status: show(at) for status, at in times.items() if at}

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_number(self, record: MessageRecord) -> str | None:
        private = self.context["private"].get(record.id)
        return private[0] if private else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_text(self, record: MessageRecord) -> str | None:
        private = self.context["private"].get(record.id)
        return private[1] if private else None


class MessageFilter(filters.FilterSet):
    direction = filters.ChoiceFilter(
        choices=[("inbound", "inbound"), ("outbound", "outbound")]
    )
    status = filters.CharFilter()
    alert = filters.UUIDFilter(field_name="alert_id")

    class Meta:
        model = MessageRecord
        fields = ["direction", "status", "alert"]


class MessageViewSet(viewsets.ReadOnlyModelViewSet[MessageRecord]):
    """Texts in and out, newest first: when, how and with what result."""

    scope_to_read = Scope.MESSAGES_READ
    serializer_class = MessageSerializer
    pagination_class = MessagePage
    filter_backends = [filters.DjangoFilterBackend, OrderingFilter]
    filterset_class = MessageFilter
    ordering_fields = ["received_at"]
    queryset = MessageRecord.objects.all()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._shown(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._shown([self.get_object()])[0])

    def _shown(self, records: Sequence[MessageRecord]) -> Sequence[dict[str, Any]]:
        context = {"times": _times(records), "private": self._private(records)}
        return list(MessageSerializer(records, many=True, context=context).data)

    def _private(self, records: Sequence[MessageRecord]) -> dict[UUID, tuple[str, str]]:
        """Numbers and texts, if this token may read people; audited if so."""
        token = self.request.auth
        if not isinstance(token, ApiToken) or Scope.PEOPLE_READ not in token.scopes:
            return {}
        ids = [record.id for record in records]
        private = {
            row.pk: (row.sender, row.text)
            for row in InboundMessage.objects.filter(pk__in=ids)
        } | {
            row.pk: (row.method.value, row.text)
            for row in OutboundMessage.objects.filter(pk__in=ids).select_related(
                "method"
            )
        }
        audit.record(
            "messages.read",
            token,
            by=f"token:{token.pk}",
            now=timezone.now(),
            messages=[str(id) for id in ids],
        )
        return private


def _times(records: Sequence[MessageRecord]) -> dict[UUID, dict[str, Any]]:
    """When each status was first known, for a whole page in two queries."""
    times: dict[UUID, dict[str, Any]] = defaultdict(dict)
    ids = [record.id for record in records]
    for attempt in OutboundAttempt.objects.filter(message__in=ids).order_by("number"):
        own = times[attempt.message_id]
        own.setdefault("submitting", attempt.claimed_at)
        if attempt.outcome == AttemptOutcome.ACCEPTED and attempt.finished_at:
            own.setdefault("accepted", attempt.finished_at)
    for receipt in DeliveryReceipt.objects.filter(
        attempt__message__in=ids
    ).select_related("attempt"):
        times[receipt.attempt.message_id].setdefault(receipt.status, receipt.at)
    return times
