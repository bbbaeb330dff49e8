package dev.cambio.gateway.packages;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cambio.model.bus.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/** An npm registry on loopback that has what a test publishes, each package in one version. */
final class TestRegistry implements AutoCloseable {
  static final String VERSION = "1.0.0";
  private static final int BLOCK = 512;

  private final HttpServer server;
  private final Map<String, ObjectNode> packages = new ConcurrentHashMap<>();
  private final Map<String, byte[]> tarballs = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  TestRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  String hostPort() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String url() {
    return "http://" + hostPort() + "/";
  }

  /** What was asked for, as {@code path authorization}. */
  List<String> requests() {
    return requests;
  }

  void publish(String name, String manifest, Map<String, String> files) {
    publish(name, manifest, files, url() + "tarballs/" + name + ".tgz");
  }

  /**
   * Publishes a package.
   *
   * @param manifest members of package.json in JSON, without name and version
   * @param tarball where the registry says that it is
   */
  void publish(String name, String manifest, Map<String, String> files, String tarball) {
    ObjectNode json = (ObjectNode) parsed(manifest);
    json.put("name", name).put("version", VERSION);
    byte[] bytes = tarball(json, files);
    tarballs.put("/tarballs/" + name + ".tgz", bytes);
    ObjectNode version = json.deepCopy();
    version.putObject("dist").put("tarball", tarball).put("integrity", integrity(bytes));
    ObjectNode all = JsonNodeFactory.instance.objectNode().put("name", name);
    all.putObject("dist-tags").put("latest", VERSION);
    all.putObject("versions").set(VERSION, version);
    packages.put("/" + name, all);
  }

  private static JsonNode parsed(String json) {
    try {
      return Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
      ObjectNode known = packages.get(path);
      byte[] body = known == null ? tarballs.get(path) : Json.write(known).getBytes(UTF_8);
      if (body == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static String integrity(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-512").digest(bytes);
      return "sha512-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] tarball(ObjectNode manifest, Map<String, String> files) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
        entry(zipped, "package/package.json", Json.write(manifest).getBytes(UTF_8));
        for (Map.Entry<String, String> file : files.entrySet()) {
          if (file.getValue().startsWith("-> ")) {
            zipped.write(header("package/" + file.getKey(), 0, file.getValue().substring(3)));
          } else {
            entry(zipped, "package/" + file.getKey(), file.getValue().getBytes(UTF_8));
          }
        }
        zipped.write(new byte[2 * BLOCK]);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void entry(GZIPOutputStream out, String name, byte[] content) throws IOException {
    out.write(header(name, content.length, ""));
    out.write(content);
    out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
  }

  /** Of a file, or of a symbolic link if it leads somewhere. */
  private static byte[] header(String name, int length, String link) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, String.format("%011o", length));
    put(header, 136, "00000000000");
    put(header, 148, "        ");
    put(header, 156, link.isEmpty() ? "0" : "2");
    put(header, 157, link);
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
