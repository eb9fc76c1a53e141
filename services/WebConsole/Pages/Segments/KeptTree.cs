using Crm.Segments.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.WebUtilities;

namespace TagSegments.WebConsole.Pages.Segments;

/// <summary>Keeps a filter that is not finished in an address.</summary>
public static class KeptTree
{
    /// <summary>Writes a filter; null for none.</summary>
    public static string? Write(Filter? filter) => filter is null ? null : WebEncoders.Base64UrlEncode(filter.ToByteArray());

    /// <summary>Reads a filter; null for none, and for what is none.</summary>
    public static Filter? Read(string? kept)
    {
        try
        {
            return kept is null or "" ? null : Filter.Parser.ParseFrom(WebEncoders.Base64UrlDecode(kept));
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
