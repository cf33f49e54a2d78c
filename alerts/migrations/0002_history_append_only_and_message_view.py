"""Two promises of the database, and one view.

The story of an alert and the provider's receipts can only grow. The view shows texts in
and out as one list for the API; each half keeps its own index.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION alerts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'This history is append-only.' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER alerts_alertevent_append_only
    BEFORE UPDATE OR DELETE ON alerts_alertevent
    FOR EACH ROW EXECUTE FUNCTION alerts_append_only();
CREATE TRIGGER alerts_deliveryreceipt_append_only
    BEFORE UPDATE OR DELETE ON alerts_deliveryreceipt
    FOR EACH ROW EXECUTE FUNCTION alerts_append_only();
"""

UNGUARD = """
DROP TRIGGER alerts_deliveryreceipt_append_only ON alerts_deliveryreceipt;
DROP TRIGGER alerts_alertevent_append_only ON alerts_alertevent;
DROP FUNCTION alerts_append_only();
"""

VIEW = """
CREATE VIEW alerts_messagerecord AS
SELECT id, 'inbound' AS direction, channel, meaning AS purpose,
       NULL::smallint AS priority, state AS status, provider_sid, received_at,
       processed_at, NULL::integer AS error_code, 0::smallint AS attempt_count, alert_id
  FROM alerts_inboundmessage
UNION ALL
SELECT id, 'outbound', channel, purpose, priority, status, provider_sid, created_at,
       NULL::timestamptz, error_code, attempt_count, alert_id
  FROM alerts_outboundmessage
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(VIEW, "DROP VIEW alerts_messagerecord"),
    ]
