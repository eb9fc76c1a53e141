namespace TagSegments.Campaigns;

/// <summary>What every call needs, whatever it is about.</summary>
internal sealed record CallTools(
    IdempotentWrites Writes, AccountDirectory Accounts, PageTokens Pages, SignedToken Signed, ConsistencyTokens Tokens, TimeProvider Time);
