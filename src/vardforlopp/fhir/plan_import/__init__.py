"""A foreign PlanDefinition becomes a draft in our language, and a list of what it could not carry."""
