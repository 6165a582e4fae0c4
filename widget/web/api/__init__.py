"""The JSON API: no session, no cookie; a key in the Authorization header."""
