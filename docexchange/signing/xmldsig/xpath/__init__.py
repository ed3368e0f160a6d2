"""XPath 1.0 over ``nodes``, with a budget: every node that is looked at is counted.

libxml2 cannot be stopped, and one line of XPath can keep it busy for a day. It also cannot say
whose a namespace node is, which a node-set of a signature must know. So this evaluator is our own:
the whole of XPath 1.0 without variables, and ``here()`` of XMLDSig; nothing in it reads outside.

>>> expression = parse("not(ancestor-or-self::ds:Signature)", {"ds": DS})
>>> expression.evaluate(Context(node, Run(tree=tree, budget=budget)))
True
"""

from __future__ import annotations

from docexchange.signing.xmldsig.xpath.parser import parse
from docexchange.signing.xmldsig.xpath.values import Context, Run, boolean

__all__ = ["Context", "Run", "boolean", "parse"]
