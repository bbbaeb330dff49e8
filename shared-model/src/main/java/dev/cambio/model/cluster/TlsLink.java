package dev.cambio.model.cluster;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import com.hazelcast.internal.networking.OutboundHandler;
import com.hazelcast.internal.nio.IOUtil;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * TLS below Hazelcast's member protocol, for one connection: what comes in is opened before any
 * other handler sees it, what goes out is sealed after all others. Until both sides have proved who
 * they are, nothing of the member protocol passes in either direction.
 *
 * <p>Reading and writing happen on different threads; every step holds the engine's monitor.
 */
final class TlsLink {
  private final SSLEngine engine;
  private final Watcher watcher;
  private final ByteBuffer nothing = ByteBuffer.allocate(0);
  private boolean established;

  /** Is told what becomes of the connection, on one of Hazelcast's own threads. */
  interface Watcher {
    /** Both sides have proved who they are. */
    void established();

    /** The other side was not accepted, or broke the protocol; the connection is closed. */
    void refused(SSLException why);
  }

  TlsLink(SSLEngine engine, Watcher watcher) {
    this.engine = engine;
    this.watcher = watcher;
  }

  /** Whether both sides have proved who they are. */
  boolean established() {
    synchronized (engine) {
      return established;
    }
  }

  InboundHandler<ByteBuffer, ByteBuffer> opening() {
    return new Opening();
  }

  OutboundHandler<ByteBuffer, ByteBuffer> sealing() {
    return new Sealing();
  }

  /** Runs what the engine wants computed; a handshake costs a millisecond or two. */
  private HandshakeStatus afterTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    return engine.getHandshakeStatus();
  }

  private void note(SSLEngineResult result, Channel channel) {
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      established = true;
      watcher.established();
      channel.outboundPipeline().wakeup();
      channel.inboundPipeline().wakeup();
    }
  }

  /** Hazelcast takes the end of a stream for what it is, without a stack trace in the log. */
  private EOFException refused(SSLException e) {
    watcher.refused(e);
    EOFException end = new EOFException("TLS: " + e.getMessage());
    end.initCause(e);
    return end;
  }

  private final class Opening extends InboundHandler<ByteBuffer, ByteBuffer> {
    /** What was opened and does not fit into the next handler's buffer yet; read from. */
    private final ByteBuffer opened =
        ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();

    @Override
    public void handlerAdded() {
      initSrcBuffer(2 * engine.getSession().getPacketBufferSize());
    }

    @Override
    public HandlerStatus onRead() throws IOException {
      src.flip();
      try {
        synchronized (engine) {
          return open();
        }
      } catch (SSLException e) {
        throw refused(e);
      } finally {
        IOUtil.compactOrClear(src);
      }
    }

    private HandlerStatus open() throws IOException {
      while (true) {
        drain();
        if (opened.hasRemaining()) {
          // The next handler has to make room first.
          return HandlerStatus.DIRTY;
        }
        if (afterTasks() == HandshakeStatus.NEED_WRAP) {
          channel.outboundPipeline().wakeup();
        }
        opened.clear();
        SSLEngineResult result;
        try {
          result = engine.unwrap(src, opened);
        } finally {
          opened.flip();
        }
        note(result, channel);
        if (result.getStatus() == Status.CLOSED) {
          throw new EOFException("closed by the other side");
        }
        if (afterTasks() == HandshakeStatus.NEED_WRAP) {
          channel.outboundPipeline().wakeup();
        }
        if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
          // More has to come in, or go out, first; the one that sends wakes this.
          return HandlerStatus.CLEAN;
        }
      }
    }

    private void drain() {
      int fits = Math.min(opened.remaining(), dst.remaining());
      dst.put(opened.slice(opened.position(), fits));
      opened.position(opened.position() + fits);
    }
  }

  private final class Sealing extends OutboundHandler<ByteBuffer, ByteBuffer> {
    @Override
    public void handlerAdded() {
      initDstBuffer(2 * engine.getSession().getPacketBufferSize());
    }

    @Override
    public HandlerStatus onWrite() throws IOException {
      IOUtil.compactOrClear(dst);
      try {
        synchronized (engine) {
          return seal();
        }
      } catch (SSLException e) {
        throw refused(e);
      } finally {
        dst.flip();
      }
    }

    private HandlerStatus seal() throws IOException {
      while (true) {
        HandshakeStatus handshake = afterTasks();
        boolean mustSend = handshake == HandshakeStatus.NEED_WRAP;
        if (!mustSend && !established) {
          return HandlerStatus.BLOCKED;
        }
        if (!mustSend && !src.hasRemaining()) {
          return HandlerStatus.CLEAN;
        }
        if (dst.remaining() < engine.getSession().getPacketBufferSize()) {
          return HandlerStatus.DIRTY;
        }
        SSLEngineResult result = engine.wrap(mustSend ? nothing : src, dst);
        note(result, channel);
        if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
          // It can never go out, as after an alert: asking again would take for ever.
          throw new EOFException("TLS: closed");
        }
        if (result.getStatus() == Status.CLOSED) {
          // That was the alert, which tells the other side why; the next call ends the link.
          return HandlerStatus.DIRTY;
        }
        if (mustSend) {
          // What has come in meanwhile may be waiting for this.
          channel.inboundPipeline().wakeup();
        }
      }
    }
  }
}
