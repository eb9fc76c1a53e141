using System.Globalization;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Creates and reads consistency tokens, which carry the clock position and nonce of a write to later reads.</summary>
public sealed class ConsistencyTokens(SealedTokens tokens)
{
    /// <summary>Creates the token of a committed position.</summary>
    public string Create(int accountId, long pos, Guid nonce) =>
        tokens.Create("consistency", [], string.Create(CultureInfo.InvariantCulture, $"{accountId}.{pos}.{nonce:N}"));

    /// <summary>Reads a token; throws INVALID_ARGUMENT for <paramref name="field"/> if it is not valid.</summary>
    public (int AccountId, long Pos, Guid Nonce) Read(string token, string field)
    {
        if (tokens.Read("consistency", [], token)?.Split('.') is not [var account, var pos, var nonce])
        {
            throw RpcErrors.InvalidField(field, "is not a consistency token that a write returned");
        }

        return (int.Parse(account, CultureInfo.InvariantCulture), long.Parse(pos, CultureInfo.InvariantCulture), Guid.ParseExact(nonce, "N"));
    }
}
