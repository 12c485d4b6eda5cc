"""The conformance kit: whether what a kind says of copies and recoveries is so, asked of the real thing. tests/README.md describes it."""
