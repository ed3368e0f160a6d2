"""What goes out: accepted from the application, queued, attempted, returned, mended."""
