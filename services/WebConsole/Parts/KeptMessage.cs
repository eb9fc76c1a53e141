using Google.Protobuf;
using Microsoft.AspNetCore.WebUtilities;

namespace TagSegments.WebConsole.Parts;

/// <summary>Writes messages as texts that an address or a browser can keep.</summary>
public static class KeptMessage
{
    /// <summary>Writes a message; null for none.</summary>
    public static string? Write(IMessage? message) => message is null ? null : WebEncoders.Base64UrlEncode(message.ToByteArray());

    /// <summary>Reads a message; null for none, and for a text that is none.</summary>
    public static T? Read<T>(string? kept)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return kept is null or "" ? null : new MessageParser<T>(() => new()).ParseFrom(WebEncoders.Base64UrlDecode(kept));
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
