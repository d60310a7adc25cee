"""What people see: words, view models, pages, data and pictures. Pure."""
