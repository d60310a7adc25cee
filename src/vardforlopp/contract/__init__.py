"""From courses to one proposed plan: what is asked, joined, in conflict, and for whom."""
