"""Who is told of what happens: notices, written with their cause, and the webhooks that they are delivered to."""
