/* The rules that a careful user would write for encoded private keys: the peer of the bench. */
rule pem_private_key { strings: $a = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/ condition: $a }
rule pkcs1_der { strings: $a = { 30 82 ?? ?? 02 01 00 02 82 ?? ?? } condition: $a }
rule pkcs8_der { strings: $a = { 30 8? [1-2] 02 01 00 30 ?? 06 } $b = { 30 2E 02 01 00 30 05 06 03 2B 65 70 04 22 04 20 } condition: any of them }
rule sec1_der { strings: $a = { 02 01 01 04 20 } $b = { 02 01 01 04 30 } condition: any of them }
