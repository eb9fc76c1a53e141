using TagSegments.Embedded;

namespace TagSegments.Standalone;

/// <summary>Finds taken ports before anything is started, and by whom they are taken.</summary>
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
