"""Mail: put into words, composed, handed to a server or written to files."""
