"""What is known of one patient, as values."""
