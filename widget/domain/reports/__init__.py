"""Reports: the numbers of a team or a client over a period, kept as they were and sent by hand."""
