//! Programs that hold a key in a Rust library and have used it once. usage: holder LIBRARY TYPE FILE
//! ring, aws-lc-rs, rustcrypto: FILE is PKCS#8 DER, signs once. rustls-ring, rustls-aws: a TLS server; TYPE is its port,
//! FILE the key and FILE.crt the certificate, both DER.
use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;

fn hold<T>(held: T) -> ! {
    println!("ready");
    std::io::stdout().flush().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(120));
    black_box(&held);
    std::process::exit(0)
}

/// So that only the library's own numbers stay.
fn forget_file(mut der: Vec<u8>) {
    for byte in der.iter_mut() {
        unsafe { std::ptr::write_volatile(byte, 0) }
    }
}

macro_rules! signs {
    ($library:ident, $type:expr, $der:expr) => {{
        use $library::{rand, signature as s};
        let random = rand::SystemRandom::new();
        match $type {
            "rsa" => {
                let key = s::RsaKeyPair::from_pkcs8(&$der).unwrap();
                let mut out = vec![0; modulus_len!($library, key)];
                key.sign(&s::RSA_PSS_SHA256, &random, b"text", &mut out).unwrap();
                forget_file($der);
                hold(Box::new(key))
            }
            "ed25519" => {
                let key = s::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&$der).unwrap();
                black_box(key.sign(b"text"));
                forget_file($der);
                hold(Box::new(key))
            }
            curve => {
                let algorithm = if curve == "p256" { &s::ECDSA_P256_SHA256_ASN1_SIGNING } else { &s::ECDSA_P384_SHA384_ASN1_SIGNING };
                let key = ec!($library, algorithm, &$der, &random);
                key.sign(&random, b"text").unwrap();
                forget_file($der);
                hold(Box::new(key))
            }
        }
    }};
}
macro_rules! modulus_len {
    (ring, $key:expr) => { $key.public().modulus_len() };
    (aws_lc_rs, $key:expr) => { $key.public_modulus_len() };
}
macro_rules! ec {
    (ring, $algorithm:expr, $der:expr, $random:expr) => { ring::signature::EcdsaKeyPair::from_pkcs8($algorithm, $der, $random).unwrap() };
    (aws_lc_rs, $algorithm:expr, $der:expr, $random:expr) => { aws_lc_rs::signature::EcdsaKeyPair::from_pkcs8($algorithm, $der).unwrap() };
}

fn rustcrypto(kind: &str, der: Vec<u8>) -> ! {
    use rsa::pkcs8::DecodePrivateKey;
    match kind {
        "rsa" => {
            use rsa::signature::Signer;
            let key = rsa::pkcs1v15::SigningKey::<rsa::sha2::Sha256>::from_pkcs8_der(&der).unwrap();
            black_box(key.sign(b"text"));
            forget_file(der);
            hold(Box::new(key))
        }
        "p256" => {
            use p256::ecdsa::signature::Signer;
            let key = p256::ecdsa::SigningKey::from_pkcs8_der(&der).unwrap();
            let signature: p256::ecdsa::Signature = key.sign(b"text");
            black_box(signature);
            forget_file(der);
            hold(Box::new(key))
        }
        "p384" => {
            use p384::ecdsa::signature::Signer;
            let key = p384::ecdsa::SigningKey::from_pkcs8_der(&der).unwrap();
            let signature: p384::ecdsa::Signature = key.sign(b"text");
            black_box(signature);
            forget_file(der);
            hold(Box::new(key))
        }
        _ => {
            use ed25519_dalek::Signer;
            let key = ed25519_dalek::SigningKey::from_pkcs8_der(&der).unwrap();
            black_box(key.sign(b"text"));
            forget_file(der);
            hold(Box::new(key))
        }
    }
}

fn serve(provider: rustls::crypto::CryptoProvider, port: &str, file: &str) -> ! {
    use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
    let key = PrivatePkcs8KeyDer::from(std::fs::read(file).unwrap()).into();
    let chain = vec![CertificateDer::from(std::fs::read(format!("{file}.crt")).unwrap())];
    let config = Arc::new(
        rustls::ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions().unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap(),
    );
    let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    println!("ready");
    for stream in listener.incoming() {
        let mut connection = rustls::ServerConnection::new(config.clone()).unwrap();
        let mut stream = stream.unwrap();
        let mut tls = rustls::Stream::new(&mut connection, &mut stream);
        let _ = tls.write_all(b"hello\n").and_then(|_| tls.flush());
    }
    unreachable!()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (library, kind, file) = (arguments[1].as_str(), arguments[2].as_str(), arguments[3].as_str());
    match library {
        "ring" => { let der = std::fs::read(file).unwrap(); signs!(ring, kind, der) }
        "aws-lc-rs" => { let der = std::fs::read(file).unwrap(); signs!(aws_lc_rs, kind, der) }
        "rustcrypto" => rustcrypto(kind, std::fs::read(file).unwrap()),
        "rustls-ring" => serve(rustls::crypto::ring::default_provider(), kind, file),
        _ => serve(rustls::crypto::aws_lc_rs::default_provider(), kind, file),
    }
}
