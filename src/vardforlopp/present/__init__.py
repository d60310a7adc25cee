"""What people see, as text: pure."""
