"""XAdES: what the signer says about the signature, under the signature."""
