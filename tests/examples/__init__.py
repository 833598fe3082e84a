"""Examples of every operation, as a server really answers: conversations, written down and replayed."""
