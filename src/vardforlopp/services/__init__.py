"""What can be done, one module an act.

Each act takes an actor, decides with a reason, and writes its audit in the same transaction as what it
did. Knows no database and no HTTP: `ports` says what it needs of them.
"""
