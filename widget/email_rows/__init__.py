"""Rating rows: one link for each score, for mail clients that know neither scripts nor modern CSS.

It needs no Flask, so that whatever sends mail can use it as the console does.
"""

from widget.email_rows.row import Words, rating_row, rating_row_text

__all__ = ["Words", "rating_row", "rating_row_text"]
