/**
 * A certificate for `localhost` that signs itself, good until 2126. It protects nothing: it is made
 * for tests, and here so that they need no openssl command.
 */
export const localhostCert = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3Br0ApDLEYeRHR+k
4KUbxAMW9CbpE2C0on3cMJo8/+ihRANCAARlpQiFS23LsMW7vVJHIgm8kpHBRa/d
utcnsvqSGr5TSknjPuacM90388JmkTFl82Xa1ndRYC7heNOemgpuWh+R
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUdhvSlX5f3dc7BdxCqBIHEQAoQV8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE3MzU1OFoYDzIxMjYxMDMw
MTczNTU4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARlpQiFS23LsMW7vVJHIgm8kpHBRa/dutcnsvqSGr5TSknjPuacM903
88JmkTFl82Xa1ndRYC7heNOemgpuWh+Ro2kwZzAdBgNVHQ4EFgQUK4zekYRnxAnf
4nukNcLmY+G9luQwHwYDVR0jBBgwFoAUK4zekYRnxAnf4nukNcLmY+G9luQwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIgKlI06zEOi9kZecyle79p6l8IGYzb17KR9MU0gbJnsiICIQC3Kguz6zcU
ALzDJHhuHwETtWuDYlbUgLxRKZXREYVXLg==
-----END CERTIFICATE-----
`,
} as const;
