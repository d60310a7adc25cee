"""The ground that everything stands on, and a closed list: civil time in Stockholm and instants,
durations, working days, numbers and units, codes and systems, Swedish identifiers, and the one
family of errors. Pure values and functions; nothing here knows of patients or pathways. Import
from the modules: none of them is loaded before it is needed.
"""
