//! Mutual TLS with exactly one peer: the host that started this process.
//!
//! The host's certificate is self-signed, of a P-521 key, and calls itself an authority, which no
//! ordinary verifier accepts of an end entity. So trust is not in chains: the peer must present
//! the very certificate that came in the environment, and sign the handshake with its key.

use super::ServeError;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What accepts the host's connection, and our certificate in DER for the handshake line.
pub(super) fn identity(client_pem: &str) -> Result<(TlsAcceptor, Vec<u8>), ServeError> {
    let client = CertificateDer::from_pem_slice(client_pem.as_bytes())
        .map_err(|error| ServeError::ClientCertificate(error.to_string()))?;
    // One that cannot be read would refuse every host, and none would say why.
    ParsedCertificate::try_from(&client)
        .map_err(|error| ServeError::ClientCertificate(error.to_string()))?;
    let own = |error: rcgen::Error| ServeError::ServerCertificate(error.to_string());
    let key = KeyPair::generate().map_err(own)?;
    let mut params = CertificateParams::new(["localhost".to_owned()]).map_err(own)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.self_signed(&key).map_err(own)?.der().clone();

    let provider = Arc::new(aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map(|config| config.with_client_cert_verifier(Arc::new(Pinned { client, provider })))
        .and_then(|config| config.with_single_cert(vec![certificate.clone()], key))
        .map_err(|error| ServeError::ServerCertificate(error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), certificate.to_vec()))
}

/// Accepts one certificate and no other.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.client {
            Ok(ClientCertVerified::assertion())
        } else {
            let refused = CertificateError::ApplicationVerificationFailure;
            Err(rustls::Error::InvalidCertificate(refused))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
