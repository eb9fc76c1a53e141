namespace TagSegments.Campaigns.Schema;

/// <summary>The channels as SQL has them: the numbers of <see cref="Crm.Common.V1.Channel"/>.</summary>
internal static class Channels
{
    public const string Email = "1";
    public const string Sms = "2";
}
