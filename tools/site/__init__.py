"""The course as a static site: a book to read, made from the notebooks."""
