"""What nobody waits for: filling, finding shots and silences, sweeping what nothing plays."""
