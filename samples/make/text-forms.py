# Writes an RSA key as JWK and as XML RSAKeyValue: text-forms.py KEY.pem OUT.jwk OUT.xml (numbers read by openssl).
import base64, json, re, subprocess, sys
text = subprocess.run(['openssl', 'rsa', '-in', sys.argv[1], '-noout', '-text'], capture_output=True, text=True).stdout
number = {}
for name, digits in re.findall(r'^(\w+):\s*\n((?:\s+[0-9a-f:]+\n)+)', text, re.M):
    number[name] = bytes.fromhex(re.sub(r'[\s:]', '', digits)).lstrip(b'\0')
number['publicExponent'] = bytes.fromhex('010001')
names = {'n': 'modulus', 'e': 'publicExponent', 'd': 'privateExponent', 'p': 'prime1', 'q': 'prime2',
         'dp': 'exponent1', 'dq': 'exponent2', 'qi': 'coefficient'}
url = lambda b: base64.urlsafe_b64encode(b).rstrip(b'=').decode()
json.dump({'kty': 'RSA', **{k: url(number[v]) for k, v in names.items()}}, open(sys.argv[2], 'w'))
tags = {'Modulus': 'n', 'Exponent': 'e', 'P': 'p', 'Q': 'q', 'DP': 'dp', 'DQ': 'dq', 'InverseQ': 'qi', 'D': 'd'}
body = ''.join(f'<{t}>{base64.b64encode(number[names[n]]).decode()}</{t}>' for t, n in tags.items())
open(sys.argv[3], 'w').write(f'<RSAKeyValue>{body}</RSAKeyValue>')
