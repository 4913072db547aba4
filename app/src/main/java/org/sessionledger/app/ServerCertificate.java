package org.sessionledger.app;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.context.ApplicationContext;

/** The certificate that a server was started with, whichever way it was told of it. */
final class ServerCertificate {

  private ServerCertificate() {}

  static @Nullable X509Certificate of(ApplicationContext context) {
    Ssl ssl = context.getBean(ServerProperties.class).getSsl();
    if (!Ssl.isEnabled(ssl)) {
      return null;
    }
    try {
      KeyStore keys =
          WebServerSslBundle.get(ssl, context.getBean(SslBundles.class)).getStores().getKeyStore();
      for (String alias : Collections.list(keys.aliases())) {
        if (keys.isKeyEntry(alias) && keys.getCertificate(alias) instanceof X509Certificate x) {
          return x;
        }
      }
      throw new IllegalStateException("the server proves itself without a certificate");
    } catch (GeneralSecurityException | NoSuchSslBundleException e) {
      throw new IllegalStateException("the server's certificate cannot be read", e);
    }
  }
}
