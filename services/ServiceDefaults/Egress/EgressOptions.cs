namespace TagSegments.ServiceDefaults.Egress;

/// <summary>Where a service may call out to and how often: the section <c>Egress</c>. All limits hold for each process.</summary>
public sealed record EgressOptions
{
    /// <summary>Networks that may be called although they are private, local or reserved, for example <c>10.1.2.0/24</c>. None by default.</summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Ports that may be called beside 80, 443 and those from 1024 on that no well-known protocol uses. None by default.</summary>
    public IReadOnlyList<int> AllowedPorts { get; init; } = [];

    /// <summary>The most calls at the same time. Defaults to 512.</summary>
    public int Calls { get; init; } = 512;

    /// <summary>The most calls of one account at the same time. Defaults to 64.</summary>
    public int CallsPerAccount { get; init; } = 64;

    /// <summary>The most calls to one host at the same time, for all accounts together. Defaults to 64.</summary>
    public int CallsPerHost { get; init; } = 64;

    /// <summary>The most calls of one account to one host at the same time. Defaults to 16.</summary>
    public int CallsPerAccountAndHost { get; init; } = 16;

    /// <summary>The most calls to one host per second, for all accounts together. Defaults to 300.</summary>
    public int CallsPerSecond { get; init; } = 300;

    /// <summary>The most open connections to one address, whatever names lead to it. Defaults to 100.</summary>
    public int ConnectionsPerAddress { get; init; } = 100;

    /// <summary>After how many calls in a row without an answer a host is left alone for a while. Defaults to 5; at least 2.</summary>
    public int FailuresUntilBreak { get; init; } = 5;
}
