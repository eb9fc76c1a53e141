namespace TagSegments.Campaigns.Schema;

/// <summary>The reasons of recipients as SQL has them: the numbers of <see cref="Crm.Campaigns.V1.Recipient.Types.Reason"/>.</summary>
internal static class RecipientReasons
{
    public const string Unspecified = "0";
    public const string Unsubscribed = "3";
    public const string Suppressed = "5";
    public const string AddressOptedOut = "8";
    public const string Deleted = "9";
    public const string Cancelled = "10";
    public const string NoAnswer = "14";
}
