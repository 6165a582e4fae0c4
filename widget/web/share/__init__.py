"""What customers pass on: shared pages with their pictures, and testimonials. No cookie, ever."""
