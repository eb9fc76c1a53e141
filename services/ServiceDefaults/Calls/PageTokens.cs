using System.Security.Cryptography;
using Crm.Errors.V1;
using Google.Protobuf;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Creates and reads page tokens. A token is bound to its request: the same method, account, filter and order.</summary>
public sealed class PageTokens(SignedToken signed)
{
    private const string TokenField = "page_token";

    /// <summary>Creates the token that continues <paramref name="request"/> after <paramref name="position"/>.</summary>
    public string Create(IMessage request, string position) => signed.Create("page", Binding(request), position);

    /// <summary>Reads the position from the request's token; null without a token. Throws INVALID_ARGUMENT if the token is not valid.</summary>
    public string? Read(IMessage request)
    {
        var token = (string)request.Descriptor.FindFieldByName(TokenField).Accessor.GetValue(request);
        if (token.Length == 0)
        {
            return null;
        }

        return signed.Read("page", Binding(request), token)
            ?? throw RpcErrors.InvalidFields(
                ErrorReason.PageToken,
                "The page token is not valid for this request. Start again without one.",
                [(TokenField, "is damaged or belongs to another request")]);
    }

    private static byte[] Binding(IMessage request)
    {
        var copy = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        copy.Descriptor.FindFieldByName(TokenField).Accessor.Clear(copy);
        copy.Descriptor.FindFieldByName("page_size")?.Accessor.Clear(copy);
        return SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(copy.Descriptor.FullName), .. copy.ToByteArray()]);
    }
}
