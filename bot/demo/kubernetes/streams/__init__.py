"""What flows out of containers: their logs, their shells, their HTTP answers."""
