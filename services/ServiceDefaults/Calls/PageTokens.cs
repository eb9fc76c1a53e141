using System.Globalization;
using System.Security.Cryptography;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>
/// Creates and reads page tokens. A token is bound to its request: the same method, account, filter and order; how much of the list is asked for may
/// differ. It is valid for a day.
/// </summary>
public sealed class PageTokens(SealedTokens tokens, TimeProvider time)
{
    private const string TokenField = "page_token";
    private const string Purpose = "pages";
    private static readonly string[] s_unbound = [TokenField, "page_size", "skip", "show_total"];
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(1);

    /// <summary>Creates the token that continues <paramref name="request"/> after <paramref name="position"/>.</summary>
    public string Create(IMessage request, string position) => tokens.Create(
        Purpose, Binding(request), string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().ToUnixTimeSeconds()} {position}"));

    /// <summary>Reads the position from the request's token; null without a token. Throws INVALID_ARGUMENT if the token is not valid.</summary>
    public string? Read(IMessage request)
    {
        var token = (string)request.Descriptor.FindFieldByName(TokenField).Accessor.GetValue(request);
        if (token.Length == 0)
        {
            return null;
        }

        if (tokens.Read(Purpose, Binding(request), token)?.Split(' ', 2) is not [var seconds, var position])
        {
            throw Invalid("The page token is not valid for this request. Start again without one.", "is damaged or belongs to another request");
        }

        var created = DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
        return time.GetUtcNow() - created <= s_lifetime
            ? position
            : throw Invalid("The page token has expired. Start again without one.", "is older than a day");
    }

    private static RpcException Invalid(string message, string problem) =>
        RpcErrors.InvalidFields(ErrorReason.PageToken, message, [(TokenField, problem)]);

    private static byte[] Binding(IMessage request)
    {
        var copy = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        foreach (var field in s_unbound)
        {
            copy.Descriptor.FindFieldByName(field)?.Accessor.Clear(copy);
        }

        return SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(copy.Descriptor.FullName), .. copy.ToByteArray()]);
    }
}
