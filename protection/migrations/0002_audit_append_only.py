"""The audit trail can only grow.

An event is inserted once; its place in the chain is written once; nothing else changes,
and nothing is removed. Whoever owns the database can drop a trigger: the chain and the
head noted elsewhere show it (`manage.py verify_audit`).
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION protection_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.digest IS NOT NULL
       AND (NEW.id, NEW.at, NEW.actor, NEW.action, NEW.target_kind, NEW.target,
            NEW.details)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.at, OLD.actor, OLD.action, OLD.target_kind, OLD.target,
            OLD.details)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = '42501';
END $$;

CREATE FUNCTION protection_audit_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position IS NOT NULL OR NEW.digest IS NOT NULL THEN
        RAISE EXCEPTION 'An audit event is sealed after it is written, in order.'
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER protection_audit_no_change
    BEFORE UPDATE OR DELETE ON protection_auditevent
    FOR EACH ROW EXECUTE FUNCTION protection_audit_guard();
CREATE TRIGGER protection_audit_no_truncate
    BEFORE TRUNCATE ON protection_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION protection_audit_guard();
CREATE TRIGGER protection_audit_starts_unsealed
    BEFORE INSERT ON protection_auditevent
    FOR EACH ROW EXECUTE FUNCTION protection_audit_unsealed();
"""

UNGUARD = """
DROP TRIGGER protection_audit_starts_unsealed ON protection_auditevent;
DROP TRIGGER protection_audit_no_truncate ON protection_auditevent;
DROP TRIGGER protection_audit_no_change ON protection_auditevent;
DROP FUNCTION protection_audit_unsealed();
DROP FUNCTION protection_audit_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("protection", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
