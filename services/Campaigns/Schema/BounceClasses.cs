namespace TagSegments.Campaigns.Schema;

/// <summary>The classes of bounces as SQL has them: the numbers of <see cref="Crm.Activity.V1.Activity.Types.Bounce"/>.</summary>
internal static class BounceClasses
{
    public const string Hard = "1";
    public const string Soft = "2";
}
