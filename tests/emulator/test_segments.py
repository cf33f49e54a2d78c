from __future__ import annotations

import pytest

from emulator.segments import count_segments, encoding_of


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("éñü¿¡ÉÑÜ", "GSM-7", 1),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        # 152 letters leave one septet in the part: the pair goes to the next one.
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("á" * 70, "UCS-2", 1),
        ("á" * 71, "UCS-2", 2),
        ("á" * 134, "UCS-2", 2),
        ("á" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        # 33 pairs fill 66 of 67 units, so the 67th pair opens a third part.
        ("😀" * 67, "UCS-2", 3),
        ("recepcion á", "UCS-2", 1),
    ],
)
def test_segments_are_counted_as_the_network_counts(
    text: str, encoding: str, segments: int
) -> None:
    assert (encoding_of(text), count_segments(text)) == (encoding, segments)
