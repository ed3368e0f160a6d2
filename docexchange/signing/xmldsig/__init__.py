"""XML signatures (XMLDSig).

``examine`` judges signatures of any form; ``build`` writes ours; ``element`` reads them, and
``references`` resolves the two kinds of reference that our profile has.
"""
