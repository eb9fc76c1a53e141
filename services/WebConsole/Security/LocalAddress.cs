namespace TagSegments.WebConsole.Security;

/// <summary>Addresses to return to, of this console only.</summary>
internal static class LocalAddress
{
    /// <summary>Gets the address, or that of the start page for one that leads elsewhere.</summary>
    public static string Of(string? address) =>
        address is ['/', ..] and not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : "/";
}
