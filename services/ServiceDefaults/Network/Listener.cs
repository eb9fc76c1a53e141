namespace TagSegments.ServiceDefaults.Network;

/// <summary>What a service listens for, each at an address of its own: <c>Grpc:Address</c>, <c>Http:Address</c>, <c>Management:Address</c>.</summary>
public enum Listener
{
    /// <summary>Calls, over HTTP/2. Every service has this one.</summary>
    Grpc,

    /// <summary>What the public may reach, over HTTP/1.1: the links of messages and the webhooks of providers.</summary>
    Http,

    /// <summary>What only operators may reach, over HTTP/1.1: metrics and health.</summary>
    Management,
}
