"""Mails that come in: read from MIME or from what a mail service posts, and told apart.

`mails` says what an inbound mail is, `mime` and `services` read one, `html` makes text of HTML,
`quotes` takes what the customer wrote out of what they quoted, and `automatic` knows programs.
Everything here is written by strangers: each step is bounded, and none raises anything but
InboundRefused.
"""
