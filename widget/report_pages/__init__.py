"""A report as a page, for the console, for paper and as a PDF."""
