namespace TagSegments.Campaigns.Schema;

/// <summary>The reasons of suppressions as SQL has them: the numbers of <see cref="Crm.Activity.V1.Suppression.Types.Reason"/>.</summary>
internal static class SuppressionReasons
{
    public const string Unsubscribed = "3";
}
