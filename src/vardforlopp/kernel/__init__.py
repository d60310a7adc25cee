"""What everything stands on: time, durations, errors. A closed list of small pure parts."""
