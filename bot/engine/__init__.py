"""How an invocation travels: parse, authorize, plan, confirm, intend, act, conclude, follow."""
