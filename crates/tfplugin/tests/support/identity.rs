//! Who a host says it is.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P521_SHA512,
};
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// A certificate and its key.
pub struct Identity {
    pub pem: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// As hosts make it: self-signed, of a P-521 key, and calling itself an authority.
    pub fn of_a_host() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).expect("a key");
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        params
            .distinguished_name
            .push(DnType::OrganizationName, "HashiCorp");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::ServerAuth,
        ];
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        }
    }

    /// The certificate of one with the key of another.
    pub fn with_key_of(mut self, other: &Self) -> Self {
        self.key = other.key.clone_key();
        self
    }

    /// A client that shows this certificate and trusts only the server's.
    pub fn client(&self, server: &CertificateDer<'static>) -> ClientConfig {
        let builder = trusting(server);
        let resolver = AlwaysThis(self.signing());
        with_h2(builder.with_client_cert_resolver(Arc::new(resolver)))
    }

    fn signing(&self) -> Arc<rustls::sign::CertifiedKey> {
        let provider = aws_lc_rs::default_provider();
        let key = provider
            .key_provider
            .load_private_key(self.key.clone_key())
            .expect("a key");
        Arc::new(rustls::sign::CertifiedKey::new(
            vec![self.certificate.clone()],
            key,
        ))
    }
}

/// Shows its certificate whether or not the key belongs to it.
#[derive(Debug)]
struct AlwaysThis(Arc<rustls::sign::CertifiedKey>);

impl rustls::client::ResolvesClientCert for AlwaysThis {
    fn resolve(
        &self,
        _: &[&[u8]],
        _: &[rustls::SignatureScheme],
    ) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A client without a certificate.
pub fn anonymous(server: &CertificateDer<'static>) -> ClientConfig {
    with_h2(trusting(server).with_no_client_auth())
}

fn trusting(
    server: &CertificateDer<'static>,
) -> rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert> {
    let mut roots = RootCertStore::empty();
    roots.add(server.clone()).expect("a root");
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_root_certificates(roots)
}

fn with_h2(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}
