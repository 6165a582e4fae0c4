"""The server's face: ordinary requests in a few threads, live streams on the event loop.

granian gives us each request by RSGI. The gateway calls the WSGI application for it, and keeps open
the streams that the application asks for, so that no stream ever occupies a thread.
"""
