package dev.cambio.model.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.instance.AddressPicker;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.Node;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** No network at all: for a node alone, which has an address by name and listens nowhere. */
final class NoNetwork extends DefaultNodeContext {
  private static final int PORT_BY_NAME = 5701;

  @Override
  public AddressPicker createAddressPicker(Node node) {
    return new Nowhere(new Address(InetAddress.getLoopbackAddress(), PORT_BY_NAME));
  }

  private record Nowhere(Address address) implements AddressPicker {
    @Override
    public void pickAddress() {
      // Nothing is bound.
    }

    @Override
    public Address getBindAddress(EndpointQualifier endpoint) {
      return address;
    }

    @Override
    public Address getPublicAddress(EndpointQualifier endpoint) {
      return address;
    }

    @Override
    public Map<EndpointQualifier, Address> getPublicAddressMap() {
      return Map.of(EndpointQualifier.MEMBER, address);
    }

    @Override
    public Map<EndpointQualifier, Address> getBindAddressMap() {
      return Map.of(EndpointQualifier.MEMBER, address);
    }

    @Override
    public @Nullable ServerSocketChannel getServerSocketChannel(EndpointQualifier endpoint) {
      return null;
    }

    @Override
    public Map<EndpointQualifier, ServerSocketChannel> getServerSocketChannels() {
      return Map.of();
    }
  }
}
