namespace TagSegments.Cli.Commands;

/// <summary>Ids that make a call safe to repeat when its answer got lost.</summary>
internal static class RequestId
{
    public static string New() => Guid.CreateVersion7().ToString();
}
