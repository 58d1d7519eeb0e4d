"""What the tool teaches on request: a rule explained, the rules listed, the lesson."""
