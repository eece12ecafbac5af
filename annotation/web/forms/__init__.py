"""What people type in: each form reads and checks, none of them writes."""
