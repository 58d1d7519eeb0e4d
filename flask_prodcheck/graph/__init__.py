"""The linked project itself, without a judgement: launch chains, what they reach, and the configuration they end with."""
