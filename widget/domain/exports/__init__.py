"""Responses as files.

`columns` lists what stands in them, which the API's responses are made from as well; `formats` says
which files there are and writes them; the other modules each know one format.
"""
