"""What `make run` starts on one machine: installer, supervisor, embedded broker, demonstration."""
