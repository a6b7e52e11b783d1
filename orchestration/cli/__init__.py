"""The command line `ccr`."""
