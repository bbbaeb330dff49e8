package dev.cambio.model.bus;

/**
 * How an actions node does. It says so several times a second, and is well for as long as it is
 * heard.
 *
 * @param node what the node is called on the bus, see {@link ActionBus#invokeAt}
 * @param member the node's member of the cluster, as the others know it
 * @param draining whether it ends the runs that it has and takes no more
 * @param slots runs that it can have at a time
 * @param free runs that could begin at once; 0 as well while no guest process serves
 * @param waiting invocations that wait for a slot
 * @param cold realms of deployed versions that are yet to be opened
 */
public record ActionsStatus(
    String node, String member, boolean draining, int slots, int free, int waiting, int cold) {}
