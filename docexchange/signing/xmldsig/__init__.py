"""XML signatures (XMLDSig): algorithms, references, canonical octets, the element itself."""
