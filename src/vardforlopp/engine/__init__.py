"""The reference engine: definitions as closures over one patient's facts.

`compile.compile_pathway` turns a definition and a region's overlay into closures, once;
`instances.suggest` says which pathways concern a person; `assess.assess` says where the person
stands. All pure: no clock, no file, no network, no randomness.
"""
