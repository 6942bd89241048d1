/** Key blobs of Windows: CNG (BCryptExportKey) and CryptoAPI (CryptExportKey, strong-name files). */
import { anchor, type Detector, type Hit, type Sink } from '../detector.js';
import { BLOB_HEADER_LENGTH, CAPI_MAGICS, isBlobHeader, parseCapiKey } from './capi.js';
import { CNG_MAGICS, parseCngBlob } from './cng.js';

export const cngDetector: Detector = {
  name: 'cng',
  anchors: CNG_MAGICS.map((magic) => anchor(magic)),
  detect({ bytes, at }: Hit, sink: Sink): void {
    const secret = parseCngBlob(bytes.subarray(at));
    sink.secret('cng-private-key', at, at + secret.length, secret);
  },
};

export const capiDetector: Detector = {
  name: 'capi',
  // The magic, not the header: freed heap blocks lose their first bytes, and the numbers prove themselves.
  anchors: CAPI_MAGICS.map((magic) => anchor(magic)),
  detect({ bytes, at }: Hit, sink: Sink): void {
    const secret = parseCapiKey(bytes.subarray(at));
    const headed = at >= BLOB_HEADER_LENGTH && isBlobHeader(bytes.subarray(at - BLOB_HEADER_LENGTH));
    sink.secret('capi-private-key', headed ? at - BLOB_HEADER_LENGTH : at, at + secret.length, secret);
  },
};
