"""What customers meet behind the links of mails. No session and no cookie, ever."""
