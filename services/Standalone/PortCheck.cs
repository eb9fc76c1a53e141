using TagSegments.Embedded;

namespace TagSegments.Standalone;

/// <summary>Finds ports in use, and the programs that use them, before anything is started.</summary>
internal static class PortCheck
{
    public static void ThrowIfTaken(Ports ports)
    {
        foreach (var (port, purpose, option) in ports.All)
            if (!FreePorts.IsFree(port))
                throw new StartException(
                    $"Port {port} for {purpose} is taken{(PortOwner.Find(port) is { } owner ? $" by {owner}" : "")}.",
                    $"Stop that program, or choose another port: {option} {port + 1000}");
    }
}
