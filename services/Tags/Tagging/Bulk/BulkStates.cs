namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>The states of bulk operations as SQL has them: the numbers of <see cref="Crm.Tags.V1.BulkOperation.Types.State"/>.</summary>
internal static class BulkStates
{
    public const string Pending = "1";
    public const string Running = "2";
    public const string Succeeded = "3";
    public const string Cancelled = "4";
    public const string Failed = "5";
}
