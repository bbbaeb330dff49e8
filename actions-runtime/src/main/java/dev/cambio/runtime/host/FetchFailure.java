package dev.cambio.runtime.host;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.compression.DecompressionException;
import io.vertx.core.http.HttpClosedException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a request of guest code has no answer, in words and a code for the Action's author: the cause
 * of the {@code TypeError} that {@code fetch} rejects with. Never names an address that the Action
 * did not name itself.
 */
final class FetchFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(FetchFailure.class);

  private final String reason;
  private final String code;

  private FetchFailure(String code, String reason) {
    super(reason, null, false, false);
    this.code = code;
    this.reason = reason;
  }

  String reason() {
    return reason;
  }

  /** Our own {@code EGRESS_…}, or what Node.js calls such an error. */
  String code() {
    return code;
  }

  /** The request is none that can be sent. */
  static FetchFailure invalid(String reason) {
    return new FetchFailure("EGRESS_INVALID", reason);
  }

  /** The policy does not let it go there. */
  static FetchFailure denied(FetchUrl url) {
    return new FetchFailure(
        "EGRESS_DENIED",
        "connections to %s are not allowed: it is no public address, and actions.egress-allow does not open it"
            .formatted(url.hostAndPort()));
  }

  /** A limit is used up. */
  static FetchFailure limit(String reason) {
    return new FetchFailure("EGRESS_LIMIT", reason);
  }

  /** A trial allows no request that it was not given an answer to. */
  static FetchFailure unrecorded(String reason) {
    return new FetchFailure("EGRESS_UNRECORDED", reason);
  }

  static FetchFailure tooSlow(long millis) {
    return new FetchFailure("ETIMEDOUT", "there was no whole answer within " + millis + " ms");
  }

  /** Nobody waits for the run any more. */
  static FetchFailure noLeave() {
    return new FetchFailure("ECONNABORTED", "the run has been given up");
  }

  /** A failure as it was recorded. */
  static FetchFailure recorded(String code, String reason) {
    return new FetchFailure(code, reason);
  }

  /** Whether the connection was closed or reset, as against an answer that makes no sense. */
  static boolean isClosedConnection(Throwable thrown) {
    return thrown instanceof HttpClosedException
        || thrown instanceof ClosedChannelException
        || thrown instanceof SocketException;
  }

  /**
   * What the network or the peer did. Only of TLS is the innermost message told, since nothing else
   * says what is wrong with a certificate; others hold addresses.
   */
  static FetchFailure of(Throwable thrown, EgressLimits limits) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case FetchFailure ours -> {
          return ours;
        }
        case UnknownHostException _ -> {
          return new FetchFailure("ENOTFOUND", "the host name cannot be resolved");
        }
        case SSLException _, GeneralSecurityException _ -> {
          return new FetchFailure("ERR_TLS", "TLS: " + innermost(cause).getMessage());
        }
        case ConnectTimeoutException _ -> {
          return new FetchFailure("ETIMEDOUT", "the connection could not be made in time");
        }
        case ConnectException _, NoRouteToHostException _ -> {
          return new FetchFailure("ECONNREFUSED", "the connection was refused");
        }
        case TooLongFrameException _ -> {
          return limit("the response headers are larger than " + limits.headerBytes() + " bytes");
        }
        case DecompressionException _ -> {
          return new FetchFailure("EGRESS_INVALID", "the response body cannot be decompressed");
        }
        case HttpClosedException _,
            ClosedChannelException _,
            SocketException _,
            PrematureChannelClosureException _ -> {
          return new FetchFailure(
              "ECONNRESET", "the connection was closed before the answer was whole");
        }
        default -> {
          // The cause may say more.
        }
      }
    }
    log.debug("a request of an Action failed", thrown);
    return thrown instanceof DecoderException || thrown instanceof IllegalArgumentException
        ? invalid("the response is no HTTP")
        : new FetchFailure("ECONNRESET", "the request failed");
  }

  private static Throwable innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
