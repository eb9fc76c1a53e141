namespace TagSegments.Cli.Connection;

/// <summary>Ids that make a call safe to repeat when its answer got lost.</summary>
internal static class RequestId
{
    /// <summary>Makes an id for one call and its repetitions.</summary>
    public static string New() => Guid.CreateVersion7().ToString();
}
