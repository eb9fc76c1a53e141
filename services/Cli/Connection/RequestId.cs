namespace TagSegments.Cli.Connection;

/// <summary>Ids that make a call safe to retry if its answer is lost.</summary>
internal static class RequestId
{
    /// <summary>Creates an id for one call and its retries.</summary>
    public static string New() => Guid.CreateVersion7().ToString();
}
