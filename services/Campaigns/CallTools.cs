namespace TagSegments.Campaigns;

/// <summary>The tools of every call, on any subject.</summary>
internal sealed record CallTools(
    IdempotentWrites Writes, AccountDirectory Accounts, PageTokens Pages, SealedTokens Sealed, ConsistencyTokens Tokens, TimeProvider Time);
