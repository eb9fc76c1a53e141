using TagSegments.ServiceDefaults.Auth.Keys;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>How long the token of a user's call is good: a stream does not outlive it.</summary>
/// <param name="End">From when the token is refused.</param>
internal sealed record TokenLife(DateTime End)
{
    /// <summary>What the caller of an expired token is told.</summary>
    public const string Expired = "The token has expired. Get a new one.";

    /// <summary>Throws UNAUTHENTICATED if the token has expired.</summary>
    public void Require(TimeProvider time)
    {
        if (End <= time.GetUtcNow().UtcDateTime)
        {
            throw ApiKeyCheck.Refusal(Expired);
        }
    }
}
