"""The words of the phones page, in Spanish and English."""

from __future__ import annotations

from typing import Final

DEFAULT: Final = "es"

WORDS: Final[dict[str, dict[str, str]]] = {
    "es": {
        "title": "Teléfonos de la demostración",
        "banner": "Emulador: no sale ningún SMS de esta máquina",
        "intro": "Cada tarjeta es un teléfono. Escriba como lo haría su dueña o "
        "dueño y lea lo que recibe.",
        "refresh": "Actualizar",
        "other_language": "English",
        "other_code": "en",
        "language_label": "Ver esta página en inglés",
        "groups_label": "Ir a un grupo de teléfonos",
        "others": "Otros números",
        "unknown": "Número sin nombre",
        "number": "Número",
        "conversation": "Mensajes de {label}",
        "empty": "Todavía no hay mensajes.",
        "compose": "Mensaje de {label}",
        "placeholder": "Escriba un SMS",
        "to": "Para",
        "send": "Enviar",
        "send_as": "Enviar como {label}",
        "from": "De",
        "received_new": "Mensaje nuevo para {label}: {text}",
        "error_empty": "Escriba un texto antes de enviarlo.",
        "error_send": "No se pudo enviar. Revise que el emulador siga en marcha.",
        "offline": "Sin conexión con el emulador; se vuelve a intentar.",
        "no_phones": "No hay teléfonos todavía. Aparecerán al recibir un mensaje.",
        "status_sent": "Enviado",
        "status_delivered": "Entregado",
        "status_undelivered": "No entregado",
        "status_read": "Leído",
        "status_auto": "Respuesta automática del operador",
        "status_pending": "Enviando…",
        "status_ok": "Recibido por el sistema",
        "status_failed": "El sistema no lo aceptó",
        "status_not_delivered": "Retenido: el sistema no fue avisado",
        "status_unknown": "Enviado antes de reiniciar",
    },
    "en": {
        "title": "Demo phones",
        "banner": "Emulator: no SMS leaves this machine",
        "intro": "Each card is a phone. Type as its owner would, and read what "
        "it receives.",
        "refresh": "Refresh",
        "other_language": "Español",
        "other_code": "es",
        "language_label": "View this page in Spanish",
        "groups_label": "Go to a group of phones",
        "others": "Other numbers",
        "unknown": "Number without a name",
        "number": "Number",
        "conversation": "Messages of {label}",
        "empty": "No messages yet.",
        "compose": "Message from {label}",
        "placeholder": "Type a text message",
        "to": "To",
        "send": "Send",
        "send_as": "Send as {label}",
        "from": "From",
        "received_new": "New message for {label}: {text}",
        "error_empty": "Type a text before sending it.",
        "error_send": "It could not be sent. Check that the emulator is running.",
        "offline": "No connection with the emulator; trying again.",
        "no_phones": "No phones yet. They appear when they receive a message.",
        "status_sent": "Sent",
        "status_delivered": "Delivered",
        "status_undelivered": "Not delivered",
        "status_read": "Read",
        "status_auto": "Automatic reply of the carrier",
        "status_pending": "Sending…",
        "status_ok": "Received by the system",
        "status_failed": "The system did not accept it",
        "status_not_delivered": "Held back: the system was not told",
        "status_unknown": "Sent before a restart",
    },
}


def language(code: str | None) -> str:
    return code if code in WORDS else DEFAULT
