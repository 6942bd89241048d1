/** All validators, by the name that rules give them. */
import { awsKeyId } from './aws.js';
import { azureAnnotated, azureDevOps, azureIdentifiable, entraSecret } from './azure.js';
import { basicCredentials } from './basic.js';
import { crc32Base62, crc32Base64, crc32Hex, gitlabRoutable } from './crc32.js';
import { openBase62, openBase62Whole, openHexBody, openHexWhole } from './crc32-open.js';
import { base64Json, jwt } from './jwt.js';
import { kubernetesToken } from './kubernetes.js';
import { luhn } from './luhn.js';
import { chosenPassword, lettersAndDigits, settingValue } from './shape.js';
import type { Validator } from './validator.js';

export const VALIDATORS: Readonly<Record<string, Validator>> = {
  'crc32-base62': crc32Base62,
  'crc32-hex': crc32Hex,
  'crc32-base64': crc32Base64,
  'open-crc32-base62': openBase62,
  'open-crc32-base62-whole': openBase62Whole,
  'open-crc32-hex-body': openHexBody,
  'open-crc32-hex-whole': openHexWhole,
  'gitlab-routable': gitlabRoutable,
  'azure-identifiable': azureIdentifiable,
  'azure-annotated': azureAnnotated,
  'entra-secret': entraSecret,
  'azure-devops': azureDevOps,
  'aws-key-id': awsKeyId,
  jwt,
  'kubernetes-token': kubernetesToken,
  'basic-credentials': basicCredentials,
  'base64-json': base64Json,
  luhn,
  'letters-and-digits': lettersAndDigits,
  'chosen-password': chosenPassword,
  'setting-value': settingValue,
};
