//! An OpenID Connect issuer for web identity: two documents over HTTP, and tokens signed with its key.

use std::{
    error::Error,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    thread,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use locum_crypto::{PublicParts, SigningKey};
use serde_json::json;

/// Whom its tokens are for.
pub(crate) const AUDIENCE: &str = "bench";

/// An issuer that answers until the process ends.
pub(crate) struct Issuer {
    key: SigningKey,
    address: SocketAddr,
}

impl Issuer {
    /// Starts it.
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let key = SigningKey::generate_rs256()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let issuer = Self { key, address };
        let url = issuer.url();
        let discovery = json!({
            "issuer": url, "jwks_uri": format!("{url}/jwks"), "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "aud", "iss", "exp", "iat"],
        });
        let keys = issuer.keys()?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever breaks off asks again.
                let _ = answer(stream, &discovery.to_string(), &keys);
            }
        });
        Ok(issuer)
    }

    /// What it calls itself.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its host and port, as in the ARN of its provider.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    fn keys(&self) -> Result<String, Box<dyn Error>> {
        let PublicParts::Rsa { modulus, exponent } = self.key.public() else {
            return Err("the key is not RSA".into());
        };
        let [n, e] = [modulus, exponent].map(|number| URL_SAFE_NO_PAD.encode(number));
        let key = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": n, "e": e});
        Ok(json!({ "keys": [key] }).to_string())
    }

    /// A token that is good for an hour.
    pub(crate) fn token(&self, subject: &str) -> Result<String, Box<dyn Error>> {
        let now = Timestamp::now().as_second();
        let header = json!({"alg": "RS256", "kid": "1", "typ": "JWT"});
        let claims =
            json!({"iss": self.url(), "sub": subject, "aud": AUDIENCE, "iat": now, "exp": now + 3600});
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn answer(mut stream: std::net::TcpStream, discovery: &str, keys: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 1024];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let length = stream.read(&mut chunk)?;
        if length == 0 {
            return Ok(());
        }
        request.extend(chunk.iter().take(length));
    }
    let body = if request.starts_with(b"GET /jwks") {
        keys
    } else {
        discovery
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}
