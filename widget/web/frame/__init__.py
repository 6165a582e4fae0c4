"""The widget's frame: what customers see. No session and no cookie, ever."""
