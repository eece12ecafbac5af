"""What is sent, how, and the least that storing it costs."""
